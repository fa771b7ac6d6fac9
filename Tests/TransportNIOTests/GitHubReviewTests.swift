import Evidence
import Formats
import LoopbackServer
import Testing

@testable import Intake

/// Whose reviews of a pull request count, against exchanges written from the public description of the REST API.
@Suite struct GitHubReviewTests {
    private static let token = "Bearer \(RestCase.secret)"
    private static let place = "/repos/clinic/portal"

    private static func get(_ path: String, _ query: [String: String], _ json: String) -> Replay.Exchange {
        .get(place + path, query, as: token, json)
    }

    private static let commit = #"""
        {"sha":"aaa","author":{"login":"asha"},"committer":{"login":"web-flow"},"parents":[{"sha":"p"}],
        "commit":{"author":{"date":"2026-02-25T09:00:00Z"},"committer":{"date":"2026-02-25T10:00:00Z"}}}
        """#

    private static func review(_ login: String, _ type: String, _ association: String) -> String {
        #"""
        {"user":{"login":"\#(login)","type":"\#(type)"},"author_association":"\#(association)","state":"APPROVED",
        "commit_id":"h2","submitted_at":"2026-02-25T09:30:00Z"}
        """#
    }

    /// The change of a pull request with these reviews.
    private static func change(_ visibility: String, _ reviews: [String]) async throws -> RestCase.Outcome {
        try await RestCase(
            connector: GitHubConnector(), kinds: ["vcs.change"],
            parameters: { _ in ["repositories": "clinic/portal", "since": "7d"] },
            exchanges: { _ in
                [
                    get("", [:], #"{"full_name":"clinic/portal","default_branch":"main"\#(visibility)}"#),
                    get("/commits", ["sha": "main", "per_page": "1"], #"[{"sha":"aaa"}]"#),
                    get(
                        "/commits",
                        [
                            "sha": "main", "since": "2026-02-22T12:00:00Z", "until": "2026-03-01T12:00:00Z",
                            "per_page": "100",
                        ], "[\(commit)]"),
                    get(
                        "/commits/aaa/pulls", ["per_page": "100"],
                        #"[{"number":6,"merged_at":"2026-02-25T10:00:00Z","base":{"ref":"main"}}]"#),
                    get(
                        "/pulls/6", [:],
                        #"{"user":{"login":"asha"},"head":{"sha":"h2"},"merged_at":"2026-02-25T10:00:00Z"}"#),
                    get(
                        "/pulls/6/reviews", ["per_page": "100"], "[\(reviews.joined(separator: ","))]"),
                ]
            }
        ).collect()
    }

    @Test(arguments: [#","private":true"#, #","private":false"#])
    func `the review of a bot is nobody's approval`(visibility: String) async throws {
        let run = try await Self.change(visibility, [Self.review("merge[bot]", "Bot", "MEMBER")])
        #expect(run.complaints.isEmpty && run.failures.isEmpty, "\(run.complaints) \(run.failures)")
        #expect(run.values.first?["approvers"] == .array([]))
        #expect(run.flags("approved_last") == [false])
        #expect(run.drafts.first?.query.contains("no review by a bot") == true)
    }

    @Test(arguments: [
        (#","private":true,"visibility":"private""#, ["ben", "cy", "dee", "eve"]),
        (#","private":true,"visibility":"internal""#, ["ben", "cy", "dee", "eve"]),
        (#","private":false,"visibility":"public""#, ["ben", "cy"]),
        ("", ["ben", "cy"]),
    ])
    func `where anybody may review, only those count whom the repository knows`(
        visibility: String, approvers: [String]
    ) async throws {
        let run = try await Self.change(
            visibility,
            [
                Self.review("ben", "User", "MEMBER"), Self.review("cy", "User", "COLLABORATOR"),
                Self.review("dee", "User", "CONTRIBUTOR"), Self.review("eve", "User", "NONE"),
            ])
        #expect(run.complaints.isEmpty && run.failures.isEmpty, "\(run.complaints) \(run.failures)")
        #expect(run.values.first?["approvers"] == .array(approvers.map { .string($0) }))
        #expect(run.flags("approved_last") == [true] && run.covered.count == 1)
    }

    @Test func `the approval of a stranger is none`() async throws {
        let run = try await Self.change(#","private":false"#, [Self.review("dee", "User", "NONE")])
        #expect(run.values.first?["approvers"] == .array([]) && run.flags("approved_last") == [false])
    }
}
