package import Formats

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

    /// The waivers that cover something that failed.
    package var usedWaivers: Set<Identifier> {
        var found: Set<Identifier> = []
        // Part by part: a row as a whole is dear to copy.
        for rows in listed.stretches {
            for index in rows.indices where rows[index].verdict == .waived {
                if case .waiver(let id) = rows[index].reason { found.insert(id) }
            }
        }
        return found
    }
}
