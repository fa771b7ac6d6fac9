import Catalog
import Evidence
import Expressions
import Formats
import Ledger

/// One version of a test over events on its way through the blocks: whatever plainly passes or is out of scope is told
/// from the columns; for the rest somebody else is asked.
struct EventScan<Judge: EventJudge>: Sendable {
    private let columns: KindColumns
    /// When the version was in force.
    private let stretch: Interval
    private let doubtful: Doubtful
    /// What expressions call the event.
    private let variable: String
    private let scope: Predicate?
    private var scopeEvaluation: ColumnEvaluation?
    /// The scope reads a joined record, so that it can be told only after the joins.
    private let isScopeJoined: Bool
    private var joins: [JoinTable]
    /// What an event comes to for which a join finds no record, or none that is known: in the order of the joins, and
    /// made once, as there may be millions of such events.
    private let obstacles: [(missing: VerdictReason, uncovered: VerdictReason)]
    private let joinFields: [Set<Identifier>?]
    private var judge: Judge
    /// The answers by joined row, where a joined record alone decides; that of no record stands last.
    private let joinedAnswers: (join: Int, answers: [UInt8])?
    /// Why an event fails whose judge says no.
    private let failure: VerdictReason?
    private let fields: Set<Identifier>?
    private var numbers: KeyNumbers
    /// Whether the instant of every passing event is kept. No memo remembers those.
    private let keepsMoments: Bool
    private let frame: SweepFrame
    private let key: PartKey

    /// Gives the row of an event of which the columns do not tell whether it passed, failed or is out of scope; nil when
    /// it turns out to be out of scope.
    typealias Doubtful =
        @Sendable (_ event: EventRecord, _ source: Identifier, _ isCovered: Bool) throws -> VerdictRow?

    /// - Parameters:
    ///   - version: what is judged by, in force throughout the stretch.
    ///   - judged: the predicates that the judge computes: their fields are read.
    init(
        _ version: RequirementVersion, _ columns: KindColumns, _ stretch: Interval, scope: Predicate?,
        joins: [AsOfJoin], judged: [Predicate], judge: Judge, failure: VerdictReason? = nil,
        keepsMoments: Bool, _ frame: SweepFrame, doubtful: @escaping Doubtful
    ) {
        key = PartKey(version.requirement.kind, rule: version.digest, columns.kind)
        self.columns = columns
        self.stretch = stretch
        self.doubtful = doubtful
        self.scope = scope
        self.judge = judge
        self.failure = failure
        self.keepsMoments = keepsMoments
        self.frame = frame
        scopeEvaluation = scope.map { ColumnEvaluation($0.expression) }
        var numbers = KeyNumbers(frame.columns.texts)
        let tables = joins.map { JoinTable($0, frame, &numbers) }
        self.joins = tables
        obstacles = joins.map { (.joinMissing($0.name), .joinUncovered($0.name)) }
        self.numbers = numbers
        joinedAnswers = judge.predicate.flatMap { predicate in
            tables.firstIndex { predicate.expression.freeVariables == [$0.join.name] }
                .map { ($0, tables[$0].answers(predicate)) }
        }
        let asked = (joinedAnswers == nil ? judged : []) + [scope].compactMap { $0 }
        joinFields = joins.map { join in Self.fields(asked, of: join.name) }
        let lookups = joins.flatMap { [$0.local] + [$0.asOf].compactMap { $0 } }
        let names = Set(joins.map(\.name))
        isScopeJoined = scope.map { !names.isDisjoint(with: $0.expression.freeVariables) } ?? false
        variable = judged.first?.variable ?? ""
        fields = columns.kind.fieldsToRead(Self.fields(asked + lookups, of: variable))
    }

    /// The fields of a variable that any of the predicates reads; nil is all.
    private static func fields(_ predicates: [Predicate], of variable: String) -> Set<Identifier>? {
        var found: Set<Identifier> = []
        for predicate in predicates {
            guard let read = predicate.expression.fieldsRead(of: variable) else { return nil }
            found.formUnion(read)
        }
        return found
    }

    func run(_ found: inout SweptRows) throws {
        let complete = frame.frame.history[columns.kind.name]?.completeCoverage ?? IntervalSet()
        found.listed.uncovered = found.listed.uncovered.union(
            frame.frame.missing(from: complete, in: stretch))
        // As of one instant no event is judged, as in `Frame.walk`.
        if frame.period.isInstant { return }
        for source in columns.sourceNames {
            guard let records = columns.sources[source], let events = records.events else { continue }
            let awaited = frame.frame.awaited(after: records.coverage)
            let blocks = (0..<events.blockCount).filter { isInForce(events.span($0)) }
            // Each core has a scan of its own, and what they find is told in the order of the events.
            let parts = try Parallel.chunks(blocks.count) { chunk in
                var scan = self
                return try blocks[chunk].map { try scan.part(events, $0, records.coverage, source) }
            }
            for part in parts.joined() { part.add(to: &found, of: source, awaited: awaited) }
        }
    }

    /// The scan as one of those that look at each block of a source in turn.
    var readers: [BlockReader] {
        columns.inOrder.map { source, records in
            BlockReader(kind: columns.kind.name, source: source, fields: fields) {
                var scan = self
                return { events, block in
                    guard scan.isInForce(events.span(block)) else { return }
                    try scan.fill(events, block, records.coverage, source)
                }
            }
        }
    }

    private func isInForce(_ span: ClosedRange<Int64>) -> Bool {
        span.lowerBound < stretch.end.microseconds && span.upperBound >= stretch.start.microseconds
    }

    // MARK: One block

    /// What is found in a block, remembered or made.
    private mutating func part(
        _ events: any EventBlocks, _ index: Int, _ coverage: IntervalSet, _ source: Identifier
    ) throws -> EventPart {
        guard !keepsMoments, let memo = frame.memo else {
            return try sweep(events, index, coverage, source)
        }
        let key = key(events, index, coverage, source)
        if case .events(let known)? = memo.part(key) { return known }
        let made = try sweep(events, index, coverage, source)
        if memo.isForNext { memo.keep(.events(made), as: key) }
        return made
    }

    /// Sees to it that what is found in a block is remembered.
    private mutating func fill(
        _ events: any EventBlocks, _ index: Int, _ coverage: IntervalSet, _ source: Identifier
    ) throws {
        let key = key(events, index, coverage, source)
        guard let memo = frame.memo, !memo.isKnown(key) else { return }
        memo.keep(.events(try sweep(events, index, coverage, source)), as: key)
    }

    private func key(
        _ events: any EventBlocks, _ index: Int, _ coverage: IntervalSet, _ source: Identifier
    ) -> Digest {
        var key = key
        let span = events.span(index)
        key.add(Digest.sha256(Array(source.text.utf8)))
        for times in [IntervalSet([stretch]), coverage] {
            key.add(times, from: span.lowerBound, through: span.upperBound)
        }
        for table in joins {
            // Who looks up at another instant than the event's may look anywhere.
            let reach = table.join.asOf == nil ? span.upperBound : .max
            key.add(frame.marks(of: table.join.kind).digest(through: reach))
        }
        return key.digest(of: events, index)
    }

    private mutating func sweep(
        _ events: any EventBlocks, _ index: Int, _ coverage: IntervalSet, _ source: Identifier
    ) throws -> EventPart {
        let block = try events.block(index, fields: fields)
        let (outcome, joined) = outcome(block, CoverageCursor(coverage))
        var found = EventPart(rows: outcome.rowCount, passed: outcome.parts.count - outcome.rowCount)
        found.moments = outcome.moments
        if outcome.isPlain {
            for case .passed(let count, let interval) in outcome.parts { found.pass(count, over: interval) }
            return found
        }
        let whole = outcome.hasDoubt ? try events.block(index, fields: nil) : block
        let identity = try events.identity(index)
        for part in outcome.parts {
            switch part {
            case .passed(let count, let interval): found.pass(count, over: interval)
            case .told(let row, let verdict, let reason, let isJoined):
                let at = Instant(microseconds: block.instants[row])
                found.add(
                    VerdictRow(
                        key: identity.ids.identifier(row), source: source,
                        interval: Interval(instant: at) ?? .always, verdict: verdict, reason: reason,
                        references: references(identity.reference(row), isJoined ? joined : [], row),
                        isStretch: false))
            case .doubtful(let row, let isCovered):
                if let shown = try doubtful(whole.event(row, identity), source, isCovered) {
                    if keepsMoments, shown.verdict == .pass {
                        found.moments.append(shown.interval.start.microseconds)
                    }
                    found.add(shown)
                }
            }
        }
        return found
    }

    /// The fact of an event, and those that joins have found for its row.
    private func references(_ own: FactReference, _ joined: [[Int32]], _ row: Int) -> FactReferences {
        var found = FactReferences(own)
        for index in joined.indices {
            if let other = joins[index].reference(joined[index][row]) { found.append(other) }
        }
        return found
    }

    /// What a block's events come to, in their order; those that are out of scope are left out.
    private struct Outcome {
        enum Part {
            case passed(count: Int, Interval)
            case told(row: Int, Verdict, VerdictReason?, restsOnJoined: Bool)
            case doubtful(row: Int, isCovered: Bool)
        }

        private(set) var parts: [Part] = []
        /// When events passed, where that is kept.
        private(set) var moments: [Int64] = []
        private(set) var hasDoubt = false
        /// Parts that are about one event.
        private(set) var rowCount = 0
        /// All passed.
        var isPlain: Bool { rowCount == 0 }
        private var (count, first, last): (Int, Int64, Int64) = (0, 0, 0)

        /// Adds events that passed one after another.
        mutating func pass(_ more: Int = 1, from start: Int64, to end: Int64) {
            if count == 0 { first = start }
            last = end
            count += more
        }

        mutating func keep(moment at: Int64) { moments.append(at) }

        mutating func tell(
            _ row: Int, _ verdict: Verdict, _ reason: VerdictReason?, restsOnJoined: Bool = false
        ) {
            closeSeries()
            parts.append(.told(row: row, verdict, reason, restsOnJoined: restsOnJoined))
            rowCount += 1
        }

        mutating func doubt(_ row: Int, isCovered: Bool) {
            closeSeries()
            parts.append(.doubtful(row: row, isCovered: isCovered))
            hasDoubt = true
            rowCount += 1
        }

        mutating func closeSeries() {
            let interval = Interval(
                from: Instant(microseconds: first),
                to: Instant(microseconds: last) + TimeSpan(microseconds: 1))
            if count > 0, let interval { parts.append(.passed(count: count, interval)) }
            count = 0
        }
    }

    /// - Returns: also what each join has found for each row.
    private mutating func outcome(
        _ block: EventBlock, _ coverage: CoverageCursor
    ) -> (Outcome, joined: [[Int32]]) {
        var rows = ColumnBlock(
            count: block.count, variables: [(variable, block.record)], instants: block.instants)
        // What is out of scope needs no join.
        var scoped = isScopeJoined ? nil : scopeAnswers(rows)
        var isJoined = true
        var joined: [[Int32]] = []
        for index in joins.indices {
            let (matches, areMissing) = joins[index].matches(rows, scoped, &numbers)
            joined.append(matches)
            rows.variables.append(
                (joins[index].join.name, joins[index].record(matches, fields: joinFields[index])))
            isJoined = isJoined && !areMissing
        }
        if isScopeJoined { scoped = scopeAnswers(rows) }
        let judged =
            joinedAnswers.map { known in Self.answers(known.answers, of: joined[known.join]) }
            ?? judge.answers(over: rows)
        return (tally(block.instants, coverage, isJoined ? [] : joined, scoped, judged), joined)
    }

    /// - Parameter answers: by joined row; that of no record stands last.
    private static func answers(_ answers: [UInt8], of matches: [Int32]) -> [UInt8] {
        let none = answers.count - 1
        return [UInt8](unsafeUninitializedCapacity: matches.count) { found, count in
            answers.withUnsafeBufferPointer { answers in
                for row in matches.indices {
                    found[row] = answers[matches[row] < 0 ? none : Int(matches[row])]
                }
            }
            count = matches.count
        }
    }

    /// What is to be told of a covered event in scope whose only join has found no record that it needs; nil when that
    /// takes a closer look.
    private func obstacle(_ match: Int32) -> (verdict: Verdict, reason: VerdictReason)? {
        guard joins.count == 1, !isScopeJoined else { return nil }
        return switch match {
        case JoinTable.Miss.missing: (.fail, obstacles[0].missing)
        case JoinTable.Miss.uncovered: (.unknown, obstacles[0].uncovered)
        default: nil
        }
    }

    private mutating func scopeAnswers(_ rows: ColumnBlock) -> [UInt8]? {
        guard let scope, var evaluation = scopeEvaluation.take() else { return nil }
        let answers = scope.answers(&evaluation, over: rows)
        scopeEvaluation = evaluation
        return answers
    }

    /// - Parameter misses: what each join has found for each row; empty when they found all they need.
    private func tally(
        _ instants: [Int64], _ coverage: CoverageCursor, _ misses: [[Int32]], _ scoped: [UInt8]?,
        _ judged: [UInt8]
    ) -> Outcome {
        var found = Outcome()
        let (from, to) = (stretch.start.microseconds, stretch.end.microseconds)
        let passing = PassingRows(scoped: scoped, judged: judged, misses: misses)
        var walk = CoverageWalk(coverage)
        for start in stride(from: 0, to: instants.count, by: PassingRows.width) {
            let rows = start..<min(start + PassingRows.width, instants.count)
            let (first, last) = (instants[start], instants[rows.upperBound - 1])
            if !keepsMoments, first >= from, last < to, walk.covers(first, through: last),
                let known = passing.passing(rows)
            {
                if known.count > 0 {
                    found.pass(known.count, from: instants[known.first], to: instants[known.last])
                }
                continue
            }
            for row in rows where instants[row] >= from && instants[row] < to {
                let miss = misses.isEmpty ? nil : misses.firstMiss(row)
                let scope = scoped?[row] ?? ColumnAnswer.yes
                tell(row, instants[row], walk.covers(instants[row]), miss, scope, judged[row], &found)
            }
        }
        found.closeSeries()
        return found
    }

    /// - Parameters:
    ///   - scope: whether the event is in scope, and `judged` what the judge says: each a `ColumnAnswer`.
    private func tell(
        _ row: Int, _ at: Int64, _ isCovered: Bool, _ miss: Int32?, _ scope: UInt8, _ judged: UInt8,
        _ found: inout Outcome
    ) {
        let (yes, no) = (ColumnAnswer.yes, ColumnAnswer.no)
        if scope == no, miss == nil || !isScopeJoined { return }
        if scope == yes, isCovered {
            if let miss {
                if let (verdict, reason) = obstacle(miss) { return found.tell(row, verdict, reason) }
            } else if judged == yes {
                if keepsMoments { found.keep(moment: at) }
                return found.pass(from: at, to: at)
            } else if judged == no {
                return found.tell(row, .fail, failure, restsOnJoined: true)
            }
        } else if scope == yes, miss == nil || !isScopeJoined, miss != JoinTable.Miss.several {
            return found.tell(row, .unknown, .uncovered, restsOnJoined: Judge.looksUpUnwatched)
        }
        found.doubt(row, isCovered: isCovered)
    }
}

extension [[Int32]] {
    /// Several records before all else: a row has them all as what it rests on.
    fileprivate func firstMiss(_ row: Int) -> Int32? {
        var first: Int32?
        for matches in self where matches[row] < JoinTable.Miss.absent {
            if matches[row] == JoinTable.Miss.several { return matches[row] }
            first = first ?? matches[row]
        }
        return first
    }
}

extension EventBlock {
    /// One event as the simple evaluators know it. The block must hold all fields.
    func event(_ row: Int, _ identity: EventIdentity) -> EventRecord {
        EventRecord(
            id: identity.ids.identifier(row), at: Instant(microseconds: instants[row]),
            value: record.stored(row), reference: identity.reference(row))
    }
}
