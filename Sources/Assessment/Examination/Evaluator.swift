import Evidence
import Formats

extension ControlTest {
    /// All verdict rows of the test in a period, waivers laid over them.
    package func evaluate(_ frame: Frame) -> TestRows {
        var found = TestRows()
        // A test may have been rewritten as another kind of test: each kind judges where its versions were in force.
        let parts = [
            StateEvaluation(versions: versions, frame: frame).rows(),
            EventEvaluation(versions: versions, frame: frame).rows(),
            CadenceEvaluation(versions: versions, frame: frame).rows(),
            ResponseEvaluation(versions: versions, frame: frame).rows(),
            RatioEvaluation(versions: versions, frame: frame).rows(),
            ReconEvaluation(versions: versions, frame: frame).rows(),
            SodEvaluation(versions: versions, frame: frame).rows(),
            AttestEvaluation(versions: versions, frame: frame).rows(),
        ]
        for part in parts where !(part.rows.isEmpty && part.uncovered.isEmpty) {
            found.rows += part.rows.flatMap(overlay)
            found.uncovered = found.uncovered.union(part.uncovered)
        }
        found.sort()
        return found
    }

    /// What remains of a failing row outside its waivers, and what lies inside as waived. The raw verdict stays.
    private func overlay(_ row: VerdictRow) -> [VerdictRow] {
        guard row.verdict == .fail else { return [row] }
        let own = waivers.filter { $0.keys?.contains(row.key) ?? true }
        // A missed obligation fails when it falls due and is waived whole, or not at all.
        var parts: [VerdictRow] = []
        let cuts = row.isStretch ? own.compactMap(\.effect).flatMap { [$0.start, $0.end] } : []
        for interval in row.interval.cut(at: cuts) {
            var part = row.over(interval)
            let instant = row.due ?? interval.start
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
