package import Formats

/// A day of the calendar without a zone, such as `2026-01-31`.
package struct CalendarDate: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let year, month, day: Int64

    /// Reads `2026-01-31`; nil for anything else, days that do not exist included.
    package init?(_ text: String) {
        guard text.utf8.count == 10, let midnight = RFC3339.parse(Array((text + "T00:00:00Z").utf8)) else {
            return nil
        }
        (year, month, day) = RFC3339.civil(daysSince1970: RFC3339.floorDivide(midnight.seconds, 86_400))
    }

    init(daysSince1970: Int64) {
        (year, month, day) = RFC3339.civil(daysSince1970: daysSince1970)
    }

    var daysSince1970: Int64 {
        RFC3339.daysSince1970(year: year, month: month, day: day)
    }

    /// The same day so many months later, or the last of that month where it has no such day.
    package func adding(months: Int64) -> CalendarDate {
        let count = year * 12 + (month - 1) + months
        let laterYear = RFC3339.floorDivide(count, 12)
        let laterMonth = count - laterYear * 12 + 1
        let laterDay = min(day, RFC3339.daysIn(month: laterMonth, year: laterYear))
        return CalendarDate(
            daysSince1970: RFC3339.daysSince1970(year: laterYear, month: laterMonth, day: laterDay))
    }

    /// So many days later.
    package func adding(days: Int64) -> CalendarDate { CalendarDate(daysSince1970: daysSince1970 + days) }

    package static func < (left: CalendarDate, right: CalendarDate) -> Bool {
        left.daysSince1970 < right.daysSince1970
    }

    package var description: String {
        let midnight = RFC3339.format(seconds: daysSince1970 * 86_400, nanoseconds: 0)
        return String(midnight.prefix { $0 != "T" })
    }
}

/// A point in time as documents write it: a timestamp, or a date that stands for its midnight in the organisation's
/// zone.
package enum Moment: Sendable, Hashable, CustomStringConvertible {
    case instant(Instant)
    case date(CalendarDate)

    /// Reads `2026-01-31` or RFC 3339.
    package init?(_ text: String) {
        if let date = CalendarDate(text) {
            self = .date(date)
        } else if let instant = Instant(text) {
            self = .instant(instant)
        } else {
            return nil
        }
    }

    /// The instant it means where the organisation is.
    package func instant(in zone: Zone) -> Instant {
        switch self {
        case .instant(let instant): instant
        case .date(let date): zone.midnight(of: date)
        }
    }

    package var description: String {
        switch self {
        case .instant(let instant): instant.description
        case .date(let date): date.description
        }
    }
}
