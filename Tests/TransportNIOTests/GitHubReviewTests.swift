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

    private static func members(_ logins: String...) -> Replay.Exchange {
        let listed = logins.map { #"{"login":"\#($0)"}"# }.joined(separator: ",")
        return .get("/orgs/clinic/members", ["per_page": "100"], as: token, "[\(listed)]")
    }

    /// Those who show their membership to everybody.
    private static func shown(_ logins: String...) -> Replay.Exchange {
        let listed = logins.map { #"{"login":"\#($0)"}"# }.joined(separator: ",")
        return .get("/orgs/clinic/public_members", ["per_page": "100"], as: token, "[\(listed)]")
    }

    private static let hidden = Replay.Exchange(
        "GET", "/orgs/clinic/members", query: ["per_page": "100"],
        replies: [Reply(302, headers: [(name: "Location", value: "/orgs/clinic/public_members")])])

    private static func names(_ logins: String...) -> JSON { .array(logins.map { .string($0) }) }

    /// What is asked for the commit of one pull request with these reviews.
    private static func asked(_ visibility: String, _ reviews: [String]) -> [Replay.Exchange] {
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
            get("/pulls/6/reviews", ["per_page": "100"], "[\(reviews.joined(separator: ","))]"),
        ]
    }

    /// The change of a pull request with these reviews.
    private static func change(_ visibility: String, _ reviews: [String], _ more: Replay.Exchange...)
        async throws -> RestCase.Outcome
    {
        try await RestCase(
            connector: GitHubConnector(), kinds: ["vcs.change"],
            parameters: { _ in ["repositories": "clinic/portal", "since": "7d"] },
            exchanges: { _ in asked(visibility, reviews) + more }
        ).collect()
    }

    @Test(arguments: [#","private":true"#, #","private":false"#])
    func `the review of a bot is nobody's approval`(visibility: String) async throws {
        let run = try await Self.change(visibility, [Self.review("merge[bot]", "Bot", "MEMBER")])
        #expect(run.complaints.isEmpty && run.failures.isEmpty, "\(run.complaints) \(run.failures)")
        #expect(run.values.first?["approvers"] == .array([]))
        #expect(run.flags("approved_last") == [false])
        let query = try #require(run.drafts.first?.query)
        #expect(query.contains("no review by a bot") && query.contains("approvals left out: 1"), "\(query)")
    }

    private static let four = [
        review("ben", "User", "MEMBER"), review("cy", "User", "COLLABORATOR"),
        review("dee", "User", "CONTRIBUTOR"), review("eve", "User", "NONE"),
    ]

    @Test(arguments: [
        #","private":true,"visibility":"private""#, #","private":true,"visibility":"internal""#,
    ])
    func `where not anybody may review, everybody counts`(visibility: String) async throws {
        let run = try await Self.change(visibility, Self.four)
        #expect(run.complaints.isEmpty && run.failures.isEmpty, "\(run.complaints) \(run.failures)")
        #expect(run.values.first?["approvers"] == Self.names("ben", "cy", "dee", "eve"))
        #expect(run.drafts.first?.query.contains("left out") == false)
    }

    /// GitHub calls a member who conceals the membership a contributor, or nothing.
    @Test(arguments: [#","private":false,"visibility":"public""#, ""])
    func `where anybody may review, only those count whom the repository knows`(visibility: String)
        async throws
    {
        let run = try await Self.change(visibility, Self.four, Self.members("Ben", "Dee"), Self.shown("Ben"))
        #expect(run.complaints.isEmpty && run.failures.isEmpty, "\(run.complaints) \(run.failures)")
        #expect(run.values.first?["approvers"] == Self.names("ben", "cy", "dee"))
        #expect(run.flags("approved_last") == [true] && run.covered.count == 1)
        #expect(run.drafts.first?.query.contains("approvals left out: 1") == true)
    }

    @Test func `the approval of a stranger is none`() async throws {
        let stranger = Self.review("dee", "User", "NONE")
        let run = try await Self.change(
            #","private":false"#, [stranger], Self.members("ben", "cy"), Self.shown("cy"))
        #expect(run.complaints.isEmpty && run.failures.isEmpty, "\(run.complaints) \(run.failures)")
        #expect(run.values.first?["approvers"] == .array([]) && run.flags("approved_last") == [false])
    }

    @Test func `in a person's repository the collaborators count`() async throws {
        let run = try await Self.change(
            #","private":false,"owner":{"login":"clinic","type":"User"}"#,
            [Self.review("dee", "User", "CONTRIBUTOR")],
            Self.get("/collaborators", ["per_page": "100"], #"[{"login":"dee"}]"#))
        #expect(run.complaints.isEmpty && run.failures.isEmpty, "\(run.complaints) \(run.failures)")
        #expect(run.values.first?["approvers"] == Self.names("dee"))
    }

    @Test func `an approval that may be a member's is a gap where the members are not told`() async throws {
        let run = try await Self.change(
            #","private":false"#, [Self.review("dee", "User", "CONTRIBUTOR")], Self.hidden)
        #expect(run.complaints.isEmpty && run.failures.count == 1, "\(run.complaints) \(run.failures)")
        #expect(run.failures.first?.contains("the organization's members") == true, "\(run.failures)")
        // Neither approved nor without approval.
        #expect(run.values.count == 1 && run.values.first?["approvers"] == nil)
        #expect(run.flags("approved_last") == [nil] && run.covered.isEmpty)
        // The commit is asked for again.
        #expect(run.cursor?.contains("aaa") != true)
    }

    @Test func `members who are told only as far as they show themselves are not all of them`() async throws {
        let run = try await Self.change(
            #","private":false"#, [Self.review("dee", "User", "CONTRIBUTOR")], Self.members("ben"),
            Self.shown("ben"))
        #expect(run.complaints.isEmpty && run.failures.count == 1, "\(run.complaints) \(run.failures)")
        #expect(run.failures.first?.contains("who show their membership") == true, "\(run.failures)")
        #expect(run.values.first?["approvers"] == nil && run.covered.isEmpty)
    }

    @Test func `a stranger beside a known approver makes no gap`() async throws {
        let run = try await Self.change(#","private":false"#, Self.four, Self.hidden)
        #expect(run.complaints.isEmpty && run.failures.isEmpty, "\(run.complaints) \(run.failures)")
        #expect(run.values.first?["approvers"] == Self.names("ben", "cy"))
        #expect(run.flags("approved_last") == [true] && run.covered.count == 1)
    }
}
