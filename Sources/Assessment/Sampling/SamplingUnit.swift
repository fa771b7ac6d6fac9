package import Evidence
package import Formats

/// One thing that a test judges in a period: a record, an event, a window or an obligation. It is what a sample draws.
package struct SamplingUnit: Sendable, Hashable {
    /// Its name in the population, different for every unit of the test: see `id(source:key:at:ordinal:)`.
    package let id: Identifier
    package let key: Identifier
    /// Empty when several sources together decide.
    package let source: Identifier
    /// When it happened or fell due; nil for a record, which lives through a stretch of time.
    package let at: Instant?
    /// Which of several units of this source, key and instant it is, from 2 on; nil for the first of them.
    package let ordinal: Int?
    /// All that the test found of it, worst first; "does not apply" is left out.
    package let verdicts: [Verdict]
    /// The facts that these verdicts rest on, in log order; empty where nothing was found.
    package let references: [FactReference]

    package init(
        source: Identifier, key: Identifier, at: Instant?, ordinal: Int? = nil, verdicts: Set<Verdict>,
        references: Set<FactReference>
    ) {
        id = Self.id(source: source, key: key, at: at, ordinal: ordinal)
        self.ordinal = ordinal
        self.key = key
        self.source = source
        self.at = at
        self.verdicts = verdicts.filter { $0 != .notApplicable }.sorted { $0.rank < $1.rank }
        self.references = references.sorted()
    }

    /// The canonical JSON (RFC 8785) of source, key and instant, so that no two units can have one name; where obligations
    /// of one record fall due together, with a number for all but the first:
    ///
    ///     ["directory","a-17"]
    ///     ["repository","c-88","2026-03-01T09:12:00Z"]
    ///     ["directory","a-17","2026-03-03T00:00:00Z",2]
    ///
    /// What the test found of the unit is no part of it: a verdict must not decide whether something is drawn.
    package static func id(
        source: Identifier, key: Identifier, at: Instant?, ordinal: Int? = nil
    ) -> Identifier {
        var parts: [JSON] = [.string(source.text), .string(key.text)]
        if let at { parts.append(.string(at.description)) }
        if let ordinal { parts.append(.integer(Int64(ordinal))) }
        // Texts always have a canonical form.
        return Identifier(String(decoding: (try? CanonicalJSON.encode(.array(parts))) ?? [], as: UTF8.self))
    }

    /// The parts of an id; nil when it is not written as `id(source:key:at:ordinal:)` writes it.
    static func parts(of id: Identifier) -> (source: Identifier, key: Identifier, at: Instant?)? {
        guard let list = (try? JSON(parsing: Array(id.text.utf8)))?.array, (2...4).contains(list.count),
            let source = list[0].string, let key = list[1].string
        else { return nil }
        var at: Instant?
        if list.count > 2 {
            guard let instant = list[2].string.flatMap({ Instant($0) }) else { return nil }
            at = instant
        }
        var ordinal: Int?
        if list.count > 3 {
            guard let number = list[3].integer.flatMap({ Int(exactly: $0) }), number > 1 else { return nil }
            ordinal = number
        }
        let parts = (source: Identifier(source), key: Identifier(key), at: at)
        return Self.id(source: parts.source, key: parts.key, at: at, ordinal: ordinal) == id ? parts : nil
    }

    /// The one word for its verdicts, as a deviation rate counts it: failing when it failed at any time.
    package var verdict: Verdict {
        let order: [Verdict] = [.fail, .waived, .pass, .tolerated, .unknown, .pending]
        return order.first { verdicts.contains($0) } ?? .notApplicable
    }
}
