import Formats

/// Someone who is employed for some time. Draws, in this order:
///
/// 1. hired before the period (8 in 10) or in it; then the day before it (up to 2,000), or the day in it
/// 2. whether the person leaves (once in 12); then the day after the start and the second of that day (up to 8 hours)
/// 3. contractor (once in 10)
/// 4. role
/// 5. change of role (once in 4); then its second in the period and the new role
///
/// The first person is there all the time, whatever was drawn.
struct Person: Sendable {
    var started: Int64
    /// Nil for those who are still there when the period ends.
    var ended: Int64?
    let isContractor: Bool
    let role: Int
    var newRole: (at: Int64, role: Int)?
    /// From when on the roster has the person.
    var first: Int64

    static func all(_ size: WorkloadSize, _ calendar: WorkloadCalendar, _ draws: SplitMix64) -> [Person] {
        var draws = draws
        return (0..<size.people).map { Person($0, calendar, &draws) }
    }

    private init(_ index: Int, _ calendar: WorkloadCalendar, _ draws: inout SplitMix64) {
        typealias Calendar = WorkloadCalendar
        if draws.below(10) < 8 {
            started = calendar.start - Int64(1 + draws.below(2_000)) * Calendar.day
        } else {
            started = calendar.start + Int64(draws.below(calendar.days)) * Calendar.day + 9 * Calendar.hour
        }
        if draws.once(in: 12) {
            let day = Int64(1 + draws.below(calendar.days)) * Calendar.day
            let end =
                max(started, calendar.start) + day + draws.below(Int64(28_800)) * Calendar.second
            ended = end < calendar.end ? end : nil
        }
        isContractor = draws.once(in: 10)
        role = draws.below(6)
        if draws.once(in: 4) {
            let at = calendar.start + draws.below(Int64(calendar.days) * 86_400) * Calendar.second
            newRole = (at, draws.below(6))
        }
        if index == 0 {
            started = calendar.start - 1_000 * Calendar.day
            ended = nil
        }
        first = max(started, calendar.start - 399 * Calendar.day)
        if let change = newRole, change.at <= first || change.at >= ended ?? calendar.end { newRole = nil }
    }

    func isEmployed(at instant: Int64) -> Bool {
        first <= instant && instant < ended ?? .max
    }
}

extension SeededEvidence {
    /// Versions: hired, new role, left. A mistake is the type of worker.
    func employments(_ recorder: consuming Recorder) throws {
        for (index, person) in people.enumerated() {
            var role = person.role
            var starts = [(person.first, role)]
            if let change = person.newRole {
                role = change.role
                starts.append((change.at, role))
            }
            if let ended = person.ended { starts.append((ended, role)) }
            for (place, start) in starts.enumerated() {
                let hasEnded = person.ended == start.0
                let type: Int64 = person.isContractor ? 1 : 0
                try recorder.record(
                    index, from: start.0, to: place + 1 < starts.count ? starts[place + 1].0 : FactTable.open,
                    [
                        Int64(index), type, Int64(start.1), person.started,
                        hasEnded ? start.0 : FactTable.absent,
                    ], mistake: (1, 1 - type))
            }
            try recorder.mayEnd()
        }
        try recorder.end()
    }
}
