import Catalog
import Evidence
import Expressions
import Formats

/// Evaluates an `event` test on columns, a block of events at a time. `EventEvaluation` is its oracle, and words the
/// verdicts on the few events that did not plainly pass.
struct EventSweep {
    let versions: [RequirementVersion]
    let frame: SweepFrame

    func rows() throws -> SweptRows {
        var found = SweptRows()
        for version in versions {
            guard case .event(let rule) = version.requirement,
                let stretch = version.inForce.clipped(to: frame.period)
            else { continue }
            guard let columns = frame.columns[rule.kind] else {
                found.listed.uncovered = found.listed.uncovered.union(frame.frame.elapsed(stretch))
                continue
            }
            let simple = try frame.simple(Set(rule.joins.map(\.kind)))
            let oracle = EventEvaluation(versions: versions, frame: simple)
            let joins = rule.joins.map { JoinIndex($0, simple.history[$0.kind]) }
            var scan = EventScan(
                columns.kind, scope: rule.scope, joins: rule.joins, judged: [rule.require],
                judge: RequireJudge(rule.require), frame)
            try scan.run(columns, stretch, &found) { event, source, isCovered in
                oracle.row(rule, event, columns.kind, source, joins, isCovered: isCovered)
            }
        }
        found.listed.sort()
        return found
    }
}

/// Judges a block of events, all at once.
protocol EventJudge {
    /// A `ColumnAnswer` for each row. Undecidable also where it takes the simple evaluator to tell.
    mutating func answers(over block: ColumnBlock) -> [UInt8]
}

/// The predicate of an event test.
private struct RequireJudge: EventJudge {
    private let require: Predicate
    private var evaluation: ColumnEvaluation

    init(_ require: Predicate) {
        self.require = require
        evaluation = ColumnEvaluation(require.expression)
    }

    mutating func answers(over block: ColumnBlock) -> [UInt8] {
        require.answers(&evaluation, over: block)
    }
}
