import Catalog
import Evidence
import Formats
import Programs
import Testing

@testable import Assessment

/// Kinds, requirements and facts for shares, reconciliations, separations of duties and statements.
enum KindSample {
    static let kinds: [Kind] =
        Sample.kinds + [
            Kind(
                name: "probe", title: "Probe", mode: .event,
                fields: [Field(name: "service", type: .text), Field(name: "up", type: .flag)]),
            Kind(
                name: "role", title: "Role", mode: .state,
                fields: [Field(name: "name", type: .text), Field(name: "person", type: .text)]),
            Kind(
                name: "statement", title: "Statement", mode: .event,
                fields: [
                    Field(name: "about", type: .text), Field(name: "attester", type: .text),
                    Field(name: "operator", type: .text), Field(name: "artifacts", type: .list(.text)),
                    Field(name: "from", type: .timestamp), Field(name: "until", type: .timestamp),
                ]),
        ]

    static func predicate(_ text: String?, _ variable: String) throws -> Predicate? {
        try text.map { try Sample.predicate($0, of: variable) }
    }
}

extension Facts {
    /// What is known, with the kinds of these tests.
    func wide(_ period: Interval, knownAt: Instant = hour(90_000)) -> Frame {
        var builder = HistoryBuilder(knownAt: knownAt, kinds: KindSample.kinds)
        for fact in recorded { builder.add(fact) }
        return Frame(history: builder.build(), period: period, knownAt: knownAt)
    }
}

/// Minutes since the start of 2026.
func minute(_ count: Int) -> Instant { hour(0) + .minutes(Int64(count)) }

func minutes(_ from: Int, _ to: Int) throws -> Interval {
    try #require(Interval(from: minute(from), to: minute(to)))
}
