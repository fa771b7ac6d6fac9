extension TestOutcome {
    /// How many units failed under an approved waiver, those included that failed at another time without one: these
    /// stand among the failing in `units`, where each unit counts once.
    package var waivedFailures: Int {
        listed.byUnit.reduce(0) { count, unit in
            var found = 0
            var isMeasured = false
            for index in unit.rows.indices where unit.rows[index].verdict == .waived {
                if unit.rows[index].isStretch { isMeasured = true } else { found += 1 }
            }
            return count + found + (isMeasured ? 1 : 0)
        }
    }
}
