import Assessment
import Evidence
import Formats
import Programs

/// A waiver as it covered something, whether the program still has it or not.
struct UsedWaiver {
    let waiver: Waiver
    /// When a later step took it out of force before its own end; nil where none did.
    let endedEarly: Instant?
}

extension ReportMaterial {
    /// The waivers that covered failures of a test, in all versions that had effect in the period, or on an obligation
    /// of it that was answered later.
    ///
    /// What was waived stays waived when the program is tidied up, and so does who waived it and why.
    func waivers(of outcome: TestOutcome) -> [UsedWaiver] {
        outcome.usedWaivers.sorted { $0.key < $1.key }.flatMap { id, times in
            history.versions(.waiver, id, in: program.zone).compactMap { version in
                used(version, of: outcome.test.id, in: times.union(IntervalSet([period])))
            }
        }
    }

    private func used(
        _ version: DocumentVersion, of test: Identifier, in times: IntervalSet
    ) -> UsedWaiver? {
        guard case .waiver(let waiver) = version.document.body, waiver.test.id == test else { return nil }
        let zone = program.zone
        let end = waiver.to.instant(in: zone)
        let start = max(waiver.from.instant(in: zone), max(version.recorded, waiver.approved))
        guard let effect = Interval(from: start, to: min(end, version.inForce.end)),
            !times.clipped(to: effect).isEmpty
        else { return nil }
        return UsedWaiver(waiver: waiver, endedEarly: version.inForce.end < end ? version.inForce.end : nil)
    }
}
