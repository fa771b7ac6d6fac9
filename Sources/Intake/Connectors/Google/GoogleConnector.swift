import Evidence
import Formats
import Transport

/// Reads the directory and the audit reports of a Google Workspace.
///
/// Parameters: `subject`, the administrator in whose name is asked; `customer` (my_customer unless said); `since` for
/// reports (90d unless said); `url` and `token_url`, instead of Google's own addresses. Secret: `key`, the JSON file of a
/// service account. Least privilege: domain-wide delegation for the three scopes below, all of them read-only, and a subject
/// whose role may read users, roles and reports.
package struct GoogleConnector: Connector {
    package static let name = "google"

    package init() {}

    private static let scopes = [
        "admin.directory.user.readonly", "admin.directory.rolemanagement.readonly",
        "admin.reports.audit.readonly",
    ].map { "https://www.googleapis.com/auth/" + $0 }.joined(separator: " ")
    /// Google says 403 for some of its limits and names them in the answer.
    private static let throttling = ThrottleReader.Words(
        status: 403, ["rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded"])

    package func collect(_ request: CollectionRequest, emit: Emit) async throws {
        try await collect(
            request, from: "Google's Admin SDK",
            [
                GoogleDirectory.accounts, GoogleDirectory.roles, GoogleDirectory.memberships,
                GoogleReports.logins, GoogleReports.administration,
            ], showing: ["subject", "customer"], emit: emit
        ) { () async throws(ReadingFailure) in
            let subject = try request.required("subject")
            let key = try await request.requiredSecret("key")
            let file = try? JSON(parsing: key.exposed)
            guard let account = file?["client_email"]?.string, let pem = file?["private_key"]?.string else {
                throw ReadingFailure("secrets", "\"key\" is not the JSON file of a service account")
            }
            let address = request.parameters["token_url"] ?? "https://oauth2.googleapis.com/token"
            let keyID = file?["private_key_id"]?.string
            let tokens = try TokenKeeper(request, address: address) { now throws(ReadingFailure) in
                let claims =
                    JSONWebToken.claims(issuer: account, audience: address, at: now)
                    + [("sub", .string(subject)), ("scope", .string(Self.scopes))]
                return [
                    (name: "grant_type", value: "urn:ietf:params:oauth:grant-type:jwt-bearer"),
                    (
                        name: "assertion",
                        value: try JSONWebToken.signed(claims, key: Secret(exposed: pem), keyID: keyID)
                    ),
                ]
            }
            return try RestScope(
                request, base: request.parameters["url"] ?? "https://admin.googleapis.com", tokens: tokens,
                throttling: Self.throttling)
        }
    }
}

extension RestScope {
    /// The customer whose directory is read.
    var customer: String { request.parameters["customer"] ?? "my_customer" }

    /// Google's own form of a list.
    func listed(
        _ path: String, _ query: [(name: String, value: String)], entries: String, _ records: inout Records
    ) async throws(ReadingFailure) -> [JSON] {
        try await list(
            path, query, .token("nextPageToken", as: "pageToken", entries: entries, omitsEmpty: true),
            &records)
    }
}
