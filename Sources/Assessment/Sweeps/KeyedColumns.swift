import Evidence
import Expressions
import Formats

/// The records of a state kind in a population, by the number of the key on which they are matched. `KeyedRecords` is its
/// oracle.
struct KeyedColumns {
    let kind: Identifier
    let complete: IntervalSet
    let coverage: CoverageCursor
    let awaited: Int64
    private let starts: [Int64]
    private let ends: [Int64]
    private let references: [FactReference]
    private let offsets: [UInt32]
    private let rows: [Int32]

    /// Nil when a record cannot be judged.
    init?(
        _ kind: Identifier, scope: Predicate?, key: Predicate, _ frame: SweepFrame,
        _ numbers: inout KeyNumbers
    ) {
        self.kind = kind
        complete = frame.frame.history[kind]?.completeCoverage ?? IntervalSet()
        coverage = CoverageCursor(complete)
        awaited = frame.frame.awaited(after: complete).microseconds
        var starts: [Int64] = []
        var ends: [Int64] = []
        var references: [FactReference] = []
        var keys: [UInt32] = []
        let columns = frame.columns[kind]
        for source in columns?.sourceNames ?? [] {
            guard let states = columns?.sources[source]?.states else { continue }
            guard
                let judged = JudgedKeys(states, scope, key, &numbers),
                !judged.hasDoubt
            else { return nil }
            for row in 0..<states.count {
                judged.forEachPart(of: row, from: states.starts[row], to: states.ends[row]) {
                    start, end, scope in
                    guard scope == ColumnAnswer.yes else { return }
                    starts.append(start)
                    ends.append(end)
                    references.append(states.reference(row))
                    keys.append(judged.keys[row])
                }
            }
        }
        self.starts = starts
        self.ends = ends
        self.references = references
        (offsets, rows) = JoinTable.byKey(keys, count: numbers.count)
    }

    /// The numbers of all keys of which a record speaks.
    var keys: [UInt32] {
        offsets.indices.dropLast().filter { offsets[$0] < offsets[$0 + 1] }.map(UInt32.init)
    }

    /// The versions with a key, in the order of sources, then of records, then of time.
    func versions(_ key: UInt32) -> [(start: Int64, end: Int64, reference: FactReference)] {
        guard Int(key) + 1 < offsets.count else { return [] }
        return rows[Int(offsets[Int(key)])..<Int(offsets[Int(key) + 1])].map {
            (starts[Int($0)], ends[Int($0)], references[Int($0)])
        }
    }

    /// Whether a key has a record at every instant of a stretch.
    func isPresent(_ key: UInt32, from start: Int64, to end: Int64) -> Bool {
        guard Int(key) + 1 < offsets.count else { return false }
        let own = Int(offsets[Int(key)])..<Int(offsets[Int(key) + 1])
        var start = start
        while start < end {
            guard
                let place = own.first(where: { starts[Int(rows[$0])] <= start && start < ends[Int(rows[$0])] }
                )
            else { return false }
            start = ends[Int(rows[place])]
        }
        return true
    }

    /// Calls back for each part of a stretch with the first record of a key that lives there.
    func forEachPart(
        _ key: UInt32, from start: Int64, to end: Int64,
        _ body: (_ start: Int64, _ end: Int64, _ partner: FactReference?) -> Void
    ) {
        guard Int(key) + 1 < offsets.count else { return body(start, end, nil) }
        let own = rows[Int(offsets[Int(key)])..<Int(offsets[Int(key) + 1])].map(Int.init)
        var start = start
        while start < end {
            var stop = end
            for row in own {
                if starts[row] > start { stop = min(stop, starts[row]) }
                if ends[row] > start { stop = min(stop, ends[row]) }
            }
            let partner = own.first { starts[$0] <= start && start < ends[$0] }
            body(start, stop, partner.map { references[$0] })
            start = stop
        }
    }
}

/// Keys and scope of all versions of the records of a source.
struct JudgedKeys {
    /// By row.
    let keys: [UInt32]
    /// By row, or by part of a row where the scope moves with time.
    private let scope: [UInt8]
    private let timed: TimedRows?

    /// Nil when a key is no plain text: those are compared as the simple evaluator does.
    init?(
        _ states: StateColumns, _ scope: Predicate?, _ key: Predicate, _ numbers: inout KeyNumbers
    ) {
        let evaluation = ColumnEvaluation(key.expression)
        guard let column = evaluation.column(in: ColumnBlock(key.variable, states, nil)),
            case .texts(let texts, let dictionary) = column.values
        else { return nil }
        keys = (0..<states.count).map { row in
            let isPresent = column.presence?[row] ?? 1 != 0
            return isPresent && !dictionary.isEmpty(texts[row]) ? texts[row] : KeyNumbers.undecidable
        }
        let timed = scope.flatMap { TimedRows([$0], states, in: (.min, .max)) }
        self.timed = timed
        self.scope =
            scope.map { scope in
                var evaluation = ColumnEvaluation(scope.expression)
                return scope.answers(&evaluation, over: ColumnBlock(scope.variable, states, timed))
            } ?? [UInt8](repeating: ColumnAnswer.yes, count: states.count)
    }

    /// Whether there is a record in scope without a key, or one of which the scope cannot be told.
    var hasDoubt: Bool {
        keys.indices.contains { row in
            scope[timed?.parts(of: row) ?? row..<row + 1].contains { scope in
                scope == ColumnAnswer.undecidable
                    || (scope == ColumnAnswer.yes && keys[row] == KeyNumbers.undecidable)
            }
        }
    }

    /// Calls back for each part of a stretch in which a row lives, with what the scope says of the row there.
    func forEachPart(
        of row: Int, from start: Int64, to end: Int64,
        _ body: (_ start: Int64, _ end: Int64, _ scope: UInt8) -> Void
    ) {
        guard let timed else { return body(start, end, scope[row]) }
        for part in timed.parts(of: row) {
            let from = max(start, timed.start(of: part))
            let to = timed.end(of: part, in: row, end)
            if from < to { body(from, to, scope[part]) }
        }
    }

    /// Whether something holds of each part in which a row is in scope.
    func holds(
        of row: Int, from start: Int64, to end: Int64, _ holds: (_ start: Int64, _ end: Int64) -> Bool
    ) -> Bool {
        var isHeld = true
        forEachPart(of: row, from: start, to: end) { start, end, scope in
            if isHeld, scope == ColumnAnswer.yes { isHeld = holds(start, end) }
        }
        return isHeld
    }
}
