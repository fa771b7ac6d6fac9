import Formats

/// The days on which somebody works.
///
///     calendar: { zone: Europe/Berlin, days: [mon, tue, wed, thu, fri], holidays: [2026-12-25] }
package struct BusinessCalendar: Sendable, Hashable {
    /// A day of the week.
    package enum Weekday: String, Sendable, Hashable, CaseIterable, Comparable {
        case mon, tue, wed, thu, fri, sat, sun

        /// 1 is Monday, 7 is Sunday.
        package var number: Int {
            switch self {
            case .mon: 1
            case .tue: 2
            case .wed: 3
            case .thu: 4
            case .fri: 5
            case .sat: 6
            case .sun: 7
            }
        }

        package static func < (left: Weekday, right: Weekday) -> Bool { left.number < right.number }
    }

    /// Where days begin at midnight; nil is the organisation's zone.
    package internal(set) var zone: Text?
    /// In the order of the week, at least one.
    package internal(set) var days: [Weekday] = [.mon, .tue, .wed, .thu, .fri]
    /// Days on which nobody works, in order.
    package internal(set) var holidays: [CalendarDate] = []

    /// Monday to Friday in the organisation's zone.
    package init() {}

    static let schema = Schema<BusinessCalendar>(
        "a calendar", BusinessCalendar(),
        [
            .optional("zone", .zone, \.zone),
            .optional("days", .list(of: .choice()), \.days),
            .optional("holidays", .list(of: .date), \.holidays),
        ],
        settle: { calendar, place, reading in
            calendar.days = Set(calendar.days).sorted()
            calendar.holidays = Set(calendar.holidays).sorted()
            if calendar.days.isEmpty {
                reading.error(
                    "bad-value", at: place, "a calendar needs a day on which somebody works",
                    remedy: "write days: [mon, tue, wed, thu, fri], or leave it out")
            }
        })
}
