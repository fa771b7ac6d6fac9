/// RFC 3339 timestamps over bytes, and the proleptic Gregorian calendar behind them.
package enum RFC3339 {
    /// Seconds since 1970 in UTC and the fraction behind them.
    package struct Parts: Sendable, Hashable {
        package let seconds: Int64
        package let nanoseconds: Int32
    }

    /// Reads `2026-03-01T09:00:00.5Z` or with an offset `+01:00`. The letters may be lower case, a space may stand for
    /// the T; up to nine fraction digits count, more are cut off. Second 60 is refused. Nil for anything else.
    package static func parse(_ text: some Collection<UInt8>) -> Parts? {
        var reader = Reader(text)
        guard let year = reader.digits(4), reader.take("-"), let month = reader.digits(2), reader.take("-"),
            let day = reader.digits(2), reader.take("T") || reader.take("t") || reader.take(" "),
            let hour = reader.digits(2), reader.take(":"), let minute = reader.digits(2), reader.take(":"),
            let second = reader.digits(2), year >= 1, (1...12).contains(month),
            day >= 1, day <= daysIn(month: month, year: year), hour < 24, minute < 60, second < 60
        else { return nil }
        var nanoseconds: Int64 = 0
        if reader.take(".") {
            guard let fraction = reader.fraction() else { return nil }
            nanoseconds = fraction
        }
        var offset: Int64 = 0
        if !(reader.take("Z") || reader.take("z")) {
            let sign: Int64
            if reader.take("+") { sign = 1 } else if reader.take("-") { sign = -1 } else { return nil }
            guard let hours = reader.digits(2), reader.take(":"), let minutes = reader.digits(2), hours < 24,
                minutes < 60
            else { return nil }
            offset = sign * (hours * 3_600 + minutes * 60)
        }
        guard reader.isAtEnd else { return nil }
        let days = daysSince1970(year: year, month: month, day: day)
        let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - offset
        // An offset can lead out of the years that can be written back: 0001 to 9999 in UTC.
        guard (-62_135_596_800..<253_402_300_800).contains(seconds) else { return nil }
        return Parts(seconds: seconds, nanoseconds: Int32(nanoseconds))
    }

    /// The UTC text, with as many fraction digits as are needed (none, or up to nine).
    package static func format(seconds: Int64, nanoseconds: Int32) -> String {
        let days = floorDivide(seconds, 86_400)
        let clock = seconds - days * 86_400
        let date = civil(daysSince1970: days)
        if (0...9_999).contains(date.year) {
            return plain(date, clock, nanoseconds: nanoseconds)
        }
        var text = pad(date.year, 4) + "-" + pad(date.month, 2) + "-" + pad(date.day, 2) + "T"
        text += pad(clock / 3_600, 2) + ":" + pad(clock / 60 % 60, 2) + ":" + pad(clock % 60, 2)
        if nanoseconds != 0 {
            var fraction = pad(Int64(nanoseconds), 9)
            while fraction.hasSuffix("0") { fraction.removeLast() }
            text += "." + fraction
        }
        return text + "Z"
    }

    /// Appends the UTC text as `format` gives it. False, with nothing appended, for years that have not four digits.
    static func append(seconds: Int64, nanoseconds: Int32, to bytes: inout [UInt8]) -> Bool {
        let days = floorDivide(seconds, 86_400)
        let date = civil(daysSince1970: days)
        guard (0...9_999).contains(date.year) else { return false }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: longest) { buffer in
            let count = write(date, seconds - days * 86_400, nanoseconds: nanoseconds, into: buffer)
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[..<count]))
        }
        return true
    }

    /// Whether a text is what `format` gives, to the byte; for years of four digits.
    static func isFormat(of parts: Parts, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        let days = floorDivide(parts.seconds, 86_400)
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: longest) { buffer in
            let count = write(
                civil(daysSince1970: days), parts.seconds - days * 86_400, nanoseconds: parts.nanoseconds,
                into: buffer)
            return UnsafeBufferPointer(rebasing: buffer[..<count]).elementsEqual(text)
        }
    }

    /// For years of four digits, which are nearly all: written in place, as every fact has several.
    private static func plain(
        _ date: (year: Int64, month: Int64, day: Int64), _ clock: Int64, nanoseconds: Int32
    ) -> String {
        String(unsafeUninitializedCapacity: longest) {
            write(date, clock, nanoseconds: nanoseconds, into: $0)
        }
    }

    /// Bytes of a text with nine digits of a fraction.
    private static let longest = 30

    /// Gives how many bytes were written, at most `longest`.
    private static func write(
        _ date: (year: Int64, month: Int64, day: Int64), _ clock: Int64, nanoseconds: Int32,
        into buffer: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        let clock = UInt32(truncatingIfNeeded: clock)
        let year = UInt32(truncatingIfNeeded: date.year)
        put(year / 100, at: 0, in: buffer)
        put(year % 100, at: 2, before: "-", in: buffer)
        put(UInt32(truncatingIfNeeded: date.month), at: 5, before: "-", in: buffer)
        put(UInt32(truncatingIfNeeded: date.day), at: 8, before: "T", in: buffer)
        put(clock / 3_600, at: 11, before: ":", in: buffer)
        put(clock / 60 % 60, at: 14, before: ":", in: buffer)
        put(clock % 60, at: 17, before: nanoseconds == 0 ? "Z" : ".", in: buffer)
        if nanoseconds == 0 { return 20 }
        let fraction = UInt32(truncatingIfNeeded: nanoseconds)
        put(fraction / 10_000_000, at: 20, in: buffer)
        put(fraction / 100_000 % 100, at: 22, in: buffer)
        put(fraction / 1_000 % 100, at: 24, in: buffer)
        put(fraction / 10 % 100, at: 26, in: buffer)
        buffer[28] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: fraction % 10)
        var end = 29
        while buffer[end - 1] == UInt8(ascii: "0") { end -= 1 }
        buffer[end] = UInt8(ascii: "Z")
        return end + 1
    }

    /// Two digits, and the mark behind them.
    @inline(__always)
    private static func put(
        _ value: UInt32, at place: Int, before mark: Unicode.Scalar? = nil,
        in buffer: UnsafeMutableBufferPointer<UInt8>
    ) {
        buffer[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / 10)
        buffer[place + 1] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value % 10)
        if let mark { buffer[place + 2] = UInt8(ascii: mark) }
    }

    /// Days from 1970-01-01 to a date of the proleptic Gregorian calendar.
    ///
    /// Years are counted from March, so that the leap day is the last of its year and the months' lengths follow
    /// one linear rule.
    package static func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month > 2 ? year : year - 1
        let era = floorDivide(shifted, 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The inverse of `daysSince1970`.
    package static func civil(daysSince1970 days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = floorDivide(shifted, 146_097)
        // Small from here on, and quicker so.
        let dayOfEra = UInt32(shifted - era * 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        let year = Int64(yearOfEra) + era * 400 + (month <= 2 ? 1 : 0)
        return (year, Int64(month), Int64(dayOfYear - (153 * monthIndex + 2) / 5 + 1))
    }

    package static func daysIn(month: Int64, year: Int64) -> Int64 {
        switch month {
        case 2: year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Division that rounds toward minus infinity.
    package static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
        let quotient = value / divisor
        return value % divisor < 0 ? quotient - 1 : quotient
    }

    private static func pad(_ value: Int64, _ width: Int) -> String {
        let text = String(value.magnitude)
        return (value < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }

    private struct Reader<Text: Collection<UInt8>> {
        private let text: Text
        private var at: Text.Index

        init(_ text: Text) {
            self.text = text
            at = text.startIndex
        }

        var isAtEnd: Bool { at == text.endIndex }

        private mutating func digit() -> Int64? {
            guard at < text.endIndex, text[at] >= 0x30, text[at] <= 0x39 else { return nil }
            defer { at = text.index(after: at) }
            return Int64(text[at] - 0x30)
        }

        mutating func digits(_ count: Int) -> Int64? {
            var value: Int64 = 0
            for _ in 0..<count {
                guard let digit = digit() else { return nil }
                value = value * 10 + digit
            }
            return value
        }

        mutating func fraction() -> Int64? {
            guard var value = digit() else { return nil }
            var count = 1
            while let digit = digit() {
                if count < 9 {
                    value = value * 10 + digit
                    count += 1
                }
            }
            while count < 9 {
                value *= 10
                count += 1
            }
            return value
        }

        mutating func take(_ scalar: Unicode.Scalar) -> Bool {
            guard at < text.endIndex, text[at] == UInt8(ascii: scalar) else { return false }
            at = text.index(after: at)
            return true
        }
    }
}
