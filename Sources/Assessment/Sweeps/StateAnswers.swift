import Evidence
import Expressions
import Formats

/// What one version of a state test says of every version of every record: computed a column at a time. A class, for it is
/// handed about for every record, and copies of its arrays would be counted by both cores.
final class StateAnswers: Sendable {
    private let inForce: (start: Int64, end: Int64)
    /// With the time for which the test was taken out after it.
    private let term: (start: Int64, end: Int64)
    private let terms: KeyWalk.Terms
    private let rule: StateRequirement
    /// The parts of each row between the instants at which a predicate over `at` may turn; nil when none can.
    private let timed: TimedRows?
    /// One answer a row, or a part of a row; nil when everything is in scope.
    private let scope: [UInt8]?
    private let require: [UInt8]

    init(
        _ version: RequirementVersion, _ rule: StateRequirement, _ states: StateColumns, term: Interval
    ) {
        self.rule = rule
        inForce = (version.inForce.start.microseconds, version.inForce.end.microseconds)
        let term = (start: term.start.microseconds, end: term.end.microseconds)
        self.term = term
        terms = KeyWalk.Terms(
            digest: version.continuity, grace: rule.grace.microseconds, heal: rule.heal.microseconds,
            stop: version.inForce.end.microseconds)
        let timed = TimedRows([rule.scope, rule.require].compactMap { $0 }, states, in: term)
        func answers(_ predicate: Predicate) -> [UInt8] {
            var evaluation = ColumnEvaluation(predicate.expression)
            return predicate.answers(&evaluation, over: ColumnBlock(predicate.variable, states, timed))
        }
        self.timed = timed
        scope = rule.scope.map(answers)
        require = answers(rule.require)
    }

    /// Whether nothing else can be said of a row than that it holds where it is in scope; where that is, is told.
    func holds(_ row: Int, _ states: StateColumns, _ plain: inout PlainWalk) -> Bool {
        let start = max(states.starts[row], inForce.start)
        let end = min(states.ends[row], inForce.end)
        guard start < end else { return true }
        guard let timed else { return holds(row, from: start, to: end, &plain) }
        for part in timed.parts(of: row) {
            let (start, stop) = (timed.start(of: part), timed.end(of: part, in: row, end))
            guard start < stop else { break }
            guard holds(part, from: start, to: stop, &plain) else { return false }
        }
        return true
    }

    private func holds(_ part: Int, from start: Int64, to end: Int64, _ plain: inout PlainWalk) -> Bool {
        guard let stretch = plain.clipped(start, end) else { return true }
        if let scope, scope[part] != ColumnAnswer.yes { return scope[part] == ColumnAnswer.no }
        guard require[part] == ColumnAnswer.yes else { return false }
        plain.hold(from: stretch.start, to: stretch.end)
        return true
    }

    /// Adds the pieces of a row to the walk over its key.
    func pieces(
        of row: Int, _ states: StateColumns, _ coverage: CoverageCursor, awaited: Int64,
        _ walk: inout KeyWalk
    ) {
        let start = max(states.starts[row], term.start)
        let end = min(states.ends[row], term.end)
        guard start < end else { return }
        guard let timed else {
            return piece(row, row, from: start, to: end, states, coverage, awaited: awaited, &walk)
        }
        for part in timed.parts(of: row) {
            piece(
                row, part, from: timed.start(of: part), to: timed.end(of: part, in: row, end), states,
                coverage, awaited: awaited, &walk)
        }
    }

    private func piece(
        _ row: Int, _ part: Int, from start: Int64, to end: Int64, _ states: StateColumns,
        _ coverage: CoverageCursor, awaited: Int64,
        _ walk: inout KeyWalk
    ) {
        let reference = states.reference(row)
        func add(_ from: Int64, _ to: Int64, _ status: KeyWalk.Status) {
            walk.add(from: from, to: to, status, terms, reference)
        }
        if let scope, scope[part] != ColumnAnswer.yes {
            let isOut = scope[part] == ColumnAnswer.no
            return add(start, end, isOut ? .outOfScope : .unknown(reason(rule.scope, row, states, start)))
        }
        let status: KeyWalk.Status =
            switch require[part] {
            case ColumnAnswer.yes: .holds
            case ColumnAnswer.no: .violated(nil)
            default: .unknown(reason(rule.require, row, states, start))
            }
        coverage.forEachPart(from: start, to: end) { from, to, isCovered in
            add(from, to, isCovered ? status : .uncovered(.uncovered, awaited: awaited))
        }
    }

    /// Why an answer could not be had: the tree walk's own words.
    private func reason(
        _ predicate: Predicate?, _ row: Int, _ states: StateColumns, _ start: Int64
    ) -> VerdictReason {
        let answer = predicate?.answer(states.record.value(row), at: Instant(microseconds: start))
        if case .undecidable(let error)? = answer { return .predicate(error) }
        return .predicate("the expression is not true or false")
    }
}
