import Assessment
import Evidence
import Formats
import Programs

extension ReportMaterial {
    /// Of the controls that made good for another, those that the program was changed to name only after the failing had
    /// begun: `BCP-02 (2026-02-10)`.
    ///
    /// Controls are used as they stand now, so that such a change moves what is concluded of the time before it. What the
    /// program named when it was first applied counts as agreed beforehand; a control that came later did not.
    func namedLate(_ outcome: ControlOutcome) -> [String] {
        guard let mitigation = outcome.mitigation, let began = mitigation.time.intervals.first?.start
        else { return [] }
        return mitigation.by.compactMap { other -> String? in
            guard let since = naming(of: other, by: outcome.control.id), since > began else { return nil }
            return "\(other) (\(program.zone.date(at: since)))"
        }
    }

    /// When the change was put on record by which a control came to name another; nil where it did so from the program's
    /// first application on.
    private func naming(of other: Identifier, by control: Identifier) -> Instant? {
        guard let began = history.began else { return nil }
        var since: Instant?
        var isNamed: Bool?
        for step in history.steps(of: .control, control) {
            var names = false
            if case .apply(let document) = step.change, case .control(let body) = document.body {
                names = body.compensating.contains { $0.id == other }
            }
            if names, !(isNamed ?? (step.recorded == began)) { since = step.recorded }
            isNamed = names
        }
        return since
    }
}
