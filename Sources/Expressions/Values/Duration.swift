package import Formats

extension Value {
    /// A length of time in nanoseconds, up to 292 years either way.
    package struct Duration: Sendable, Hashable, Comparable {
        package let nanoseconds: Int64

        package init(nanoseconds: Int64) {
            self.nanoseconds = nanoseconds
        }

        /// A length of ours; beyond 292 years it is held at the end.
        package init(_ span: TimeSpan) {
            let (product, overflow) = span.microseconds.multipliedReportingOverflow(by: 1_000)
            nanoseconds = overflow ? (span.microseconds > 0 ? .max : .min) : product
        }

        /// The length in whole microseconds; what is finer is cut off.
        package var span: TimeSpan { TimeSpan(microseconds: nanoseconds / 1_000) }

        /// Whole seconds, cut toward zero.
        var wholeSeconds: Int64 { nanoseconds / 1_000_000_000 }
        /// What is left below the second, with the sign of the whole.
        var fraction: Int64 { nanoseconds % 1_000_000_000 }

        package static func < (left: Duration, right: Duration) -> Bool {
            left.nanoseconds < right.nanoseconds
        }

        /// Seconds with as many fraction digits as are needed, and `s`: `-1.5s`.
        package var text: String {
            let size = nanoseconds.magnitude
            var text = (nanoseconds < 0 ? "-" : "") + String(size / 1_000_000_000)
            let fraction = size % 1_000_000_000
            if fraction > 0 {
                var digits = String(fraction)
                digits = String(repeating: "0", count: 9 - digits.utf8.count) + digits
                while digits.hasSuffix("0") { digits.removeLast() }
                text += "." + digits
            }
            return text + "s"
        }

        private static let units: [(name: String, nanoseconds: Int64)] = [
            ("ns", 1), ("us", 1_000), ("µs", 1_000), ("μs", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000),
            ("m", 60_000_000_000), ("h", 3_600_000_000_000),
        ]

        /// Reads `1h30m`, `-1.5s`, `0`: decimal numbers, each with a unit (h, m, s, ms, us, ns), and one sign before
        /// them all. There is no day here; that is what the function `days` is for.
        package init?(_ text: String) {
            var rest = Substring(text).unicodeScalars
            var negative = false
            if let sign = rest.first, sign == "-" || sign == "+" {
                negative = sign == "-"
                rest.removeFirst()
            }
            if String(rest) == "0" {
                nanoseconds = 0
                return
            }
            if rest.isEmpty { return nil }
            var total: Int64 = 0
            while !rest.isEmpty {
                guard let part = Self.part(&rest) else { return nil }
                let (sum, overflow) = total.addingReportingOverflow(part)
                if overflow { return nil }
                total = sum
            }
            nanoseconds = negative ? -total : total
        }

        private static func part(_ rest: inout Substring.UnicodeScalarView) -> Int64? {
            let whole = digits(&rest)
            var decimals = ""
            if rest.first == "." {
                rest.removeFirst()
                decimals = digits(&rest)
            }
            if whole.isEmpty && decimals.isEmpty { return nil }
            let name = String(rest.prefix { $0 != "." && !("0"..."9").contains($0) })
            rest.removeFirst(name.unicodeScalars.count)
            guard let unit = units.first(where: { $0.name.hasSameBytes(as: name) }) else { return nil }
            guard let count = whole.isEmpty ? 0 : Int64(whole) else { return nil }
            let (product, overflow) = count.multipliedReportingOverflow(by: unit.nanoseconds)
            if overflow { return nil }
            // Decimals finer than a nanosecond are cut off, so only as many as the unit can use are read.
            var fraction: Int64 = 0
            var weight = unit.nanoseconds
            for digit in decimals.utf8 {
                if weight < 10 && weight > 0 { break }
                weight /= 10
                fraction += Int64(digit - 0x30) * weight
            }
            let (sum, overflowSum) = product.addingReportingOverflow(fraction)
            return overflowSum ? nil : sum
        }

        private static func digits(_ rest: inout Substring.UnicodeScalarView) -> String {
            let digits = String(rest.prefix { ("0"..."9").contains($0) })
            rest.removeFirst(digits.utf8.count)
            return digits
        }
    }
}
