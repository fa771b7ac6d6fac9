import Catalog
import Evidence
import Expressions
import Formats

/// Evaluates an `event` test in its simplest form: every event of the period, one by one (`engine.md` §3).
struct EventEvaluation {
    let versions: [RequirementVersion]
    let frame: Frame

    func rows() -> TestRows {
        var found = TestRows()
        for version in versions {
            guard case .event(let rule) = version.requirement else { continue }
            let joins = rule.joins.map { JoinIndex($0, frame.history[$0.kind]) }
            frame.walk(rule.kind, in: version.inForce, &found) { event, kind, source, isCovered in
                row(rule, event, kind, source, joins, isCovered: isCovered)
            }
        }
        found.sort()
        return found
    }

    /// Nil when the event is out of scope.
    func row(
        _ rule: EventRequirement, _ event: EventRecord, _ kind: Kind, _ source: Identifier,
        _ joins: [JoinIndex], isCovered: Bool
    ) -> VerdictRow? {
        guard let instant = Interval(instant: event.at) else { return nil }
        let record = kind.expressionValue(of: event.value)
        var references = FactReferences(event.reference)
        func row(_ verdict: Verdict, _ reason: VerdictReason? = nil) -> VerdictRow {
            VerdictRow(
                key: event.id, source: source, interval: instant, verdict: verdict, reason: reason,
                references: references, isStretch: false)
        }
        var bindings = rule.require.bindings(record, at: event.at)
        var obstacle: (Verdict, VerdictReason)?
        for join in joins {
            switch join.match(record, at: event.at) {
            case .found(let value, let reference):
                bindings[join.name] = value
                references.append(reference)
            case .absent: bindings[join.name] = .null
            case .missing: obstacle = obstacle ?? (.fail, .joinMissing(join.name))
            case .uncovered: obstacle = obstacle ?? (.unknown, .joinUncovered(join.name))
            case .undecidable(let reason):
                obstacle = obstacle ?? (.unknown, .predicate("\(join.name): \(reason)"))
            }
        }
        switch rule.scope?.answer(bindings) ?? .yes {
        case .yes: break
        case .no: return nil
        case .undecidable(let error):
            // A scope that asks a joined record can only be decided with it.
            let isForJoin = obstacle != nil && rule.scope?.answer(record, at: event.at) != .yes
            return row(.unknown, isForJoin ? obstacle?.1 : .predicate(error))
        }
        guard isCovered else { return row(.unknown, .uncovered) }
        if let (verdict, reason) = obstacle { return row(verdict, reason) }
        switch rule.require.answer(bindings) {
        case .yes: return row(.pass)
        case .no: return row(.fail)
        case .undecidable(let error): return row(.unknown, .predicate(error))
        }
    }
}

extension Frame {
    /// Goes through all events of a kind while a version was in force, source by source, and notes where not every source
    /// that was known by then watched.
    ///
    /// - Parameter judge: what is found of one event; nil when it is out of scope.
    func walk(
        _ kind: Identifier, in force: Interval, _ found: inout TestRows,
        judge: (EventRecord, Kind, _ source: Identifier, _ isCovered: Bool) -> VerdictRow?
    ) {
        guard let stretch = force.clipped(to: period) else { return }
        guard let history = history[kind] else {
            found.uncovered = found.uncovered.union(elapsed(stretch))
            return
        }
        for source in history.sourceNames {
            guard let records = history.sources[source] else { continue }
            let awaited = awaited(after: records.coverage)
            for event in records.events where stretch.contains(event.at) {
                guard var row = judge(event, history.kind, source, records.coverage.contains(event.at)) else {
                    continue
                }
                if row.reason == .uncovered, event.at >= awaited { row.verdict = .pending }
                found.rows.append(row)
            }
        }
        found.uncovered = found.uncovered.union(missing(from: history.completeCoverage, in: stretch))
    }
}

/// The records of another kind, ready to be looked up as they stood at an instant.
struct JoinIndex {
    enum Match {
        case found(Value, FactReference)
        /// Covered, no match, and none required.
        case absent
        /// Covered, no match, but one is required.
        case missing
        case uncovered
        /// Nothing to look with, or records of which it cannot be said whether they match.
        case undecidable(String)
    }

    private let join: AsOfJoin
    private let records: JoinedRecords

    var name: String { join.name }

    init(_ join: AsOfJoin, _ history: KindHistory?) {
        self.init(join, JoinedRecords(join, history))
    }

    /// - Parameter records: those that the join finds.
    init(_ join: AsOfJoin, _ records: JoinedRecords) {
        self.join = join
        self.records = records
    }

    func match(_ record: Value, at instant: Instant) -> Match {
        var lookup = instant
        if let asOf = join.asOf {
            guard let moment = asOf.moment(record, at: instant) else {
                return .undecidable("there is no instant to look at")
            }
            lookup = moment
        }
        guard let key = join.local.key(record, at: instant).value else {
            return .undecidable("there is nothing to join on")
        }
        guard records.coverage.contains(lookup) else { return .uncovered }
        if let entry = records.entries[key]?.first(where: { $0.version.interval.contains(lookup) }) {
            return .found(entry.value, entry.version.reference)
        }
        if let (_, reason) = records.nameless.first(where: { $0.interval.contains(lookup) }) {
            return .undecidable("a record may match: \(reason)")
        }
        return join.isRequired ? .missing : .absent
    }
}

/// The records that a join finds, by what they are joined on.
struct JoinedRecords: Sendable {
    struct Entry: Sendable {
        let version: StateVersion
        let value: Value
    }

    let coverage: IntervalSet
    let entries: [Identifier: [Entry]]
    /// Stretches in which there is a record that may have any key, and why.
    let nameless: [(interval: Interval, reason: String)]

    /// - Parameter join: of which only its kind, and what its records are joined on, has a say in this.
    init(_ join: AsOfJoin, _ history: KindHistory?) {
        coverage = history?.completeCoverage ?? IntervalSet()
        var entries: [Identifier: [Entry]] = [:]
        var nameless: [(interval: Interval, reason: String)] = []
        for source in history?.sourceNames ?? [] {
            guard let history, let records = history.sources[source] else { continue }
            for key in records.states.keys.sorted() {
                for version in records.states[key] ?? [] {
                    let value = history.kind.expressionValue(of: version.value)
                    switch join.remote.key(value) {
                    case .value(let key):
                        entries[key, default: []].append(Entry(version: version, value: value))
                    case .nothing: break
                    case .undecidable(let reason): nameless.append((version.interval, reason))
                    }
                }
            }
        }
        self.entries = entries
        self.nameless = nameless
    }
}
