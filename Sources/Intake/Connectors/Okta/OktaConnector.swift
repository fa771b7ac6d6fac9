import Evidence
import Formats
import Transport

/// Reads an organization at Okta.
///
/// Parameters: `url`, such as https://your-company.okta.com; `client_id`, and `key_id` where the application has several
/// keys; `since`, how far back log-ins are asked for the first time (90d unless said: Okta keeps no more). Secret:
/// `private_key` of an API service application in PEM form, or `token`, an API token. Least privilege: the application has
/// the scopes below and the role of a read-only administrator; the connector only sends GET, besides fetching its token.
package struct OktaConnector: Connector {
    package static let name = "okta"

    package init() {}

    private static let scopes =
        "okta.users.read okta.groups.read okta.roles.read okta.apps.read okta.policies.read okta.logs.read"

    package func collect(_ request: CollectionRequest, emit: Emit) async throws {
        try await collect(
            request, from: "Okta's management API",
            [
                OktaPeople.accounts, OktaPeople.groups, OktaPeople.memberships, OktaPosture.passwords,
                OktaPosture.applications, OktaPosture.logins,
            ], showing: ["client_id"], emit: emit
        ) { () async throws(ReadingFailure) in
            let url = try request.required("url")
            if request.parameters["client_id"] != nil {
                return try RestScope(request, base: url, tokens: try await Self.tokens(request, url))
            }
            let token = try await request.requiredSecret("token")
            return try RestScope(request, base: url, headers: ["authorization": "SSWS \(token.exposed)"])
        }
    }

    private static func tokens(_ request: CollectionRequest, _ url: String) async throws(ReadingFailure)
        -> TokenKeeper
    {
        let client = try request.required("client_id")
        let key = try await request.requiredSecret("private_key")
        let keyID = request.parameters["key_id"]
        let address = (url.hasSuffix("/") ? String(url.dropLast()) : url) + "/oauth2/v1/token"
        return try TokenKeeper(request, address: address) { now throws(ReadingFailure) in
            let claims = JSONWebToken.claims(issuer: client, audience: address, at: now)
            return [
                (name: "grant_type", value: "client_credentials"), (name: "scope", value: scopes),
                (
                    name: "client_assertion_type",
                    value: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
                ),
                (
                    name: "client_assertion",
                    value: try JSONWebToken.signed(
                        claims + [("sub", .string(client))], key: key, keyID: keyID)
                ),
            ]
        }
    }
}
