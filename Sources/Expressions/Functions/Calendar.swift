internal import Formats
internal import Foundation

extension Function {
    /// `getFullYear()` and its kin, of a timestamp in UTC or in a zone, and of a duration.
    func readClock(_ arguments: [Value]) throws(EvaluationError.Reason) -> Value {
        switch (arguments.first, arguments.count) {
        case (.duration(let duration), 1):
            guard let part = part(of: duration) else { throw mismatch(arguments) }
            return .int(part)
        case (.timestamp(let timestamp), 1): return .int(part(of: timestamp, offset: 0))
        case (.timestamp(let timestamp), 2):
            guard case .string(let zone) = arguments[1] else { throw mismatch(arguments) }
            return .int(part(of: timestamp, offset: try Self.offset(of: zone, at: timestamp)))
        default: throw mismatch(arguments)
        }
    }

    /// Whole hours, minutes and seconds of the length, but only the milliseconds within the second.
    private func part(of duration: Value.Duration) -> Int64? {
        switch self {
        case .getHours: duration.wholeSeconds / 3_600
        case .getMinutes: duration.wholeSeconds / 60
        case .getSeconds: duration.wholeSeconds
        case .getMilliseconds: duration.fraction / 1_000_000
        default: nil
        }
    }

    /// Months, days of the month and days of the year count from 0, except `getDate`; Sunday is 0.
    private func part(of timestamp: Value.Timestamp, offset: Int64) -> Int64 {
        let local = timestamp.seconds + offset
        let days = RFC3339.floorDivide(local, 86_400)
        let clock = local - days * 86_400
        let date = RFC3339.civil(daysSince1970: days)
        return switch self {
        case .getFullYear: date.year
        case .getMonth: date.month - 1
        case .getDate: date.day
        case .getDayOfMonth: date.day - 1
        // 1970-01-01 was a Thursday.
        case .getDayOfWeek: days + 4 - RFC3339.floorDivide(days + 4, 7) * 7
        case .getDayOfYear: days - RFC3339.daysSince1970(year: date.year, month: 1, day: 1)
        case .getHours: clock / 3_600
        case .getMinutes: clock / 60 % 60
        case .getSeconds: clock % 60
        default: Int64(timestamp.nanoseconds / 1_000_000)
        }
    }

    /// Seconds east of UTC: `+01:00`, `02:00`, `-09:30`, or the name of a zone of the tz database.
    private static func offset(of zone: String, at timestamp: Value.Timestamp) throws(EvaluationError.Reason)
        -> Int64
    {
        if zone == "UTC" || zone == "Z" || zone.isEmpty { return 0 }
        if let fixed = fixedOffset(zone) { return fixed }
        // Foundation also takes abbreviations such as EST, whose meaning depends on who reads them.
        guard zone.utf8.contains(UInt8(ascii: "/")) || zone == "GMT", let named = TimeZone(identifier: zone)
        else {
            throw .invalidArgument(
                "a time zone is a name such as 'Europe/Berlin' or an offset such as '+01:00'")
        }
        return Int64(named.secondsFromGMT(for: Date(timeIntervalSince1970: Double(timestamp.seconds))))
    }

    private static func fixedOffset(_ zone: String) -> Int64? {
        var digits = Array(zone.utf8)
        var sign: Int64 = 1
        if let first = digits.first, first == UInt8(ascii: "+") || first == UInt8(ascii: "-") {
            sign = first == UInt8(ascii: "-") ? -1 : 1
            digits.removeFirst()
        }
        guard digits.count == 5, digits[2] == UInt8(ascii: ":"),
            [0, 1, 3, 4].allSatisfy({ digits[$0] >= 0x30 && digits[$0] <= 0x39 })
        else { return nil }
        let value = digits.map { Int64($0) - 0x30 }
        let (hours, minutes) = (value[0] * 10 + value[1], value[3] * 10 + value[4])
        return hours < 24 && minutes < 60 ? sign * (hours * 3_600 + minutes * 60) : nil
    }
}
