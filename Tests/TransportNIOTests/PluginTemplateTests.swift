import Evidence
import Formats
import Foundation
import LoopbackServer
import Synchronization
import Testing

@testable import Intake

/// The plug-in in Python that others begin with, run as it is against a server of its own.
@Suite struct PluginTemplateTests {
    private static let noon = Instant("2026-03-01T12:00:00Z") ?? .distantPast

    /// Where a plug-in's bare environment finds it.
    static var hasPython: Bool {
        ["/usr/local/bin/python3", "/usr/bin/python3", "/bin/python3"].contains {
            FileManager.default.isExecutableFile(atPath: $0)
        }
    }

    private static let path =
        #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
        + "/Examples/plugins/python/plugin"

    /// What comes of a list of trainings with these times, and which token was sent for it.
    private static func collect(_ body: String) async throws -> (draft: BatchDraft, tokens: Set<String?>) {
        let drafts = Mutex<[BatchDraft]>([])
        let tokens = Mutex<Set<String?>>([])
        let digest = try #require(ExecConnector.digest(of: path))
        try await LoopbackServer.serving(
            { request in
                let token = request.header("authorization")
                tokens.withLock { _ = $0.insert(token) }
                return Reply(200, text: body)
            },
            while: { server in
                let request = CollectionRequest(
                    source: "here", parameters: ["sha256": digest, "url": server.address + "/trainings"],
                    secrets: ["token": .program(["printf", "t-1"])], command: [path],
                    kinds: ["training.completion"], freshness: .hours(24), now: { Self.noon })
                try await PluginConnector().collect(request) { delivery in
                    drafts.withLock { $0.append(delivery.draft) }
                }
            })
        let all = drafts.withLock { $0 }
        let draft = try #require(all.first)
        return (draft, tokens.withLock { $0 })
    }

    private static func list(_ times: [String]) -> String {
        let entries = times.enumerated().map { number, at in
            #"{"person_id":"p-\#(number)","course":"privacy","at":\#(at)}"#
        }
        return "[\(entries.joined(separator: ","))]"
    }

    private static func people(_ draft: BatchDraft) -> [String?] {
        draft.facts.compactMap { $0.fact.value }.map { $0["person_id"]?.string }
    }

    private static func coverage(_ draft: BatchDraft) -> [Interval] {
        draft.facts.compactMap { if case .coverage(let interval) = $0.fact.shape { interval } else { nil } }
    }

    /// The time that is asked for ends at 2026-03-01T12:00:00Z, and begins 30 days before.
    @Test(.enabled(if: hasPython, "skipped: python3 is not installed"))
    func `times with an offset are told by the moment, and what is of another time is left out`()
        async throws
    {
        let run = try await Self.collect(
            Self.list([
                // As text behind the end, or before the beginning; as a moment within.
                #""2026-03-01T13:30:00+02:00""#, #""2026-01-30T07:30:00-05:00""#, #""2026-02-20T00:00:00Z""#,
                // The other way round.
                #""2026-03-01T11:30:00-02:00""#, #""2026-01-30T13:30:00+02:00""#, #""2026-03-01T12:00:00Z""#,
                // Fractions of any length, also where Python takes only three or six digits.
                #""2026-02-20T00:00:00.5Z""#, #""2026-03-01T13:59:59.9999999+02:00""#,
            ]))
        #expect(Self.people(run.draft) == ["p-0", "p-1", "p-2", "p-6", "p-7"])
        #expect(run.draft.failures.isEmpty && run.draft.setAside.isEmpty, "\(run.draft.failures)")
        let asked = try #require(Interval(from: Self.noon - .days(30), to: Self.noon))
        #expect(Self.coverage(run.draft) == [asked])
        #expect(run.draft.sourceTotal == 5 && run.tokens == ["Bearer t-1"])
    }

    @Test(
        .enabled(if: hasPython, "skipped: python3 is not installed"),
        arguments: [
            #"[{"person_id":"p-9","course":"privacy","at":"yesterday"}]"#,
            #"[{"person_id":"p-9","course":"privacy","at":"2026-02-20T09:00:00"}]"#,
            #"[{"person_id":"p-9","course":"privacy","at":1772355600}]"#,
            #"[{"person_id":"p-9","course":"privacy"}]"#, #"["p-9"]"#, #"[null]"#,
        ])
    func `an entry of which the time cannot be told does not vanish`(_ body: String) async throws {
        let draft = try await Self.collect(body).draft
        #expect(draft.setAside.count == 1 && draft.setAside.allSatisfy(\.mayHideRecord))
        #expect(!draft.failures.isEmpty && Self.coverage(draft).isEmpty)
    }

    @Test(
        .enabled(if: hasPython, "skipped: python3 is not installed"), arguments: ["{}", "null", "gone"])
    func `an answer that is no list covers nothing`(_ body: String)
        async throws
    {
        let draft = try await Self.collect(body).draft
        #expect(!draft.failures.isEmpty && draft.facts.isEmpty)
    }
}
