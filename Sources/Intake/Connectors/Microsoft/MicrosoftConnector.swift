import Evidence
import Formats
import Transport

/// Reads Entra ID and Intune through Microsoft Graph.
///
/// Parameters: `tenant`, its id or domain; `client_id` of an application; `since` for log-ins (30d unless said: Entra keeps
/// no more); `url` and `login_url`, instead of Microsoft's own addresses. Secret: `client_secret`. Least privilege: the
/// application permissions User.Read.All, GroupMember.Read.All, AuditLog.Read.All, RoleManagement.Read.Directory and
/// DeviceManagementManagedDevices.Read.All, with the administrator's consent; none of them writes.
package struct MicrosoftConnector: Connector {
    package static let name = "microsoft"

    package init() {}

    package func collect(_ request: CollectionRequest, emit: Emit) async throws {
        try await collect(
            request, from: "Microsoft Graph",
            [
                MicrosoftPeople.accounts, MicrosoftPeople.memberships, MicrosoftPeople.logins,
                MicrosoftDevices.posture,
            ], showing: ["tenant", "client_id"], emit: emit
        ) { () async throws(ReadingFailure) in
            let tenant = try request.required("tenant")
            let client = try request.required("client_id")
            let secret = try await request.requiredSecret("client_secret")
            let login = request.parameters["login_url"] ?? "https://login.microsoftonline.com"
            let url = request.parameters["url"] ?? "https://graph.microsoft.com/v1.0"
            let address = "\(login)/\(URLText.escape(tenant))/oauth2/v2.0/token"
            let tokens = try TokenKeeper(request, address: address) { _ in
                [
                    (name: "grant_type", value: "client_credentials"), (name: "client_id", value: client),
                    (name: "client_secret", value: secret.exposed),
                    (name: "scope", value: Self.scope(of: url)),
                ]
            }
            return try RestScope(request, base: url, tokens: tokens)
        }
    }

    /// All permissions that the application has at this address: each of Microsoft's clouds has a Graph of its own.
    private static func scope(of url: String) -> String {
        guard let parts = URLText.parts(url) else { return "https://graph.microsoft.com/.default" }
        return "\(parts.scheme)://\(parts.host)/.default"
    }

    /// How every list of Graph goes on.
    static let paging = Paging.address("@odata.nextLink", entries: "value")
}
