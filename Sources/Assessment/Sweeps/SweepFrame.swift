package import Evidence
import Expressions
package import Formats
import Synchronization

/// What sweeps are evaluated against: the evidence as columns, the period, and the time of knowledge.
package struct SweepFrame: Sendable {
    package let columns: ColumnHistory
    /// Sources and coverage without the records: all that the rules about silence need.
    let frame: Frame
    /// Whether a row is listed for every unit that is measured in time, also for those with nothing to tell.
    let listsStretches: Bool
    /// What earlier assessments found in parts of the evidence; nil when everything is to be swept anew.
    let memo: PartMemo?
    private let shared = SharedRecords()

    package init(
        columns: ColumnHistory, period: Interval, knownAt: Instant, listsStretches: Bool = false,
        memo: PartMemo? = nil
    ) throws {
        self.columns = columns
        self.memo = memo
        self.listsStretches = listsStretches
        frame = Frame(history: try columns.history(of: []), period: period, knownAt: knownAt)
    }

    var period: Interval { frame.period }

    /// About how much evidence a test has to go through: rows, in blocks of events.
    func cost(of test: ControlTest) -> Int {
        var found = 0
        for kind in test.evidenceKinds {
            for records in columns[kind]?.sources.values.map(\.self) ?? [] {
                found += (records.events?.blockCount ?? 0) * EventBlock.capacity + records.states.count
            }
        }
        return found
    }

    /// Digests of what is known of the records of a kind.
    func marks(of kind: Identifier) -> RecordMarks {
        shared.marks(of: kind) {
            RecordMarks(columns[kind], frame.history[kind]?.completeCoverage ?? IntervalSet())
        }
    }

    /// The frame of the simple evaluators, with the records of some kinds.
    func simple(_ kinds: Set<Identifier>) throws -> Frame {
        var found = frame.history.kinds
        for kind in kinds { found[kind] = try shared.records(of: kind, in: columns) }
        return Frame(
            history: History(kinds: found, leaves: frame.history.leaves), period: frame.period,
            knownAt: frame.knownAt)
    }
}

/// What is made of a kind's records once, whichever test asks first: records taken out of columns for the simple
/// evaluators, and their digests.
private final class SharedRecords: Sendable {
    private let kinds = Mutex<[Identifier: KindHistory]>([:])
    private let marks = Mutex<[Identifier: RecordMarks]>([:])

    func marks(of kind: Identifier, make: () -> RecordMarks) -> RecordMarks {
        marks.withLock { marks in
            if let known = marks[kind] { return known }
            let found = make()
            marks[kind] = found
            return found
        }
    }

    func records(of kind: Identifier, in columns: ColumnHistory) throws -> KindHistory? {
        try kinds.withLock { kinds in
            if let known = kinds[kind] { return known }
            let found = try columns.history(of: [kind])[kind]
            kinds[kind] = found
            return found
        }
    }
}
