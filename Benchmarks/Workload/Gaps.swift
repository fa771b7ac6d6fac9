import Evidence
import Formats

/// When collectors were down. Gaps are dealt to the kinds in turn.
///
/// Draws for each gap: its start, a second of the period but for its last three days; its length, an hour and up to a day.
struct Gaps: Sendable {
    private let byKind: [[(start: Int64, end: Int64)]]

    init(_ size: WorkloadSize, _ calendar: WorkloadCalendar, _ draws: SplitMix64) {
        var draws = draws
        var found = [[(start: Int64, end: Int64)]](repeating: [], count: WorkloadKind.all.count)
        let seconds = (calendar.end - calendar.start) / WorkloadCalendar.second - 3 * 86_400
        for index in 0..<size.gaps {
            let start = calendar.start + draws.below(seconds) * WorkloadCalendar.second
            let end = start + (3_600 + draws.below(Int64(86_400))) * WorkloadCalendar.second
            found[index % found.count].append((start, end))
        }
        byKind = found
    }

    private func gaps(_ kind: WorkloadKind) -> [(start: Int64, end: Int64)] {
        WorkloadKind.all.firstIndex(of: kind).map { byKind[$0] } ?? []
    }

    func isCovered(_ kind: WorkloadKind, at instant: Int64) -> Bool {
        !gaps(kind).contains { $0.start <= instant && instant < $0.end }
    }

    func coverage(_ kind: WorkloadKind, _ calendar: WorkloadCalendar) -> IntervalSet {
        func interval(_ start: Int64, _ end: Int64) -> IntervalSet {
            let found = Interval(from: Instant(microseconds: start), to: Instant(microseconds: end))
            return IntervalSet([found].compactMap { $0 })
        }
        let down = gaps(kind).reduce(IntervalSet()) { $0.union(interval($1.start, $1.end)) }
        return down.gaps(in: interval(calendar.start - 400 * WorkloadCalendar.day, calendar.end))
    }
}
