import Foundation
package import Formats

/// A stretch of the calendar in which something is due once.
package enum CalendarUnit: String, Sendable, Hashable, CaseIterable {
    case day, week, month, quarter
    case halfYear = "half-year"
    case year

    /// Months in the unit; nil for days and weeks.
    var months: Int? {
        switch self {
        case .day, .week: nil
        case .month: 1
        case .quarter: 3
        case .halfYear: 6
        case .year: 12
        }
    }
}

/// Calendar windows in an IANA zone: days from midnight, weeks from Monday (ISO 8601), months and their multiples
/// from January. Their length follows the zone's summer time.
package struct CalendarWindows {
    private let calendar: Calendar
    private let unit: CalendarUnit

    /// Version of this machine's time zone data.
    package static var timeZoneData: String { TimeZone.timeZoneDataVersion }

    /// Nil when the zone is not known to the system's time zone data.
    package init?(_ unit: CalendarUnit, zone: String) {
        guard let timeZone = TimeZone(identifier: zone) else { return nil }
        var calendar = Calendar(identifier: .iso8601)
        calendar.timeZone = timeZone
        self.calendar = calendar
        self.unit = unit
    }

    /// The windows that end after `start` and begin before `end`, in order.
    package func windows(from start: Instant, to end: Instant) -> [Interval] {
        var found: [Interval] = []
        guard var lower = windowStart(at: start) else { return [] }
        while lower < end {
            guard let upper = windowEnd(from: lower), let window = Interval(from: lower, to: upper) else {
                break
            }
            if upper > start { found.append(window) }
            lower = upper
        }
        return found
    }

    private func windowStart(at instant: Instant) -> Instant? {
        let date = instant.date
        switch unit {
        case .day: return Instant(calendar.startOfDay(for: date))
        case .week: return calendar.dateInterval(of: .weekOfYear, for: date).map { Instant($0.start) }
        default:
            let parts = calendar.dateComponents([.year, .month], from: date)
            guard let year = parts.year, let month = parts.month, let months = unit.months else { return nil }
            let first = (month - 1) / months * months + 1
            return calendar.date(from: DateComponents(year: year, month: first, day: 1))
                .map { Instant(calendar.startOfDay(for: $0)) }
        }
    }

    private func windowEnd(from start: Instant) -> Instant? {
        let step =
            switch unit {
            case .day: DateComponents(day: 1)
            case .week: DateComponents(day: 7)
            default: DateComponents(month: unit.months)
            }
        // Where summer time begins at midnight a day starts at one; the next must not start there too.
        return calendar.date(byAdding: step, to: start.date).map { Instant(calendar.startOfDay(for: $0)) }
    }
}

extension Instant {
    /// Exact to the second, which is all that calendar arithmetic needs.
    var date: Date {
        Date(timeIntervalSince1970: Double(RFC3339.floorDivide(microseconds, 1_000_000)))
    }

    init(_ date: Date) {
        self.init(microseconds: Int64(date.timeIntervalSince1970.rounded()) * 1_000_000)
    }
}
