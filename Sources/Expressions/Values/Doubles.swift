/// Text of doubles: what CEL's `string()` gives, and what the conformance files hold.
enum Doubles {
    /// The shortest decimal that reads back exactly, or `NaN`, `Infinity`, `-Infinity`.
    static func shortest(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
        return value.description
    }

    /// CEL's `string(double)`, which is Go's format `g`: an exponent of at least two digits below 1e-4 and from the
    /// seventh digit before the point.
    static func text(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        let (digits, point) = decimal(value)
        let sign = value.sign == .minus ? "-" : ""
        let exponent = point - 1
        if digits == "0" { return sign + "0" }
        if exponent < -4 || exponent >= 6 {
            return sign + scientific(digits, exponent)
        }
        return sign + plain(digits, point)
    }

    /// Significant digits without zeros at either end, and how many stand before the point.
    private static func decimal(_ value: Double) -> (digits: String, point: Int) {
        var mantissa = value.magnitude.description
        var exponent = 0
        if let mark = mantissa.firstIndex(of: "e") {
            exponent = Int(mantissa[mantissa.index(after: mark)...]) ?? 0
            mantissa = String(mantissa[..<mark])
        }
        let parts = mantissa.split(separator: ".", omittingEmptySubsequences: false)
        let whole = String(parts.first ?? "0")
        let fraction = parts.count > 1 ? String(parts[1]) : ""
        var digits = Substring(whole + fraction)
        var point = whole.utf8.count + exponent
        while digits.first == "0", digits.utf8.count > 1 {
            digits.removeFirst()
            point -= 1
        }
        while digits.last == "0", digits.utf8.count > 1 { digits.removeLast() }
        return (String(digits), point)
    }

    private static func scientific(_ digits: String, _ exponent: Int) -> String {
        let size = String(exponent.magnitude)
        let tail = digits.dropFirst()
        return String(digits.prefix(1)) + (tail.isEmpty ? "" : "." + tail) + "e" + (exponent < 0 ? "-" : "+")
            + (size.utf8.count < 2 ? "0" : "") + size
    }

    private static func plain(_ digits: String, _ point: Int) -> String {
        let count = digits.utf8.count
        if point <= 0 { return "0." + String(repeating: "0", count: -point) + digits }
        if point >= count { return digits + String(repeating: "0", count: point - count) }
        return String(digits.prefix(point)) + "." + digits.dropFirst(point)
    }
}
