import Evidence
import Formats

/// The services that have been measured before, kept beside the cursor: one that vanishes is neither up nor down, and a
/// range alone does not tell that it was ever there.
struct KnownSeries: Sendable {
    /// In an earlier run with the same query: with another one, the cursor is not handed over.
    private let seen: Set<String>
    /// By `word`, as the parameters name them.
    private let expected: Set<String>
    private let retired: Set<String>

    init(_ request: CollectionRequest) {
        let kept = request.cursor.flatMap { try? JSON(parsing: $0) }
        seen = Set((kept?["series"]?.array ?? []).compactMap(\.string))
        expected = Set(request.words("expected"))
        retired = Set(request.words("retired"))
    }

    /// A service's name as a parameter writes it, where spaces part the names.
    private static func word(_ name: String) -> String { name.replacing(" ", with: "_") }

    func isRetired(_ name: String) -> Bool { retired.contains(Self.word(name)) }

    /// The services that should have been measured and were not, sorted.
    /// - Parameter series: what the server names, with the samples it has of each.
    func missing(from series: [String: [Instant: Bool]]) -> [String] {
        let silent = series.filter { $0.value.isEmpty }.map(\.key)
        let absent = seen.filter { series[$0] == nil }
        let named = Set((Array(series.keys) + absent).map(Self.word))
        let names = absent.union(silent).union(expected.subtracting(named))
        return names.filter { !isRetired($0) }.sorted()
    }

    /// The delivery, whose cursor then holds the services that have been measured by now.
    func remembered(by delivery: Delivery) throws(CanonicalJSONError) -> Delivery {
        if delivery.cursor == nil { return delivery }
        let measured = delivery.draft.facts.compactMap { $0.fact.value?["service"]?.string }
        let names = seen.union(measured).filter { !isRetired($0) }.sorted()
        return try delivery.remembering("series", .array(names.map { .string($0) }))
    }
}
