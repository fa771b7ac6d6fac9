import Catalog
import Evidence
import Expressions
import Formats

/// Evaluates a `state` test in its simplest form: one key at a time, over its whole life (`docs/verdicts.md`).
struct StateEvaluation {
    let versions: [RequirementVersion]
    let frame: Frame

    /// What is known of a record over a stretch in which nothing changes.
    private struct Piece {
        let interval: Interval
        /// Whether the test was in force. Where it was taken out, what happens counts for the run and gives no row.
        let isAsked: Bool
        let requirementDigest: String
        let grace: TimeSpan
        let heal: TimeSpan
        let status: Status
        let reference: FactReference
    }

    private enum Status: Equatable {
        case outOfScope, holds, violated
        case unknown(VerdictReason)
    }

    func rows() -> TestRows {
        var found = TestRows()
        for kindName in Set(versions.compactMap { stateRequirement($0)?.kind }).sorted() {
            guard let history = frame.history[kindName] else { continue }
            for source in history.sourceNames {
                guard let records = history.sources[source] else { continue }
                for key in records.states.keys.sorted() {
                    guard let states = records.states[key], lives(states) else { continue }
                    let pieces = states.flatMap { self.pieces(of: $0, history.kind, records.coverage) }
                    let awaited = frame.awaited(after: records.coverage)
                    found.rows += rows(of: pieces, key: key, source: source, awaited: awaited)
                }
            }
        }
        for version in versions {
            guard let rule = stateRequirement(version),
                let stretch = version.inForce.clipped(to: frame.period)
            else {
                continue
            }
            found.uncovered = found.uncovered.union(frame.unseen(rule.kind, in: stretch))
        }
        found.sort()
        return found
    }

    private func stateRequirement(_ version: RequirementVersion) -> StateRequirement? {
        if case .state(let rule) = version.requirement { rule } else { nil }
    }

    private func lives(_ states: [StateVersion]) -> Bool {
        states.contains { $0.interval.clipped(to: frame.period) != nil }
    }

    /// Cuts one version of a record where the test's version, the coverage or a predicate over time changes.
    private func pieces(of state: StateVersion, _ kind: Kind, _ coverage: IntervalSet) -> [Piece] {
        var found: [Piece] = []
        let record = kind.expressionValue(of: state.value)
        for version in versions {
            guard let rule = stateRequirement(version), rule.kind == kind.name,
                let stretch = state.interval.clipped(to: versions.term(of: version))
            else { continue }
            var cuts = flips(rule, record) + [version.inForce.end]
            for covered in coverage.intervals { cuts += [covered.start, covered.end] }
            for interval in stretch.cut(at: cuts) {
                let status = status(rule, record, interval, isCovered: coverage.contains(interval.start))
                found.append(
                    Piece(
                        interval: interval, isAsked: version.inForce.contains(interval.start),
                        requirementDigest: version.continuity, grace: rule.grace,
                        heal: rule.heal, status: status, reference: state.reference))
            }
        }
        return found.sorted { $0.interval < $1.interval }
    }

    /// The instants from which on a predicate over `at` may have another truth.
    private func flips(_ rule: StateRequirement, _ record: Value) -> [Instant] {
        var found: [Instant] = []
        for predicate in [rule.scope, rule.require].compactMap({ $0 }) {
            for atom in (try? predicate.expression.temporalAtoms(of: "at")) ?? [] {
                guard let flip = try? atom.flip(predicate.bindings(record)) else { continue }
                found.append(flip)
            }
        }
        return found
    }

    private func status(_ rule: StateRequirement, _ record: Value, _ interval: Interval, isCovered: Bool)
        -> Status
    {
        if let scope = rule.scope {
            switch scope.answer(record, at: interval.start) {
            case .yes: break
            case .no: return .outOfScope
            case .undecidable(let error): return .unknown(.predicate(error))
            }
        }
        guard isCovered else { return .unknown(.uncovered) }
        switch rule.require.answer(record, at: interval.start) {
        case .yes: return .holds
        case .no: return .violated
        case .undecidable(let error): return .unknown(.predicate(error))
        }
    }

    /// A maximal stretch without enough evidence of passing, under one requirement.
    private struct Run {
        var start: Instant?
        /// Where the unbroken pass began that may yet end the run.
        var passing: Instant?
        var digest = ""

        /// A gap does not heal a run, nor does taking the test out; a pass as long as asked for does, and leaving scope
        /// or life ends it.
        mutating func enter(_ piece: Piece) {
            if digest != piece.requirementDigest { self = Run(digest: piece.requirementDigest) }
            switch piece.status {
            case .outOfScope: self = Run(digest: digest)
            case .holds:
                let since = passing ?? piece.interval.start
                passing = since
                if piece.interval.end - since >= piece.heal { start = nil }
            case .violated, .unknown:
                passing = nil
                start = start ?? piece.interval.start
            }
        }
    }

    /// Walks the pieces in time; the grace counts from the start of the run.
    private func rows(
        of pieces: [Piece], key: Identifier, source: Identifier, awaited: Instant
    ) -> [VerdictRow] {
        var found: [VerdictRow] = []
        var run = Run()
        var asked: [Interval] = []
        var previous: Piece?
        for piece in pieces {
            if let last = previous, last.interval.end != piece.interval.start { run = Run() }
            run.enter(piece)
            previous = piece
            if !piece.isAsked { continue }
            asked.append(piece.interval)
            let start = piece.status == .holds ? nil : run.start
            for (interval, verdict, reason) in verdicts(of: piece, run: start, awaited: awaited) {
                guard let part = interval.clipped(to: frame.period) else { continue }
                found.appendJoining(
                    VerdictRow(
                        key: key, source: source, interval: part, verdict: verdict, reason: reason,
                        references: [piece.reference], run: start))
            }
        }
        for outside in IntervalSet(asked).gaps(in: IntervalSet([frame.period])).intervals {
            found.append(VerdictRow(key: key, source: source, interval: outside, verdict: .notApplicable))
        }
        return found
    }

    private func verdicts(of piece: Piece, run: Instant?, awaited: Instant) -> [(
        Interval, Verdict, VerdictReason?
    )] {
        switch piece.status {
        case .outOfScope: return [(piece.interval, .notApplicable, nil)]
        case .holds: return [(piece.interval, .pass, nil)]
        case .unknown(.uncovered):
            return piece.interval.cut(at: [awaited]).map { part in
                part.start >= awaited ? (part, .pending, nil) : (part, .unknown, .uncovered)
            }
        case .unknown(let reason): return [(piece.interval, .unknown, reason)]
        case .violated:
            let limit = (run ?? piece.interval.start) + piece.grace
            return piece.interval.cut(at: [limit]).map { part in
                (part, part.start < limit ? .tolerated : .fail, nil)
            }
        }
    }
}
