import Formats

extension Instant {
    /// A moment of the calendar in UTC.
    static func utc(
        _ year: Int64, _ month: Int64, _ day: Int64, _ hour: Int64 = 0, _ minute: Int64 = 0
    ) -> Instant {
        let days = RFC3339.daysSince1970(year: year, month: month, day: day)
        return Instant(microseconds: ((days * 24 + hour) * 60 + minute) * 60_000_000)
    }

    /// From Monday (0) to Sunday (6), in UTC.
    var weekday: Int {
        let days = RFC3339.floorDivide(microseconds, 86_400_000_000)
        // 1970-01-01 was a Thursday.
        return Int((days + 3) - RFC3339.floorDivide(days + 3, 7) * 7)
    }

    /// The date alone, as in `2026-02-10`.
    var date: String { String(description.prefix(10)) }
}

extension Interval {
    /// A stretch between two dates that are written down in this module.
    static func stretch(_ start: Instant, _ end: Instant) -> Interval {
        guard let interval = Interval(from: start, to: end) else {
            preconditionFailure("what is written down here ends after it begins: \(start), \(end)")
        }
        return interval
    }
}

/// The fixed dates of the example.
enum ObservationYear {
    /// Collection starts five weeks before the period, because obligations that fall due in it began earlier.
    static let collected = Instant.utc(2025, 5, 26)
    static let start = Instant.utc(2025, 7, 1)
    static let end = Instant.utc(2026, 7, 1)
    static let period = Interval.stretch(start, end)
    /// When the second version of the program takes effect.
    static let update = Instant.utc(2026, 2, 10)
    /// When the second version is put on record, between the collections of that day.
    static let applied = update + .hours(12)

    /// Every day on which something is collected, at midnight.
    static let days: [Instant] = Array(
        sequence(first: collected) { day in
            let next = day + .days(1)
            return next < end ? next : nil
        })

    /// The first moments of the weeks, all Mondays.
    static let weeks: [Instant] = days.filter { $0.weekday == 0 }
}
