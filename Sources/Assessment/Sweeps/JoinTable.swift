import Evidence
import Expressions
import Formats

/// The records of another kind by what they are joined on, ready to be looked up as they stood at an instant.
/// `JoinIndex` is its oracle.
struct JoinTable {
    /// What a look-up gives instead of a row.
    enum Miss {
        static let absent: Int32 = -1
        static let missing: Int32 = -2
        static let uncovered: Int32 = -3
        static let undecidable: Int32 = -4
        /// More than one record: which of them is meant, nobody has said.
        static let several: Int32 = -5
    }

    let join: AsOfJoin
    private let coverage: CoverageCursor
    /// Of all sources' versions, one source behind the other.
    private let references: [FactReference]
    private let record: RecordColumns
    /// By key number: where its rows begin in `rows`; one entry more than keys.
    private let offsets: [UInt32]
    private let rows: [Int32]
    /// When each of `rows` begins and ends.
    private let lives: [Life]
    /// Records of which it cannot be said what they are joined on.
    private let doubtful: [Life]
    private var local: ColumnEvaluation
    private var asOf: ColumnEvaluation?

    init(_ join: AsOfJoin, _ frame: SweepFrame, _ numbers: inout KeyNumbers) {
        self.join = join
        local = ColumnEvaluation(join.local.expression)
        asOf = join.asOf.map { ColumnEvaluation($0.expression) }
        let complete = frame.frame.history[join.kind]?.completeCoverage ?? IntervalSet()
        coverage = CoverageCursor(complete)
        var starts: [Int64] = []
        var ends: [Int64] = []
        var references: [FactReference] = []
        var records: [RecordColumns] = []
        var keys: [UInt32] = []
        let columns = frame.columns[join.kind]
        for source in columns?.sourceNames ?? [] {
            guard let states = columns?.sources[source]?.states else { continue }
            starts += states.starts
            ends += states.ends
            references += (0..<states.count).map(states.reference)
            records.append(states.record)
            var remote = ColumnEvaluation(join.remote.expression)
            keys += numbers.keys(
                join.remote, &remote,
                over: ColumnBlock(count: states.count, variables: [(join.remote.variable, states.record)]))
        }
        self.references = references
        record = RecordColumns.joined(records)
        (offsets, rows) = Self.byKey(keys, count: numbers.count)
        lives = rows.map { Life(start: starts[Int($0)], end: ends[Int($0)]) }
        doubtful = keys.indices.filter { keys[$0] == KeyNumbers.undecidable }
            .map { Life(start: starts[$0], end: ends[$0]) }
    }

    private struct Life {
        let start: Int64
        let end: Int64

        func contains(_ instant: Int64) -> Bool { start <= instant && instant < end }
    }

    /// Rows by key number, in their order: a counting sort.
    static func byKey(_ keys: [UInt32], count: Int) -> (offsets: [UInt32], rows: [Int32]) {
        var offsets = [UInt32](repeating: 0, count: count + 1)
        for key in keys where KeyNumbers.isKey(key) { offsets[Int(key) + 1] += 1 }
        for index in 1..<offsets.count { offsets[index] += offsets[index - 1] }
        var next = offsets
        var rows = [Int32](repeating: 0, count: Int(offsets[count]))
        for (row, key) in keys.enumerated() where KeyNumbers.isKey(key) {
            rows[Int(next[Int(key)])] = Int32(row)
            next[Int(key)] += 1
        }
        return (offsets, rows)
    }

    /// For each row of a block the joined record's row, or a `Miss`; and whether a row misses what it needs.
    ///
    /// - Parameter scoped: `ColumnAnswer` by row; rows that are out of scope are not looked up and count as absent.
    mutating func matches(
        _ block: ColumnBlock, _ scoped: [UInt8]?, _ numbers: inout KeyNumbers
    ) -> (rows: [Int32], areMissing: Bool) {
        let keys = numbers.keys(join.local, &local, over: block)
        let instants = block.instants ?? []
        let lookups = asOf.map { _ in moments(block) }
        let outOfScope = ColumnAnswer.no
        var found = [Int32](repeating: Miss.undecidable, count: block.count)
        var (walk, areMissing) = (CoverageWalk(coverage), false)
        // On buffers: there are very many rows, and each subscript would be checked.
        offsets.withUnsafeBufferPointer { offsets in
            lives.withUnsafeBufferPointer { lives in
                for row in 0..<block.count {
                    if let scoped, scoped[row] == outOfScope {
                        found[row] = Miss.absent
                        continue
                    }
                    defer { areMissing = areMissing || found[row] < Miss.absent }
                    var at = instants[row]
                    if let lookups {
                        guard let moment = lookups[row] else { continue }
                        at = moment
                    }
                    let key = keys[row]
                    if !KeyNumbers.isKey(key) { continue }
                    guard walk.covers(at) else {
                        found[row] = Miss.uncovered
                        continue
                    }
                    var (next, end) = (0, 0)
                    if Int(key) + 1 < offsets.count {
                        (next, end) = (Int(offsets[Int(key)]), Int(offsets[Int(key) + 1]))
                    }
                    while next < end, !lives[next].contains(at) { next += 1 }
                    guard next < end else {
                        found[row] = miss(at)
                        continue
                    }
                    found[row] = rows[next]
                    next += 1
                    while next < end, !lives[next].contains(at) { next += 1 }
                    if next < end { found[row] = Miss.several }
                }
            }
        }
        return (found, areMissing)
    }

    private func miss(_ instant: Int64) -> Int32 {
        if doubtful.contains(where: { $0.contains(instant) }) { return Miss.undecidable }
        return join.isRequired ? Miss.missing : Miss.absent
    }

    private mutating func moments(_ block: ColumnBlock) -> [Int64?] {
        (asOf?.values(over: block) ?? []).map { value in
            if case .timestamp(let moment)? = value { moment.instant.microseconds } else { nil }
        }
    }

    /// The fact of a joined row; nil for a `Miss`.
    func reference(_ match: Int32) -> FactReference? { match < 0 ? nil : references[Int(match)] }

    /// What a predicate that reads nothing but the joined record says of each row, and last of no record at all.
    func answers(_ predicate: Predicate) -> [UInt8] {
        let rows = Array(0..<Int32(references.count)) + [Miss.absent]
        var evaluation = ColumnEvaluation(predicate.expression)
        return evaluation.answers(
            over: ColumnBlock(count: rows.count, variables: [(join.name, record.gathered(rows))]))
    }

    /// The joined records of a block's rows, null where there is none.
    func record(_ matches: [Int32], fields: Set<Identifier>?) -> RecordColumns {
        record.gathered(matches, fields: fields)
    }
}
