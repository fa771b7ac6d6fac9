import Catalog
import Evidence
import Expressions
import Formats

/// Evaluates an `event` test in its simplest form: every event of the period, one by one (`docs/verdicts.md`).
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
        let joined = JoinedEvent(record, at: event.at, joins)
        for reference in joined.references { references.append(reference) }
        let obstacle = joined.obstacle
        let choices = joined.choices.map { found in
            var bindings = rule.require.bindings(record, at: event.at)
            for (name, value) in found { bindings[name] = value }
            return bindings
        }
        switch Answer.all(of: choices, { rule.scope?.answer($0) ?? .yes }) {
        case .yes: break
        case .no: return nil
        case .undecidable(let error):
            // A scope that asks a joined record can only be decided with it.
            let isForJoin = obstacle != nil && rule.scope?.answer(record, at: event.at) != .yes
            return row(.unknown, isForJoin ? obstacle?.1 : .predicate(error))
        }
        guard isCovered else { return row(.unknown, .uncovered) }
        if let (verdict, reason) = obstacle { return row(verdict, reason) }
        switch Answer.all(of: choices, rule.require.answer) {
        case .yes: return row(.pass)
        case .no: return row(.fail)
        case .undecidable(let error): return row(.unknown, .predicate(error))
        }
    }
}

extension Frame {
    /// Goes through all events of a kind while a version was in force, source by source, and notes where not every source
    /// that was known by then watched. As of one instant none is judged: what happens over time has no verdict there.
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
        for source in isInstant ? [] : history.sourceNames {
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
