import Evidence
import Formats
import LoopbackServer
import Testing

@testable import Intake

/// Rate limits of GitHub, which it tells with the status of a refusal.
@Suite struct GitHubLimitTests {
    private static func run(_ replies: Reply...) async throws -> RestCase.Outcome {
        try await RestCase(
            connector: GitHubConnector(), kinds: ["vcs.repository"],
            parameters: { _ in ["repositories": "clinic/portal"] },
            exchanges: { _ in
                [
                    Replay.Exchange(
                        "GET", "/repos/clinic/portal",
                        headers: ["authorization": "Bearer \(RestCase.secret)"], replies: replies)
                ]
            }
        ).collect()
    }

    private static let second = Reply(
        403, text: #"{"message":"You have exceeded a secondary rate limit. Please wait."}"#)
    private static let portal = Reply(
        200, text: #"{"full_name":"clinic/portal","default_branch":"main","private":true}"#)

    @Test func `a second limit that names no wait is waited for`() async throws {
        let run = try await Self.run(Self.second, Reply(429), Self.portal)
        #expect(run.complaints.isEmpty && run.failures.isEmpty, "\(run.complaints) \(run.failures)")
        // A minute at least, and longer each time.
        #expect(run.waits == [.seconds(60), .seconds(120)] && run.covered.count == 1)
    }

    @Test func `a second limit that lasts is told with the status that it came with`() async throws {
        let run = try await Self.run(Self.second)
        // The next one would be longer than a request waits.
        #expect(run.waits == [.seconds(60), .seconds(120), .seconds(240)] && run.covered.isEmpty)
        let told = try #require(run.failures.first)
        #expect(told.contains("rate limit is used up (403)") && !told.contains("429"), "\(told)")
    }

    @Test func `a wait that is named is kept, however short`() async throws {
        var named = Self.second
        named.headers.append((name: "Retry-After", value: "5"))
        let run = try await Self.run(named, Self.portal)
        #expect(run.waits == [.seconds(5)] && run.failures.isEmpty)
    }

    @Test(arguments: [#"{"message":"API rate limit exceeded for user ID 7."}"#, ""])
    func `a limit that is used up for long is told with the time of its reset`(text: String) async throws {
        let reset = RestCase.noon.microseconds / 1_000_000 + 3_600
        let headers = [
            (name: "x-ratelimit-remaining", value: "0"), (name: "x-ratelimit-reset", value: "\(reset)"),
        ]
        let run = try await Self.run(Reply(403, headers: headers, text: text))
        #expect(run.waits.isEmpty && run.covered.isEmpty && run.failures.count == 1)
        let told = try #require(run.failures.first)
        #expect(told.contains("used up until 2026-03-01T13:00:00Z"), "\(told)")
        #expect(told.contains("shorter \"since\"") && !told.contains("do not allow"), "\(told)")
    }

    @Test func `a refusal is none of a limit`() async throws {
        let run = try await Self.run(
            Reply(403, text: #"{"message":"Resource not accessible by personal access token"}"#))
        #expect(run.waits.isEmpty && run.failures.count == 1)
        #expect(run.failures.first?.contains("do not allow this (403)") == true, "\(run.failures)")
    }
}
