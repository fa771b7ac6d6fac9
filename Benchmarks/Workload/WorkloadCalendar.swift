package import Formats

/// The period of the workload: local days from 2025-01-01 in New York, whose summer time begins on day 67 and ends on
/// day 305 (days count from 0), so one day has 23 hours and one has 25.
package struct WorkloadCalendar: Sendable {
    package static let zone = "America/New_York"
    static let second: Int64 = 1_000_000
    static let hour = 3_600 * second
    static let day = 86_400 * second
    private static let first: Int64 = 1_735_707_600 * second
    private static let monthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

    let days: Int

    init(days: Int) {
        self.days = days
    }

    /// Local midnight at which a day begins, in microseconds since 1970.
    package func midnight(_ day: Int) -> Int64 {
        Self.first + Int64(day) * Self.day - ((68...305).contains(day) ? Self.hour : 0)
    }

    /// Where the days of the period begin.
    package var midnights: [Int64] { (0..<days).map(midnight) }

    /// Where the period begins.
    package var start: Int64 { midnight(0) }
    /// Where it ends: also the end of all coverage, and the time as of which everything is known.
    package var end: Int64 { midnight(days) }

    package var period: Interval {
        Interval(from: Instant(microseconds: start), to: Instant(microseconds: end)) ?? .always
    }

    /// The whole months of the period, as day numbers.
    private var monthDays: [(from: Int, to: Int)] {
        var found: [(Int, Int)] = []
        var day = 0
        for length in Self.monthLengths where day + length <= days {
            found.append((day, day + length))
            day += length
        }
        return found
    }

    package var months: [(start: Int64, end: Int64)] {
        monthDays.map { (midnight($0.from), midnight($0.to)) }
    }
}
