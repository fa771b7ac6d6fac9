import Foundation
package import Formats

/// A time zone of the IANA database that this system knows.
package struct Zone: Sendable, Hashable, CustomStringConvertible {
    package let identifier: String
    private let rules: TimeZone

    /// Nil when the system does not know the id. Abbreviations such as `EST` are not ids: they name no place.
    package init?(_ identifier: String) {
        guard identifier == "UTC" || identifier.utf8.contains(UInt8(ascii: "/")),
            let rules = TimeZone(identifier: identifier)
        else { return nil }
        self.identifier = identifier
        self.rules = rules
    }

    private init(identifier: String, rules: TimeZone) {
        self.identifier = identifier
        self.rules = rules
    }

    /// Coordinated Universal Time.
    package static let utc = Zone(identifier: "UTC", rules: .gmt)

    /// The first instant of a day. Where clocks jump over midnight, that is the moment of the jump; where midnight
    /// comes twice, it is the first of the two.
    package func midnight(of date: CalendarDate) -> Instant {
        let local = date.daysSince1970 * 86_400
        let before = offset(atUTC: local - 86_400)
        let after = offset(atUTC: local + 86_400)
        let candidates = [local - before, local - after].filter { offset(atUTC: $0) == local - $0 }
        return Instant(microseconds: (candidates.min() ?? local - before) * 1_000_000)
    }

    /// The day that an instant falls on.
    package func date(at instant: Instant) -> CalendarDate {
        let seconds = RFC3339.floorDivide(instant.microseconds, 1_000_000)
        return CalendarDate(daysSince1970: RFC3339.floorDivide(seconds + offset(atUTC: seconds), 86_400))
    }

    private func offset(atUTC seconds: Int64) -> Int64 {
        Int64(rules.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(seconds))))
    }

    package var description: String { identifier }
}
