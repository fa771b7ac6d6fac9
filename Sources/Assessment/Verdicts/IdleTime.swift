import Evidence
import Formats
import Programs

extension ControlTest {
    /// Whether its versions look at several kinds of record, in each of which a unit of one key and source may stand.
    var judgesSeveralKinds: Bool {
        let asked = versions.map { version in
            [Identifier(version.requirement.kind.rawValue)] + version.requirement.evidenceKinds.prefix(1)
        }
        return Set(asked).count > 1
    }
}

extension TestRows {
    /// Leaves out of the time in which a unit is said not to apply what is told of it anyway.
    ///
    /// The versions over each kind of record say where theirs does not apply, also for the time in which other versions
    /// judge another kind: of one key and source, the same time would be told twice.
    ///
    /// The rows must be sorted, and stay so.
    mutating func tellOnce() {
        var found = RowList()
        for unit in rows.byUnit {
            let told = unit.rows.filter { !$0.isIdle }
            found += told
            let idle = unit.rows.filter(\.isIdle)
            guard let row = idle.first else { continue }
            let judged = IntervalSet(told.filter(\.isStretch).map(\.interval))
            found += judged.gaps(in: IntervalSet(idle.map(\.interval))).intervals.map { row.over($0) }
        }
        rows = found
        sort()
    }
}

extension VerdictRow {
    /// Whether it says no more than that there is nothing to judge.
    fileprivate var isIdle: Bool {
        isStretch && verdict == .notApplicable && reason == nil && references.isEmpty
    }
}
