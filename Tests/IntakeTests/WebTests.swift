import Evidence
import Formats
import Synchronization
import Testing
import Transport

@testable import Intake

/// Probes of servers that consist of what a test says.
@Suite struct WebTests {
    /// Answers by the host's name; without an answer it cannot be reached.
    private struct Hosts: HTTPService {
        let answers: [String: Result<Int, Fault>]

        enum Fault: Error {
            case tooLong
        }

        func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
            switch answers[URLText.parts(request.url)?.host ?? ""] {
            case .success(let status)?: return HTTPResponse(status: status)
            case .failure(.tooLong)?: throw TransportError(.tooLong(request.limits.bytes), request)
            case nil: throw TransportError(.unreachable("refused"), request)
            }
        }
    }

    /// Each time it is asked a second has gone by.
    private final class Clock: Sendable {
        private let calls = Mutex<Int64>(0)

        func now() -> Instant {
            calls.withLock { calls in
                calls += 1
                return noon + .seconds(calls)
            }
        }
    }

    private static func draft(_ hosts: String, _ answers: [String: Result<Int, Hosts.Fault>]) async throws
        -> BatchDraft
    {
        let clock = Clock()
        let request = CollectionRequest(
            source: "here", parameters: ["hosts": hosts], kinds: ["uptime.probe"],
            services: Services(http: Hosts(answers: answers), tls: NoNetwork(), sleep: { _ in }),
            now: { clock.now() })
        return try #require(try await Collected.by(WebConnector(), request).first)
    }

    private static func covered(_ draft: BatchDraft) -> [Interval] {
        draft.facts.compactMap {
            if case .coverage(let interval) = $0.fact.shape { interval } else { nil }
        }
    }

    @Test func `each probe lies in what is covered, and the time between two does not`() async throws {
        let draft = try await Self.draft("a.example b.example", ["a.example": .success(200)])
        let probes = draft.facts.filter { $0.fact.value != nil }
        #expect(probes.map { $0.fact.value?["up"] } == [.bool(true), .bool(false)])
        let covered = Self.covered(draft)
        #expect(covered.count == 2 && covered.allSatisfy(\.isInstant), "\(covered)")
        #expect(probes.map(\.fact.start) == covered.map(\.start))
        #expect(Set(covered.map(\.start)).count == 2 && draft.failures.isEmpty)
    }

    @Test func `an answer that is too long is neither up nor down`() async throws {
        let draft = try await Self.draft(
            "a.example b.example", ["a.example": .failure(.tooLong), "b.example": .success(503)])
        #expect(draft.records("uptime.probe").map { $0.value["service"] } == [.string("b.example")])
        #expect(draft.failures.map(\.scope) == ["a.example"] && draft.coverageCount == 0)
    }
}
