import Evidence
import Formats
import Transport

/// Reads change requests and incidents from Jira Cloud.
///
/// Parameters: `url`; `user`, the e-mail address of the token's owner; `changes` and `incidents`, the queries (JQL) that find
/// them, without an ORDER BY; `approved`, the status whose reaching approves a change (Approved unless said);
/// `rejected`, statuses with commas between whose reaching takes that back (Rejected, Declined, Cancelled, Canceled unless
/// said). Secret: `token`, an API token. Least privilege: an account that may browse the projects in question and nothing else.
package struct JiraConnector: Connector {
    package static let name = "jira"

    package init() {}

    package func collect(_ request: CollectionRequest, emit: Emit) async throws {
        try await collect(
            request, from: "Jira's REST API", [JiraIssues.changes, JiraIssues.incidents],
            showing: ["user", "changes", "incidents", "approved", "rejected"], emit: emit
        ) { () async throws(ReadingFailure) in
            let token = try await request.requiredSecret("token")
            let pair = Base64.encode(Array("\(try request.required("user")):\(token.exposed)".utf8))
            return try RestScope(
                request, base: try request.required("url"), headers: ["authorization": "Basic \(pair)"])
        }
    }
}
