import Evidence
import Expressions
import Formats

/// Evaluates the interval form of a `sod` test on columns: one pass over each person who holds either role.
/// `SodEvaluation` is its oracle.
struct RoleSweep {
    let versions: [RequirementVersion]
    let frame: SweepFrame

    /// Nil when the test is one for the simple evaluator: it was changed, or somebody's role cannot be told.
    func rows() -> SweptRows? {
        guard versions.count == 1, let version = versions.first, version.inForce == .always,
            case .sod(.roles(let first, let second)) = version.requirement
        else { return nil }
        var numbers = KeyNumbers(frame.columns.texts)
        let populations = [first, second].compactMap {
            KeyedColumns($0.kind, scope: $0.scope, key: $0.key, frame, &numbers)
        }
        guard populations.count == 2 else { return nil }
        let walk = RoleWalk(
            first: populations[0], second: populations[1],
            terms: KeyWalk.Terms(digest: version.continuity, grace: 0),
            both: .bothRoles(first.name, second.name))
        var found = SweptRows(listsStretches: frame.listsStretches)
        for person in Set(populations.flatMap(\.keys)).sorted() {
            // Whoever held neither role in the period is no part of its population.
            found.addUnit(
                frame.columns.texts.identifier(person), of: "", in: frame.period, mustApply: true
            ) { walk.add(person, to: &$0) }
        }
        for population in populations {
            found.listed.uncovered = found.listed.uncovered.union(
                frame.frame.missing(from: population.complete, in: frame.period))
        }
        return found
    }
}

/// Goes through what is known of the roles of one person.
private struct RoleWalk {
    let first: KeyedColumns
    let second: KeyedColumns
    let terms: KeyWalk.Terms
    let both: VerdictReason

    func add(_ person: UInt32, to walk: inout KeyWalk) {
        let known = [first.versions(person), second.versions(person)]
        let edges = Set(known.joined().flatMap { [$0.start, $0.end] }).sorted()
        for (start, end) in zip(edges, edges.dropFirst()) {
            let held = known.compactMap { $0.first { $0.start <= start && start < $0.end }?.reference }
            let references = Set(held).sorted()
            guard let reference = references.first else { continue }
            cover(from: start, to: end, held.count == 2 ? .violated(both) : .holds) { start, end, status in
                walk.add(
                    from: start, to: end, status, terms, reference,
                    partner: references.count == 2 ? references[1] : nil)
            }
        }
    }

    /// Nothing is known where one of the two kinds was not collected.
    private func cover(
        from start: Int64, to end: Int64, _ status: KeyWalk.Status,
        _ body: (_ start: Int64, _ end: Int64, _ status: KeyWalk.Status) -> Void
    ) {
        first.coverage.forEachPart(from: start, to: end) { start, end, isCovered in
            guard isCovered else { return body(start, end, uncovered(first)) }
            second.coverage.forEachPart(from: start, to: end) { start, end, isCovered in
                body(start, end, isCovered ? status : uncovered(second))
            }
        }
    }

    private func uncovered(_ population: KeyedColumns) -> KeyWalk.Status {
        .uncovered(.joinUncovered(population.kind.text), awaited: population.awaited)
    }
}
