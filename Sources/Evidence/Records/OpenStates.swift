import Formats
import Ledger
import Storage

/// The open states that the items of all batches leave behind, as the recorder keeps them: some fifty bytes for each.
struct OpenStates {
    private struct State {
        let since: Instant
        /// Nil for a record that has ceased to exist.
        let value: HalfDigest?
    }

    private var states: [HalfDigest: State] = [:]

    /// By what a record is known here.
    static func record(_ source: Identifier, _ kind: Identifier, _ key: Identifier) -> HalfDigest {
        var text: [UInt8] = []
        for part in [source, kind, key] {
            CanonicalJSON.append(part.text, to: &text)
            text.append(UInt8(ascii: ","))
        }
        return HalfDigest(hashing: text[...])
    }

    /// Takes in the next item.
    mutating func add(_ item: IndexedItem) {
        guard let fact = item.fact, let (record, value) = item.open else { return }
        if let known = states[record], fact.span.start < known.since { return }
        states[record] = State(since: fact.span.start, value: value)
    }

    /// How many records the table tells something else of, or nothing, or which nobody spoke of.
    func differences(_ database: any Reading) throws -> Int {
        var (stored, common, same) = (0, 0, 0)
        try database.query(
            """
            SELECT s.source, s.kind, o.record, o.since, o.value_digest
            FROM open_state o JOIN stream s ON s.id = o.stream
            """
        ) { row in
            stored += 1
            let record = Self.record(
                Identifier(try row.text(0)), Identifier(try row.text(1)), Identifier(try row.text(2)))
            guard let known = states[record] else { return }
            common += 1
            let isValue = try row.withBytes(4) { bytes in
                bytes.isEmpty ? known.value == nil : known.value != nil && known.value == HalfDigest(bytes)
            }
            if isValue, try row.integer(3) == known.since.microseconds { same += 1 }
        }
        return stored + states.count - common - same
    }
}
