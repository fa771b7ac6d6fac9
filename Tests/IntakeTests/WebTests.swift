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

    /// Servers that never say anything: whoever asks waits until the task is cancelled.
    private final class Silence: HTTPService, TLSProbe {
        let asked = Mutex(0)
        let begun: AsyncStream<Void>
        private let said: AsyncStream<Void>.Continuation

        init() {
            let (stream, continuation) = AsyncStream<Void>.makeStream()
            begun = stream
            said = continuation
        }

        private func wait() async {
            asked.withLock { $0 += 1 }
            said.yield()
            try? await Task.sleep(for: .seconds(3_600))
        }

        func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
            await wait()
            throw TransportError(.broken("closed too early"), request)
        }

        func certificate(host: String, port: Int, limit: Duration) async throws(TransportError)
            -> ServerCertificate
        {
            await wait()
            throw TransportError(.cancelled, HTTPRequest(.get, "https://\(host)"))
        }

        func accepts(_ version: TLSVersion, host: String, port: Int, limit: Duration)
            async throws(TransportError) -> Bool
        {
            await wait()
            throw TransportError(.cancelled, HTTPRequest(.get, "https://\(host)"))
        }
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: ["uptime.probe", "tls.certificate", "tls.endpoint"] as [Identifier])
    func `a collection that is interrupted asks no further host`(_ kind: Identifier) async throws {
        let silence = Silence()
        let request = CollectionRequest(
            source: "here", parameters: ["hosts": "a.example b.example c.example"], kinds: [kind],
            services: Services(http: silence, tls: silence, sleep: { _ in }), now: { noon })
        let task = Task { try await Collected.by(WebConnector(), request) }
        for await _ in silence.begun { break }
        task.cancel()
        let draft = try #require(try await task.value.first)
        let asked = silence.asked.withLock { $0 }
        #expect(asked == 1)
        #expect(draft.reasons == ["the collection was interrupted after 0 of 3"])
        // That a server broke off then is no sign that it is down.
        #expect(draft.facts.isEmpty)
    }
}
