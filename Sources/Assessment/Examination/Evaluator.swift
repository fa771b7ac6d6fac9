import Evidence
import Formats
import Programs

extension ControlTest {
    /// All verdict rows of the test in a period, waivers laid over them.
    package func evaluate(_ frame: Frame) -> TestRows {
        var found = TestRows()
        // A test may have been rewritten as another kind of test: each kind judges where its versions were in force.
        let kinds = Set(versions.map(\.requirement.kind)).sorted { $0.rawValue < $1.rawValue }
        let parts = kinds.map { rows(ofKind: $0, frame) }
        for part in parts where !(part.rows.isEmpty && part.uncovered.isEmpty) {
            found.rows += part.rows.flatMap(overlay)
            found.uncovered = found.uncovered.union(part.uncovered)
        }
        found.sort()
        if judgesSeveralKinds { found.tellOnce() }
        return found
    }

    /// The rows of those versions that are tests of one kind, by the simple evaluators, before waivers.
    func rows(ofKind kind: TestKind, _ frame: Frame) -> TestRows {
        switch kind {
        case .state: StateEvaluation(versions: versions, frame: frame).rows()
        case .event: EventEvaluation(versions: versions, frame: frame).rows()
        case .cadence: CadenceEvaluation(versions: versions, frame: frame).rows()
        case .response: ResponseEvaluation(versions: versions, frame: frame).rows()
        case .ratio: RatioEvaluation(versions: versions, frame: frame).rows()
        case .recon: ReconEvaluation(versions: versions, frame: frame).rows()
        case .sod: SodEvaluation(versions: versions, frame: frame).rows()
        case .attest: AttestEvaluation(versions: versions, frame: frame).rows()
        }
    }

    /// What remains of a failing row outside its waivers, and what lies inside as waived. The raw verdict stays.
    func overlay(_ row: VerdictRow) -> [VerdictRow] {
        guard row.verdict == .fail else { return [row] }
        let own = waivers.filter { $0.isFor(row) }
        // A waiver excuses no more than its own time: what it leaves open must have been put right by its end. Several
        // may follow one another, as the versions of one waiver do.
        if let open = row.unanswered, !IntervalSet(own.compactMap(\.effect)).covers(open) { return [row] }
        // What has no stretches is waived whole, or not at all.
        var parts: [VerdictRow] = []
        let cuts = row.isStretch ? own.compactMap(\.effect).flatMap { [$0.start, $0.end] } : []
        for interval in row.interval.cut(at: cuts) {
            var part = row.over(interval)
            let instant = row.failed ?? interval.start
            if let waiver = own.first(where: { $0.effect?.contains(instant) == true }) {
                part.verdict = .waived
                part.raw = .fail
                part.reason = .waiver(waiver.id)
            }
            parts.append(part)
        }
        return parts
    }
}
