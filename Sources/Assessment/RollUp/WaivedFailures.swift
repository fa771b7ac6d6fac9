package import Evidence
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

    /// The waivers that cover something that failed, and when. Of an obligation that is all the time until it was
    /// answered, which one waiver may carry on from another and which the period does not end.
    package var usedWaivers: [Identifier: IntervalSet] {
        var found: [Identifier: [Interval]] = [:]
        // Part by part: a row as a whole is dear to copy.
        for rows in listed.stretches {
            for index in rows.indices where rows[index].verdict == .waived {
                if let open = rows[index].unanswered {
                    for waiver in test.waivers where waiver.isFor(rows[index]) {
                        guard let time = waiver.effect?.clipped(to: open) else { continue }
                        found[waiver.id, default: []].append(time)
                    }
                } else if case .waiver(let id) = rows[index].reason {
                    found[id, default: []].append(rows[index].interval)
                }
            }
        }
        return found.mapValues { IntervalSet($0) }
    }
}
