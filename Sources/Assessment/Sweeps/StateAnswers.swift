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
    private let parts: Parts?
    /// One answer a row, or a part of a row; nil when everything is in scope.
    private let scope: [UInt8]?
    private let require: [UInt8]

    private struct Parts {
        /// Where the parts of a row begin in `starts`; one entry more than rows.
        let offsets: [Int]
        let starts: [Int64]
    }

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
        let parts = Self.parts(rule, states, term)
        func answers(_ predicate: Predicate) -> [UInt8] {
            var evaluation = ColumnEvaluation(predicate.expression)
            return predicate.answers(&evaluation, over: Self.block(predicate.variable, states, parts))
        }
        self.parts = parts
        scope = rule.scope.map(answers)
        require = answers(rule.require)
    }

    /// Whether nothing else can be said of a row than that it holds where it is in scope; where that is, is told.
    func holds(_ row: Int, _ states: StateColumns, _ plain: inout PlainWalk) -> Bool {
        let start = max(states.starts[row], inForce.start)
        let end = min(states.ends[row], inForce.end)
        guard start < end else { return true }
        guard let parts else { return holds(row, from: start, to: end, &plain) }
        let range = parts.offsets[row]..<parts.offsets[row + 1]
        for part in range {
            let stop = min(end, part + 1 < range.upperBound ? parts.starts[part + 1] : end)
            guard parts.starts[part] < stop else { break }
            guard holds(part, from: parts.starts[part], to: stop, &plain) else { return false }
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
        guard let parts else {
            return piece(row, row, from: start, to: end, states, coverage, awaited: awaited, &walk)
        }
        let range = parts.offsets[row]..<parts.offsets[row + 1]
        for part in range {
            let stop = part + 1 < range.upperBound ? parts.starts[part + 1] : end
            piece(row, part, from: parts.starts[part], to: stop, states, coverage, awaited: awaited, &walk)
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

    // MARK: Predicates over time

    private static func parts(
        _ rule: StateRequirement, _ states: StateColumns, _ term: (start: Int64, end: Int64)
    ) -> Parts? {
        let predicates = [rule.scope, rule.require].compactMap { $0 }
        let atoms = predicates.flatMap { predicate in
            ((try? predicate.expression.temporalAtoms(of: "at")) ?? []).map { (predicate, $0) }
        }
        guard !atoms.isEmpty else { return nil }
        let flips = atoms.map { predicate, atom in
            atom.flips(
                over: ColumnBlock(count: states.count, variables: [(predicate.variable, states.record)]))
        }
        var offsets = [0]
        var starts: [Int64] = []
        for row in 0..<states.count {
            let start = max(states.starts[row], term.start)
            let end = min(states.ends[row], term.end)
            if start < end {
                starts.append(start)
                let first = starts.count
                for flips in flips {
                    guard let flip = flips[row]?.microseconds, flip > start, flip < end,
                        !starts[first...].contains(flip)
                    else { continue }
                    starts.append(flip)
                }
                starts[first...].sort()
            }
            offsets.append(starts.count)
        }
        return Parts(offsets: offsets, starts: starts)
    }

    /// The rows to compute a predicate over: each record once, or once for every part.
    private static func block(
        _ variable: String, _ states: StateColumns, _ parts: Parts?
    ) -> ColumnBlock {
        guard let parts else {
            return ColumnBlock(count: states.count, variables: [(variable, states.record)])
        }
        var rows: [Int32] = []
        rows.reserveCapacity(parts.starts.count)
        for row in 0..<states.count {
            for _ in parts.offsets[row]..<parts.offsets[row + 1] { rows.append(Int32(row)) }
        }
        return ColumnBlock(
            count: rows.count, variables: [(variable, states.record.gathered(rows))], instants: parts.starts)
    }
}
