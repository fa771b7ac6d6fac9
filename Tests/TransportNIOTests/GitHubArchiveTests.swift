import Evidence
import Formats
import LoopbackServer
import Testing

@testable import Intake

/// Alerts of repositories that are archived, against exchanges written from the public description of the REST API.
@Suite struct GitHubArchiveTests {
    private static let archived = Reply(
        403, text: #"{"message":"Dependabot alerts are not available for archived repositories."}"#)
    private static let refused = Reply(
        403, text: #"{"message":"Resource not accessible by personal access token"}"#)

    /// The findings in two repositories, of which the second answers so to the question for dependencies.
    private static func findings(isArchived: Bool, _ reply: Reply) async throws -> RestCase.Outcome {
        try await RestCase(
            connector: GitHubConnector(), kinds: ["scan.finding"],
            parameters: { _ in ["repositories": "clinic/portal clinic/old"] },
            exchanges: { _ in
                let token = "Bearer \(RestCase.secret)"
                let alert =
                    #"{"number":1,"state":"open","created_at":"2026-01-02T00:00:00Z","security_advisory":{"severity":"high"}}"#
                return [
                    .get(
                        "/repos/clinic/portal", as: token,
                        #"{"full_name":"clinic/portal","default_branch":"main","archived":false}"#),
                    .get(
                        "/repos/clinic/old", as: token,
                        #"{"full_name":"clinic/old","default_branch":"main","archived":\#(isArchived)}"#),
                    .get(
                        "/repos/clinic/portal/dependabot/alerts", ["per_page": "100"], as: token, "[\(alert)]"
                    ),
                    .get("/repos/clinic/portal/code-scanning/alerts", ["per_page": "100"], as: token, "[]"),
                    Replay.Exchange(
                        "GET", "/repos/clinic/old/dependabot/alerts", query: ["per_page": "100"],
                        replies: [reply]),
                    .get("/repos/clinic/old/code-scanning/alerts", ["per_page": "100"], as: token, "[]"),
                ]
            }
        ).collect()
    }

    @Test func `an archived repository that tells no alerts is named, and is no gap`() async throws {
        let run = try await Self.findings(isArchived: true, Self.archived)
        #expect(run.complaints.isEmpty && run.failures.isEmpty, "\(run.complaints) \(run.failures)")
        #expect(run.values.count == 1 && run.covered.count == 1)
        let query = try #require(run.drafts.first?.query)
        #expect(query.contains("archived ones that tell no dependabot alerts"), "\(query)")
        #expect(query.hasSuffix("end unmended: clinic/old") && !query.contains("code-scanning alerts"))
    }

    @Test(arguments: [(true, refused), (false, archived)])
    func `any other refusal stays a gap`(isArchived: Bool, reply: Reply) async throws {
        let run = try await Self.findings(isArchived: isArchived, reply)
        #expect(run.failures.count == 1 && run.covered.isEmpty && run.values.count == 1, "\(run.failures)")
        #expect(run.drafts.first?.query.contains("archived ones") == false)
    }

    @Test func `secrets of an archived repository that tells none are no gap either`() async throws {
        let run = try await RestCase(
            connector: GitHubConnector(), kinds: ["secret.leak"],
            parameters: { _ in ["repositories": "clinic/old"] },
            exchanges: { _ in
                [
                    .get(
                        "/repos/clinic/old", as: "Bearer \(RestCase.secret)",
                        #"{"full_name":"clinic/old","default_branch":"main","archived":true}"#),
                    Replay.Exchange(
                        "GET", "/repos/clinic/old/secret-scanning/alerts",
                        query: ["hide_secret": "true", "per_page": "100"], replies: [Self.archived]),
                ]
            }
        ).collect()
        #expect(run.complaints.isEmpty && run.failures.isEmpty, "\(run.complaints) \(run.failures)")
        #expect(run.values.isEmpty && run.covered.count == 1)
        let query = try #require(run.drafts.first?.query)
        #expect(
            query.contains("tell no secret-scanning alerts") && query.hasSuffix(": clinic/old"), "\(query)")
    }
}
