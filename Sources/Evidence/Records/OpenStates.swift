import Formats
import Ledger
import Storage

/// The open states and the stretches that the items of all batches leave behind, as the recorder keeps them: some fifty
/// bytes for each.
struct OpenStates {
    private struct State {
        let since: Instant
        /// Nil for a record that has ceased to exist.
        let value: HalfDigest?
    }

    /// The first batch whose stretches are all on file.
    private let firstLeaf: Int
    private var states: [HalfDigest: State] = [:]
    private var stretches: [HalfDigest: [Interval]] = [:]

    init(stretchesFrom firstLeaf: Int = 0) {
        self.firstLeaf = firstLeaf
    }

    /// By what a record is known here.
    static func record(_ source: Identifier, _ kind: Identifier, _ key: Identifier) -> HalfDigest {
        var text: [UInt8] = []
        for part in [source, kind, key] {
            CanonicalJSON.append(part.text, to: &text)
            text.append(UInt8(ascii: ","))
        }
        return HalfDigest(hashing: text[...])
    }

    /// Takes in the next item of the batch at a leaf.
    mutating func add(_ item: IndexedItem, leaf: Int) {
        guard let (record, value) = item.state, case .state(let from, let to) = item.fact?.span else {
            return
        }
        if let to {
            if leaf >= firstLeaf { add(record, from, to) }
            return
        }
        if let known = states[record], from < known.since { return }
        states[record] = State(since: from, value: value)
        stretches[record]?.removeAll { $0.start <= from }
    }

    private mutating func add(_ record: HalfDigest, _ from: Instant, _ to: Instant) {
        guard let stretch = Interval(from: from, to: to) else { return }
        var known = stretches[record] ?? []
        let longer = known.firstIndex { $0.start == from }.map { known.remove(at: $0).end } ?? to
        known.append(Interval(from: from, to: max(longer, to)) ?? stretch)
        stretches[record] = known
    }

    /// How many records the tables tell something else of, or nothing, or which nobody spoke of.
    func differences(_ database: any Reading) throws -> Int {
        try stateDifferences(database) + stretchDifferences(database)
    }

    private func stateDifferences(_ database: any Reading) throws -> Int {
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

    /// Stretches without a known end stand for what an earlier version recorded, and hide none that is known.
    private func stretchDifferences(_ database: any Reading) throws -> Int {
        var (stored, common) = (0, 0)
        try database.query(
            """
            SELECT s.source, s.kind, t.record, t.start, t.until FROM stretch t JOIN stream s ON s.id = t.stream
            """
        ) { row in
            let record = Self.record(
                Identifier(try row.text(0)), Identifier(try row.text(1)), Identifier(try row.text(2)))
            let (start, end) = (try row.integer(3), try row.integer(4))
            let isKnown = stretches[record]?.contains {
                $0.start.microseconds == start
                    && ($0.end.microseconds == end || firstLeaf > 0 && end == .max)
            }
            if isKnown == true { common += 1 }
            if isKnown == true || firstLeaf == 0 || end != .max { stored += 1 }
        }
        return stored + stretches.values.reduce(0) { $0 + $1.count } - 2 * common
    }
}
