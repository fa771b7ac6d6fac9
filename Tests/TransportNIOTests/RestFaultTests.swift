import Evidence
import Formats
import LoopbackServer
import Testing

@testable import Intake

/// What every connector for a service over HTTPS does when the service is not at its best.
@Suite struct RestFaultTests {
    private static let cases = [
        OktaTests.groups, GoogleTests.accounts, MicrosoftTests.accounts, TicketTests.changes,
        TicketTests.incidents, DeviceTests.jamf, DeviceTests.fleet,
    ]

    private static func before(_ path: String, _ reply: Reply) -> @Sendable (inout [Replay.Exchange]) -> Void
    {
        { exchanges in
            for index in exchanges.indices where exchanges[index].path == path {
                exchanges[index].replies.insert(reply, at: 0)
                return
            }
        }
    }

    @Test(arguments: cases)
    func `two pages are read whole`(one: RestCase) async throws {
        let run = try await one.collect()
        #expect(run.complaints.isEmpty && run.failures.isEmpty, "\(run.complaints) \(run.failures)")
        #expect(run.values.count >= 2 && run.covered.count == 1 && run.waits.isEmpty)
        let draft = try #require(run.drafts.first)
        #expect(draft.mode == .snapshot && draft.pages >= 2 && draft.setAside.isEmpty)
        #expect(draft.query.contains("GET ") && !"\(run.drafts)".contains(RestCase.secret))
    }

    @Test(arguments: cases)
    func `a service that asks for a wait gets it`(one: RestCase) async throws {
        let run = try await one.collect(
            Self.before(one.first, Reply(429, headers: [(name: "Retry-After", value: "7")])))
        #expect(run.failures.isEmpty && run.complaints.isEmpty, "\(run.failures) \(run.complaints)")
        #expect(run.waits == [.seconds(7)] && run.covered.count == 1)
    }

    @Test(arguments: cases)
    func `a service that fails once is asked again`(one: RestCase) async throws {
        let run = try await one.collect(Self.before(one.first, Reply(503, text: "busy")))
        #expect(run.failures.isEmpty && run.waits.count == 1 && run.covered.count == 1, "\(run.failures)")
    }

    @Test(arguments: cases)
    func `refused credentials are a gap, and are not repeated to anybody`(one: RestCase) async throws {
        let run = try await one.collect { exchanges in
            for index in exchanges.indices where exchanges[index].path == one.first {
                exchanges[index].replies = [Reply(401, text: "{\"error\":\"\(RestCase.secret)\"}")]
            }
        }
        #expect(run.failures.count == 1 && run.failures[0].contains("refused (401)"), "\(run.failures)")
        #expect(run.values.isEmpty && run.covered.isEmpty && run.waits.isEmpty)
        #expect(!"\(run.drafts)".contains(RestCase.secret))
    }

    @Test(arguments: cases, [Reply(500), Reply(200, text: "<html>"), Reply(200, text: #"{"x":"#)])
    func `a chain of pages that breaks covers nothing, and keeps what came`(one: RestCase, reply: Reply)
        async throws
    {
        let run = try await one.collect { $0[one.second].replies = [reply] }
        #expect(run.failures.count == 1 && run.covered.isEmpty, "\(run.failures)")
        #expect(!run.values.isEmpty)
    }

    @Test(arguments: cases)
    func `an answer that is cut off is a gap`(one: RestCase) async throws {
        let run = try await one.collect { exchanges in
            var reply = exchanges[one.second].replies[0]
            reply.manner = .cut(after: 5)
            exchanges[one.second].replies = [reply]
        }
        #expect(!run.failures.isEmpty && run.covered.isEmpty && run.waits.count == 4, "\(run.failures)")
    }

    @Test(arguments: cases)
    func `hostile texts become harmless ones`(one: RestCase) async throws {
        let nasty = #"\u001b[31m\u202e'); DROP TABLE x;--\u0000 "# + String(repeating: "x", count: 5_000)
        let run = try await one.collect { exchanges in
            for (index, exchange) in exchanges.enumerated() {
                exchanges[index].replies = exchange.replies.map { reply in
                    let text = String(decoding: reply.body, as: UTF8.self)
                    return Reply(
                        reply.status, headers: reply.headers, text: text.replacing("HOSTILE", with: nasty))
                }
            }
        }
        #expect(run.failures.isEmpty, "\(run.failures)")
        let texts = run.values.flatMap(\.members).compactMap(\.value.string)
        #expect(texts.contains { $0.lowercased().contains("drop table") })
        #expect(texts.allSatisfy { $0.utf8.count < 3_000 && !$0.utf8.contains { $0 < 0x20 } })
        #expect(!texts.contains { $0.contains("\u{202E}") })
    }
}
