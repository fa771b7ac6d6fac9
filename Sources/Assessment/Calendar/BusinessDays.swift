import Foundation
package import Formats

/// The days on which an organisation works, in a zone.
package struct BusinessWeek: Sendable, Hashable {
    /// The id of the zone in which days begin.
    package let zone: String
    /// 1 is Monday, 7 is Sunday; at least one.
    package let days: Set<Int>
    /// Days of the calendar on which nobody works.
    package let holidays: Set<CivilDay>

    /// A day of the calendar, in no zone.
    package struct CivilDay: Sendable, Hashable {
        package let year, month, day: Int

        package init(year: Int, month: Int, day: Int) {
            self.year = year
            self.month = month
            self.day = day
        }
    }

    package init(zone: String, days: Set<Int> = [1, 2, 3, 4, 5], holidays: Set<CivilDay> = []) {
        self.zone = zone
        self.days = days
        self.holidays = holidays
    }
}

/// How long an obligation may take.
package enum Deadline: Sendable, Hashable {
    /// Every hour counts.
    case span(TimeSpan)
    /// Until the end of so many business days after the day on which the clock starts.
    case businessDays(Int, BusinessWeek)

    /// No obligation takes longer.
    package var longest: TimeSpan {
        switch self {
        case .span(let span): span
        case .businessDays(let count, let week): .days(7 * Int64(count + week.holidays.count + 2))
        }
    }
}

/// A deadline, ready to be computed.
struct DeadlineClock {
    private let deadline: Deadline
    private let calendar: Calendar

    /// Nil when the zone is not known to the system's time zone data.
    init?(_ deadline: Deadline) {
        self.deadline = deadline
        var calendar = Calendar(identifier: .iso8601)
        if case .businessDays(_, let week) = deadline {
            guard let zone = TimeZone(identifier: week.zone) else { return nil }
            calendar.timeZone = zone
        }
        self.calendar = calendar
    }

    /// When an obligation falls due whose clock starts at an instant; never earlier for a later start.
    func due(after start: Instant) -> Instant {
        switch deadline {
        case .span(let span): start + span
        case .businessDays(let count, let week): end(ofBusinessDay: count, after: start, week)
        }
    }

    private func end(ofBusinessDay count: Int, after start: Instant, _ week: BusinessWeek) -> Instant {
        // Beyond what a calendar can count, nothing falls due in any period.
        guard let limit = Interval(from: .earliestCivil, to: .latestCivil), limit.contains(start) else {
            return start
        }
        var day = calendar.startOfDay(for: start.date)
        var left = count
        let last = Instant(day) + deadline.longest
        while Instant(day) <= last {
            day = next(day)
            if isBusiness(day, week) { left -= 1 }
            if left <= 0 { return Instant(next(day)) }
        }
        return last
    }

    private func next(_ day: Date) -> Date {
        // Where summer time begins at midnight a day starts at one; the next must not start there too.
        calendar.date(byAdding: .day, value: 1, to: day).map { calendar.startOfDay(for: $0) }
            ?? day.addingTimeInterval(86_400)
    }

    private func isBusiness(_ day: Date, _ week: BusinessWeek) -> Bool {
        let parts = calendar.dateComponents([.year, .month, .day, .weekday], from: day)
        guard let year = parts.year, let month = parts.month, let date = parts.day,
            let weekday = parts.weekday
        else { return false }
        // Foundation counts from Sunday.
        return week.days.contains((weekday + 5) % 7 + 1)
            && !week.holidays.contains(.init(year: year, month: month, day: date))
    }
}

extension Instant {
    fileprivate static let earliestCivil = Instant(microseconds: -62_000_000_000_000_000)
    fileprivate static let latestCivil = Instant(microseconds: 250_000_000_000_000_000)
}
