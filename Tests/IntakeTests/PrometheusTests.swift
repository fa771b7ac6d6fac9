import Evidence
import Formats
import Synchronization
import TestSupport
import Testing
import Transport

@testable import Intake

/// Range queries by written-down answers, and by Prometheus' own server where it is installed.
@Suite struct PrometheusTests {
    /// Gives one answer to everything and keeps what was asked.
    private final class Answering: HTTPService {
        let asked = Mutex<[String]>([])
        private let body: String

        init(_ body: String) {
            self.body = body
        }

        func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
            asked.withLock { $0.append(request.url) }
            return HTTPResponse(status: 200, body: Array(body.utf8))
        }
    }

    private static func draft(
        _ service: any HTTPService, url: String = "http://127.0.0.1:9090", since: String = "5m",
        step: String = "60s", query: String = "up", cursor: String? = nil, also: [String: String] = [:],
        now: Instant = noon
    ) async throws -> (draft: BatchDraft, cursor: String?) {
        let parameters = ["url": url, "since": since, "step": step, "query": query]
        let request = CollectionRequest(
            source: "here", parameters: parameters.merging(also) { $1 }, kinds: ["uptime.probe"],
            cursor: cursor, services: Services(http: service, tls: NoNetwork(), sleep: { _ in }),
            now: { now })
        let delivery = try #require(
            try await Collected.deliveries(by: PrometheusConnector(), request).first)
        return (delivery.draft, delivery.cursor)
    }

    private static func answer(_ series: [(instance: String, minutes: [Int])]) -> String {
        let start = noon.microseconds / 1_000_000 - 420
        let results = series.map { one in
            let values = one.minutes.map { "[\(start + Int64($0) * 60),\"\($0 == 3 ? 0 : 1)\"]" }
            return
                #"{"metric":{"job":"web","instance":"\#(one.instance)"},"values":[\#(values.joined(separator: ","))]}"#
        }
        return
            #"{"status":"success","data":{"resultType":"matrix","result":[\#(results.joined(separator: ","))]}}"#
    }

    private static func coverage(_ draft: BatchDraft) -> [String] {
        draft.facts.compactMap {
            if case .coverage(let interval) = $0.fact.shape { "\(interval)" } else { nil }
        }
    }

    @Test func `every step of every series is covered, and the next run goes on behind`() async throws {
        let service = Answering(Self.answer([("a", [0, 1, 2, 3, 4]), ("b", [0, 1, 2, 3, 4])]))
        let (draft, cursor) = try await Self.draft(service)
        #expect(draft.failures.isEmpty && draft.coverageCount == 1)
        #expect(draft.coverage("uptime.probe") == Interval(from: noon - .minutes(7), to: noon - .minutes(2)))
        #expect(draft.records("uptime.probe").count { $0.value["up"] == .bool(false) } == 2)
        #expect(cursor?.contains((noon - .minutes(2)).description) == true)
        #expect(service.asked.withLock { $0 }.first?.contains("step=60") == true)
    }

    @Test func `a step without a sample is not covered`() async throws {
        let (draft, _) = try await Self.draft(
            Answering(Self.answer([("a", [0, 1, 2, 3, 4]), ("b", [0, 1, 4])])))
        #expect(draft.coverageCount == 2 && draft.records("uptime.probe").count == 8)
        #expect(Self.coverage(draft).first != Self.coverage(draft).last)
        #expect(draft.query.contains("not covered"))
    }

    @Test(arguments: [
        (answer([]), "nothing was measured"), (#"{"status":"error","error":"x"}"#, "no range of samples"),
        (answer([("a", [0]), ("a", [1])]), "two series of one job and instance"),
        (
            #"{"status":"success","warnings":["w"],"data":{"resultType":"matrix","result":[{"metric":{"job":"j"},"values":[]}]}}"#,
            "may be incomplete"
        ),
        (
            #"{"status":"success","isPartial":true,"data":{"resultType":"matrix","result":[{"metric":{"job":"j"},"values":[]}]}}"#,
            "did not answer"
        ),
    ])
    func `an answer that is none covers nothing`(body: String, reason: String) async throws {
        let (draft, cursor) = try await Self.draft(Answering(body))
        #expect(draft.reasons.contains { $0.contains(reason) }, "\(draft.reasons)")
        #expect(draft.coverageCount == 0 && cursor == nil)
    }

    /// A run five minutes before noon in which two services answer.
    private static func cursorOfTwo() async throws -> String? {
        let all = [-5, -4, -3, -2, -1]
        let both = Answering(answer([("a", all), ("b", all)]))
        return try await draft(both, now: noon - .minutes(5)).cursor
    }

    @Test func `a service that vanishes is a gap until it is said to be retired`() async throws {
        let cursor = try #require(try await Self.cursorOfTwo())
        let alone = Answering(Self.answer([("a", [0, 1, 2, 3, 4])]))
        let first = try await Self.draft(alone, cursor: cursor)
        #expect(first.draft.failures.map(\.scope) == ["web/b"] && first.draft.coverageCount == 0)
        #expect(first.cursor == cursor && first.draft.records("uptime.probe").count == 5)
        // What was on record as a gap once is not forgotten.
        let second = try await Self.draft(alone, cursor: first.cursor)
        #expect(second.draft.failures.map(\.scope) == ["web/b"])
        let retired = try await Self.draft(alone, cursor: cursor, also: ["retired": "web/b"])
        #expect(retired.draft.failures.isEmpty && retired.draft.coverageCount == 1)
        #expect(retired.draft.parameters["retired"] == "web/b" && retired.cursor?.contains("web/b") == false)
    }

    @Test func `a service that is expected must be measured from the first run on`() async throws {
        let alone = Answering(Self.answer([("a", [0, 1, 2, 3, 4])]))
        let (draft, _) = try await Self.draft(alone, also: ["expected": "web/a web/c"])
        #expect(draft.failures.map(\.scope) == ["web/c"] && draft.coverageCount == 0)
        let all = try await Self.draft(alone, also: ["retired": "web/a"]).draft
        #expect(all.reasons.first?.contains("nothing was measured") == true && all.coverageCount == 0)
    }

    @Test func `a sample that is no number leaves its step uncovered, and no more`() async throws {
        let body = Self.answer([("a", [0, 1, 2, 3, 4])]).replacing(#""0"]"#, with: #""NaN"]"#)
        let (draft, cursor) = try await Self.draft(Answering(body))
        #expect(draft.failures.isEmpty && draft.setAside.isEmpty && draft.coverageCount == 2)
        #expect(draft.records("uptime.probe").count == 4)
        #expect(cursor?.contains((noon - .minutes(2)).description) == true)
        let silent = try await Self.draft(Answering(body.replacing(#""1"]"#, with: #""NaN"]"#))).draft
        #expect(silent.failures.map(\.scope) == ["web/a"] && silent.coverageCount == 0)
    }

    @Test(arguments: ["503", "2", "-1", "1.01"])
    func `a value that says neither up nor down makes its series a gap`(_ value: String)
        async throws
    {
        let body = Self.answer([("a", [0, 1, 2, 3, 4])]).replacing(#""0"]"#, with: #""\#(value)"]"#)
        let (draft, cursor) = try await Self.draft(Answering(body))
        #expect(draft.failures.map(\.scope) == ["web/a"] && draft.setAside.isEmpty)
        #expect(draft.reasons.first?.contains("beyond 0 and 1") == true, "\(draft.reasons)")
        #expect(draft.records("uptime.probe").count == 4 && draft.coverageCount == 0 && cursor == nil)
    }

    @Test func `a series of other values alone is told as such, once, and as no service that is gone`()
        async throws
    {
        let body = Self.answer([("a", [0, 1, 2, 4]), ("b", [3, 3])]).replacing(#""0"]"#, with: #""200"]"#)
        let known = #"{"series":["web/a","web/b"],"uptime.probe":"2026-03-01T11:53:00Z"}"#
        let runs: [(cursor: String?, expected: String)] = [(nil, ""), (known, "web/b")]
        for run in runs {
            let draft = try await Self.draft(
                Answering(body), cursor: run.cursor, also: ["expected": run.expected]
            ).draft
            #expect(draft.failures.map(\.scope) == ["web/b"] && draft.setAside.isEmpty, "\(draft.reasons)")
            #expect(draft.reasons.allSatisfy { !$0.contains("retired") } && draft.coverageCount == 0)
            #expect(draft.records("uptime.probe").count == 4)
        }
        let retired = try await Self.draft(Answering(body), also: ["retired": "web/b"]).draft
        #expect(retired.failures.isEmpty, "\(retired.reasons)")
    }

    @Test(arguments: ["+Inf", "-Inf"]) func `an infinite value is no answer`(_ value: String) async throws {
        let body = Self.answer([("a", [0, 1, 2, 3, 4])]).replacing(#""0"]"#, with: #""\#(value)"]"#)
        let draft = try await Self.draft(Answering(body)).draft
        #expect(draft.failures.isEmpty && draft.setAside.isEmpty && draft.coverageCount == 2)
        #expect(draft.records("uptime.probe").allSatisfy { $0.value["up"] == .bool(true) })
    }

    @Test(arguments: ["ALERTS", "ALERTS_FOR_STATE"])
    func `an alert that fires does not say that a service is up`(_ name: String) async throws {
        let label = #""metric":{"__name__":"\#(name)","alertname":"Down","#
        let body = Self.answer([("a", [0, 1, 2, 3, 4])]).replacing(#""metric":{"#, with: label)
        let draft = try await Self.draft(Answering(body), query: name).draft
        #expect(draft.failures.first?.scope == name && draft.coverageCount == 0)
        #expect(draft.reasons.first?.contains("of alerts") == true)
        #expect(draft.records("uptime.probe").isEmpty)
    }

    @Test func `a long stretch is asked for in answers that a server gives`() async throws {
        let service = Answering(Self.answer([("a", [0])]))
        _ = try await Self.draft(service, since: "10d")
        #expect(service.asked.withLock { $0.count } == 2)
    }
}
