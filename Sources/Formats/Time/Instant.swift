/// A moment: whole microseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
package struct Instant: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let microseconds: Int64

    package init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// Reads RFC 3339; digits beyond the microsecond are cut off. Nil when the text is anything else.
    package init?(_ text: String) {
        let contiguous = text.utf8.withContiguousStorageIfAvailable { RFC3339.parse($0) }
        guard let parts = contiguous ?? RFC3339.parse(text.utf8) else { return nil }
        self.init(parts)
    }

    /// The same of UTF-8.
    package init?(utf8: UnsafeBufferPointer<UInt8>) {
        guard let parts = RFC3339.parse(utf8) else { return nil }
        self.init(parts)
    }

    private init(_ parts: RFC3339.Parts) {
        self.init(microseconds: parts.seconds * 1_000_000 + Int64(parts.nanoseconds / 1_000))
    }

    package static func < (left: Instant, right: Instant) -> Bool {
        left.microseconds < right.microseconds
    }

    /// Later by a span, held at the ends of what 64 bits can say.
    package static func + (instant: Instant, span: TimeSpan) -> Instant {
        let (sum, overflow) = instant.microseconds.addingReportingOverflow(span.microseconds)
        return overflow ? (span.microseconds > 0 ? .distantFuture : .distantPast) : Instant(microseconds: sum)
    }

    /// Earlier by a span, held at the ends of what 64 bits can say.
    package static func - (instant: Instant, span: TimeSpan) -> Instant {
        // Not by adding the opposite: the lowest value has none.
        let (difference, overflow) = instant.microseconds.subtractingReportingOverflow(span.microseconds)
        return overflow
            ? (span.microseconds > 0 ? .distantPast : .distantFuture) : Instant(microseconds: difference)
    }

    package static func - (left: Instant, right: Instant) -> TimeSpan {
        let (difference, overflow) = left.microseconds.subtractingReportingOverflow(right.microseconds)
        return TimeSpan(microseconds: overflow ? (left > right ? .max : .min) : difference)
    }

    /// Before everything; stands for "always has been".
    package static let distantPast = Instant(microseconds: .min)
    /// After everything; stands for "until further notice".
    package static let distantFuture = Instant(microseconds: .max)

    /// RFC 3339 in UTC, with as many fraction digits as are needed.
    package var description: String {
        if self == .distantPast { return "always" }
        if self == .distantFuture { return "open" }
        let parts = parts
        return RFC3339.format(seconds: parts.seconds, nanoseconds: parts.nanoseconds)
    }

    /// Whether a text is the description of an instant that it can be read as, to the byte.
    package static func isDescription(_ text: String) -> Bool {
        let isPlain = text.utf8.withContiguousStorageIfAvailable { units in
            RFC3339.parse(units).map { RFC3339.isFormat(of: Instant($0).parts, units) } ?? false
        }
        return isPlain ?? (Instant(text)?.description.hasSameBytes(as: text) ?? false)
    }

    /// Appends the bytes of the description.
    func append(to bytes: inout [UInt8]) {
        let parts = parts
        if !RFC3339.append(seconds: parts.seconds, nanoseconds: parts.nanoseconds, to: &bytes) {
            bytes.append(contentsOf: description.utf8)
        }
    }

    private var parts: RFC3339.Parts {
        let seconds = RFC3339.floorDivide(microseconds, 1_000_000)
        // Not by multiplying back, which overflows near the distant past.
        let remainder = microseconds % 1_000_000
        let fraction = remainder < 0 ? remainder + 1_000_000 : remainder
        return RFC3339.Parts(seconds: seconds, nanoseconds: Int32(fraction) * 1_000)
    }
}

/// A length of time in whole microseconds; may be negative.
package struct TimeSpan: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let microseconds: Int64

    package init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    package static func < (left: TimeSpan, right: TimeSpan) -> Bool {
        left.microseconds < right.microseconds
    }

    package static func + (left: TimeSpan, right: TimeSpan) -> TimeSpan {
        let (sum, overflow) = left.microseconds.addingReportingOverflow(right.microseconds)
        return overflow
            ? TimeSpan(microseconds: left.microseconds > 0 ? .max : .min) : TimeSpan(microseconds: sum)
    }

    package static func seconds(_ count: Int64) -> TimeSpan { times(count, 1_000_000) }
    package static func minutes(_ count: Int64) -> TimeSpan { times(count, 60_000_000) }
    package static func hours(_ count: Int64) -> TimeSpan { times(count, 3_600_000_000) }
    package static func days(_ count: Int64) -> TimeSpan { times(count, 86_400_000_000) }
    package static let zero = TimeSpan(microseconds: 0)

    /// Held at the ends of what 64 bits can say.
    private static func times(_ count: Int64, _ unit: Int64) -> TimeSpan {
        let (product, overflow) = count.multipliedReportingOverflow(by: unit)
        return TimeSpan(microseconds: overflow ? (count > 0 ? .max : .min) : product)
    }

    private static let units: [(name: String, microseconds: Int64)] = [
        ("d", 86_400_000_000), ("h", 3_600_000_000), ("m", 60_000_000), ("s", 1_000_000), ("ms", 1_000),
        ("us", 1),
    ]

    /// Reads `24h`, `90d`, `2m`, `1d12h`: whole numbers with a unit (d, h, m, s, ms, us), largest first, at least one.
    package init?(_ text: String) {
        var rest = text[...]
        var total: Int64 = 0
        var previous = Int64.max
        if rest.isEmpty { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(name.count)
            guard let count = Int64(digits), let unit = Self.units.first(where: { $0.name == name }),
                unit.microseconds < previous
            else { return nil }
            let (product, overflow) = count.multipliedReportingOverflow(by: unit.microseconds)
            let (sum, overflowSum) = total.addingReportingOverflow(product)
            if overflow || overflowSum { return nil }
            total = sum
            previous = unit.microseconds
        }
        microseconds = total
    }

    /// As a person would write it: a day or a few in hours, where these are whole (`26h`, not `1d2h`). `init(_:)` reads it
    /// back; what is sealed has the description.
    package var spoken: String {
        let (hours, rest) = microseconds.quotientAndRemainder(dividingBy: 3_600_000_000)
        return rest == 0 && hours % 24 != 0 && hours.magnitude < 100 ? "\(hours)h" : description
    }

    /// The shortest text that `init(_:)` reads back.
    package var description: String {
        if microseconds == 0 { return "0s" }
        var rest = microseconds.magnitude
        var text = microseconds < 0 ? "-" : ""
        for unit in Self.units {
            let (count, remainder) = rest.quotientAndRemainder(dividingBy: unit.microseconds.magnitude)
            if count > 0 { text += "\(count)\(unit.name)" }
            rest = remainder
        }
        return text
    }
}
