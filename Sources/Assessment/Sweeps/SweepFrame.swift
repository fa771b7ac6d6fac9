import Catalog
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
    /// About how many rows of records a core takes at a time.
    let grain: Int
    private let shared = Shared()

    /// - Throws: where sources and coverage cannot be read from the columns.
    package init(
        columns: ColumnHistory, period: Interval, knownAt: Instant, listsStretches: Bool = false,
        memo: PartMemo? = nil, grain: Int = 4_096
    ) throws {
        self.columns = columns
        self.grain = grain
        self.memo = memo
        self.listsStretches = listsStretches
        frame = Frame(history: try columns.history(of: []), period: period, knownAt: knownAt)
    }

    package var period: Interval { frame.period }

    /// Sources and coverage, without a single record.
    package var withoutRecords: Frame { frame }

    /// Sweeps the records of a source on all cores, the rows of a key always on one of them.
    func overKeys(
        of records: SourceColumns, _ sweep: @Sendable (_ part: Range<Int>, _ found: inout SweptRows) -> Void
    ) throws -> SweptRows {
        let parts = Parallel.map(records.states.cuts(every: grain)) { part in
            var found = SweptRows(listsStretches: listsStretches)
            sweep(part, &found)
            return found
        }
        return parts.reduce(into: SweptRows(listsStretches: listsStretches)) { $0.add($1) }
    }

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
        shared.marks.value(of: kind) {
            RecordMarks(columns[kind], frame.history[kind]?.completeCoverage ?? IntervalSet())
        }
    }

    /// The events of each source that satisfy a predicate, by a key; nil when the key is no plain text.
    func events(
        _ columns: KindColumns, where predicate: Predicate?, by key: Predicate?
    ) throws -> [KeyedEvents]? {
        let question = KeyedEvents.Question(columns.kind.name, where: predicate, by: key)
        return try shared.events.value(of: question) {
            var found: [KeyedEvents] = []
            for (number, (_, records)) in columns.inOrder.enumerated() {
                guard let events = records.events else { continue }
                guard
                    let own = try KeyedEvents(
                        events, source: number, of: columns.kind, where: predicate, by: key,
                        self.columns.texts)
                else { return nil }
                found.append(own)
            }
            return found
        }
    }

    /// The same, of all sources together.
    func allEvents(
        _ columns: KindColumns, where predicate: Predicate?, by key: Predicate?
    ) throws -> KeyedEvents? {
        let question = KeyedEvents.Question(columns.kind.name, where: predicate, by: key)
        return try shared.allEvents.value(of: question) {
            try events(columns, where: predicate, by: key).map(KeyedEvents.init)
        }
    }

    /// The records that a join finds, for the few events that take a closer look.
    func records(of join: AsOfJoin) throws -> JoinedRecords {
        let question = JoinQuestion(
            kind: join.kind, remote: join.remote.expression.source, variable: join.remote.variable)
        return try shared.joined.value(of: question) {
            JoinedRecords(join, try simple([join.kind]).history[join.kind])
        }
    }

    /// What tells the records of one join from those of another.
    private struct JoinQuestion: Hashable {
        let kind: Identifier
        let remote: String
        let variable: String
    }

    /// The frame of the simple evaluators, with the records of some kinds.
    package func simple(_ kinds: Set<Identifier>) throws -> Frame {
        var found = frame.history.kinds
        for kind in kinds {
            found[kind] = try shared.records.value(of: kind) { try columns.history(of: [kind])[kind] }
        }
        return Frame(
            history: History(kinds: found, leaves: frame.history.leaves), period: frame.period,
            knownAt: frame.knownAt)
    }

    /// What is made once, whichever test asks first.
    private struct Shared: Sendable {
        /// Records taken out of columns for the simple evaluators.
        let records = OnceEach<Identifier, KindHistory?>()
        let joined = OnceEach<JoinQuestion, JoinedRecords>()
        let marks = OnceEach<Identifier, RecordMarks>()
        let events = OnceEach<KeyedEvents.Question, [KeyedEvents]?>()
        let allEvents = OnceEach<KeyedEvents.Question, KeyedEvents?>()
    }
}

/// Values that are each made once, when they are first asked for; who asks for one that is in the making waits for it.
final class OnceEach<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private final class Place: Sendable {
        let value = Mutex<Value?>(nil)
    }

    private let places = Mutex<[Key: Place]>([:])

    func value(of key: Key, make: () throws -> Value) rethrows -> Value {
        let place = places.withLock { places in
            let place = places[key] ?? Place()
            places[key] = place
            return place
        }
        return try place.value.withLock { value in
            if let value { return value }
            let made = try make()
            value = made
            return made
        }
    }
}
