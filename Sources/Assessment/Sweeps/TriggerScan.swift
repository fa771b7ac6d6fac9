import Catalog
import Evidence
import Expressions
import Formats

/// One version of a response test on its way through its triggers.
struct TriggerScan<Answers: Responders> {
    private(set) var found = SweptRows()
    private let triggers: ResponseTriggers
    private let kind: Kind
    private var responders: Answers
    private let oracle: ResponseEvaluation
    private let silence: Silence
    private let frame: SweepFrame
    private let period: Interval
    private let inForce: Interval
    private let key: PlainKeys
    private let rule: ResponseRequirement
    // For every trigger; the rule as a whole is dear to copy.
    private let skew: TimeSpan
    private let asksEveryone: Bool

    init(
        _ triggers: ResponseTriggers, _ kind: Kind, _ responders: Answers, _ oracle: ResponseEvaluation,
        _ frame: SweepFrame
    ) {
        self.triggers = triggers
        rule = triggers.rule
        skew = rule.skew
        asksEveryone = rule.target.every
        self.kind = kind
        self.responders = responders
        self.oracle = oracle
        self.frame = frame
        period = frame.period
        inForce = oracle.versions[triggers.version].inForce
        silence = Silence(triggers.rule.target.kind, frame.frame)
        key = PlainKeys(triggers.rule.trigger.key)
    }

    private mutating func judge(
        _ at: Instant, _ due: Instant, _ key: UInt32, isPlain: Bool = true,
        _ obligation: () throws -> Obligation
    ) throws {
        guard due >= period.start, at < period.end, inForce.contains(at) else { return }
        if isPlain, key != KeyNumbers.undecidable, due < period.end, let met = met(at, due, key) {
            return found.plain.addOccurrence(met)
        }
        let outcome =
            key == KeyNumbers.undecidable
            ? AnswerOutcome(isNobody: asksEveryone)
            : try responders.outcome(key, from: at - skew, to: due + skew)
        if let row = oracle.row(try obligation(), outcome, silence) { found.add(row) }
    }

    /// The stretch of an obligation that was plainly met: from its start until it was answered or due.
    private mutating func met(_ at: Instant, _ due: Instant, _ key: UInt32) -> Interval? {
        guard let answered = responders.answered(key, from: at - skew, to: due + skew),
            answered <= due + skew, answered <= frame.frame.knownAt,
            silence.bearsOut(answered, since: at, asksEveryone: asksEveryone)
        else { return nil }
        return Interval(from: at, to: min(max(answered, due), period.end)) ?? Interval(instant: at)
    }

    /// Whether each row starts a clock.
    private static func starts(
        _ predicates: [Predicate], _ evaluations: inout [ColumnEvaluation], _ block: ColumnBlock
    ) -> [UInt8] {
        var starts = [UInt8](repeating: ColumnAnswer.yes, count: block.count)
        for (index, predicate) in predicates.enumerated() {
            let answers = predicate.answers(&evaluations[index], over: block)
            for row in starts.indices where starts[row] != ColumnAnswer.no && answers[row] != ColumnAnswer.yes
            {
                starts[row] = answers[row]
            }
        }
        return starts
    }

    // MARK: Events

    /// False when the keys are no plain texts.
    mutating func add(_ events: any EventBlocks, _ source: Identifier) throws -> Bool {
        let trigger = rule.trigger
        let fields = kind.fieldsToRead([trigger.filter, rule.scope, trigger.key, trigger.moment])
        let predicates = [trigger.filter, rule.scope].compactMap { $0 }
        var evaluations = predicates.map { ColumnEvaluation($0.expression) }
        let moment = trigger.moment.map { ColumnEvaluation($0.expression) }
        for index in 0..<events.blockCount {
            if moment == nil, isOutside(events.span(index)) { continue }
            let block = try events.block(index, fields: fields)
            let rows = ColumnBlock(
                count: block.count, variables: [(trigger.key.variable, block.record)],
                instants: block.instants)
            guard let keys = key.numbers(over: rows) else { return false }
            let starts = Self.starts(predicates, &evaluations, rows)
            var moments: Moments?
            if let moment {
                guard let found = Moments(moment, rows, block.record.misfits) else { return false }
                moments = found
            }
            try add(block, keys, starts, moments, ShownEvents(events, index), source)
        }
        return true
    }

    private func isOutside(_ span: ClosedRange<Int64>) -> Bool {
        Instant(microseconds: span.lowerBound) >= period.end
            || triggers.clock.due(after: Instant(microseconds: span.upperBound)) < period.start
    }

    private mutating func add(
        _ block: EventBlock, _ keys: [UInt32], _ starts: [UInt8], _ moments: Moments?, _ shown: ShownEvents,
        _ source: Identifier
    ) throws {
        var shown = shown
        let (rule, version, texts) = (rule, triggers.version, frame.columns.texts)
        for row in 0..<block.count where starts[row] != ColumnAnswer.no {
            let moment = moments?[row] ?? .at(block.instants[row])
            guard starts[row] == ColumnAnswer.yes, moment != .doubtful else {
                guard let obligation = triggers.obligation(try shown.whole(row), kind, source) else {
                    continue
                }
                try judge(obligation.at, obligation.due, keys[row], isPlain: false) { obligation }
                continue
            }
            guard case .at(let microseconds) = moment else { continue }
            let at = Instant(microseconds: microseconds)
            let due = triggers.clock.due(after: at)
            try judge(at, due, keys[row]) {
                let identity = try shown.identity()
                let isNamed = keys[row] != KeyNumbers.undecidable
                return Obligation(
                    rule: rule, version: version, unit: identity.ids.identifier(row), source: source,
                    at: at, due: due,
                    key: isNamed ? .value(Identifier("s:" + texts.text(keys[row]))) : .nothing,
                    reference: identity.reference(row))
            }
        }
    }

    // MARK: States

    /// False when the keys are no plain texts, or a predicate moves with time.
    ///
    /// - Parameter recordsEnd: of the source (`SourceHistory.recordsEnd`).
    mutating func add(
        _ states: StateColumns, _ source: Identifier, recordsEnd: Instant
    ) throws -> Bool {
        let trigger = rule.trigger
        if [trigger.filter, rule.scope].contains(where: { $0?.readsInstant ?? false }) { return false }
        let block = ColumnBlock(
            count: states.count, variables: [(trigger.key.variable, states.record)], instants: states.starts)
        guard let keys = key.numbers(over: block) else { return false }
        let predicates = [trigger.filter, rule.scope].compactMap { $0 }
        var evaluations = predicates.map { ColumnEvaluation($0.expression) }
        let starts = Self.starts(predicates, &evaluations, block)
        var ranges: [Range<Int>] = []
        states.forEachKey { _, rows in
            if rows.contains(where: { starts[$0] != ColumnAnswer.no }) { ranges.append(rows) }
        }
        let isSimple = trigger.moment == nil && trigger.until == nil
        for rows in ranges {
            if isSimple, !rows.contains(where: { starts[$0] == ColumnAnswer.undecidable }) {
                try transitions(rows, states, starts, keys, source)
            } else {
                try judge(rows, states, keys, source, recordsEnd: recordsEnd)
            }
        }
        return true
    }

    /// Where a record comes to satisfy filter and scope, both of which can always be told.
    private mutating func transitions(
        _ rows: Range<Int>, _ states: StateColumns, _ starts: [UInt8], _ keys: [UInt32], _ source: Identifier
    ) throws {
        let (rule, version, texts) = (rule, triggers.version, frame.columns.texts)
        var before = ColumnAnswer.no
        var end = Int64.min
        for row in rows {
            if states.starts[row] > end { before = ColumnAnswer.no }
            end = states.ends[row]
            defer { before = starts[row] }
            guard starts[row] == ColumnAnswer.yes, before == ColumnAnswer.no else { continue }
            let at = Instant(microseconds: states.starts[row])
            let due = triggers.clock.due(after: at)
            try judge(at, due, keys[row]) {
                let isNamed = keys[row] != KeyNumbers.undecidable
                return Obligation(
                    rule: rule, version: version, unit: texts.identifier(states.keys[row]), source: source,
                    at: at, due: due,
                    key: isNamed ? .value(Identifier("s:" + texts.text(keys[row]))) : .nothing,
                    reference: states.reference(row))
            }
        }
    }

    /// One record as the simple evaluator finds its triggers.
    private mutating func judge(
        _ rows: Range<Int>, _ states: StateColumns, _ keys: [UInt32], _ source: Identifier,
        recordsEnd: Instant
    ) throws {
        let unit = frame.columns.texts.identifier(states.keys[rows.lowerBound])
        let obligations = triggers.obligations(
            unit, states.versions(rows), kind, source, recordsEnd: recordsEnd)
        for obligation in obligations {
            let row = rows.first { states.reference($0) == obligation.reference }
            let key = row.map { keys[$0] } ?? KeyNumbers.undecidable
            try judge(obligation.at, obligation.due, key, isPlain: false) { obligation }
        }
    }
}

/// The few events of a block that are shown: what it takes is read once somebody asks.
private struct ShownEvents {
    private let events: any EventBlocks
    private let block: Int
    private var known: EventIdentity?
    private var wholeBlock: EventBlock?

    init(_ events: any EventBlocks, _ block: Int) {
        self.events = events
        self.block = block
    }

    mutating func identity() throws -> EventIdentity {
        if let known { return known }
        let read = try events.identity(block)
        known = read
        return read
    }

    mutating func whole(_ row: Int) throws -> EventRecord {
        let read = try wholeBlock ?? events.block(block, fields: nil)
        wholeBlock = read
        return read.event(row, try identity())
    }
}

/// What the triggers of a block announce.
private struct Moments {
    enum Moment: Equatable {
        case at(Int64)
        case nothing
        /// It takes the simple evaluator to tell.
        case doubtful
    }

    private let instants: [Int64]
    private let presence: [UInt8]?
    private let misfits: Set<Int>

    /// Nil when the moment is something computed.
    init?(_ evaluation: ColumnEvaluation, _ block: ColumnBlock, _ misfits: [Int]?) {
        guard let column = evaluation.column(in: block), case .timestamps(let instants) = column.values else {
            return nil
        }
        self.instants = instants
        presence = column.presence
        self.misfits = Set(misfits ?? [])
    }

    subscript(row: Int) -> Moment {
        if presence?[row] ?? 1 != 0 { return .at(instants[row]) }
        return misfits.contains(row) ? .doubtful : .nothing
    }
}
