/// All decimal digits of a finite double, which always has finitely many, for rounding without surprises.
struct ExactDecimal {
    /// Digits from the most significant on, at least one.
    private var digits: [UInt8]
    /// How many of them stand behind the point.
    private var decimals: Int

    /// The magnitude of the number; its sign is the caller's.
    init(_ number: Double) {
        let magnitude = number.magnitude
        guard magnitude != 0, magnitude.isFinite else {
            (digits, decimals) = ([0], 0)
            return
        }
        var exponent = Int(magnitude.exponent) - 52
        var significand = UInt64(magnitude.significand * 0x1p52)
        while significand.isMultiple(of: 2), exponent < 0 {
            significand /= 2
            exponent += 1
        }
        var reversed = String(significand).utf8.reversed().map { $0 - 0x30 }
        // 2^-k is 5^k / 10^k: k more digits behind the point.
        for _ in 0..<exponent.magnitude { Self.multiply(&reversed, by: exponent > 0 ? 2 : 5) }
        digits = reversed.reversed()
        decimals = exponent < 0 ? -exponent : 0
    }

    private static func multiply(_ reversed: inout [UInt8], by factor: UInt8) {
        var carry: UInt8 = 0
        for index in reversed.indices {
            let product = reversed[index] * factor + carry
            reversed[index] = product % 10
            carry = product / 10
        }
        if carry > 0 { reversed.append(carry) }
    }

    /// With so many digits behind the point, a half rounded to the even digit.
    func fixed(_ places: Int) -> String {
        var copy = self
        copy.round(to: places)
        let text = copy.digits.map { String($0) }.joined()
        let padded = String(repeating: "0", count: max(0, places + 1 - text.utf8.count)) + text
        if places == 0 { return padded }
        return padded.dropLast(places) + "." + padded.suffix(places)
    }

    /// One digit before the point, so many behind it, and an exponent of at least two digits.
    func scientific(_ places: Int) -> String {
        var copy = self
        let lead = digits.firstIndex { $0 != 0 } ?? 0
        var exponent = digits.count - decimals - 1 - lead
        if digits == [0] { exponent = 0 }
        copy.round(to: places - exponent)
        var text = copy.digits.drop { $0 == 0 }.map { String($0) }.joined()
        if text.utf8.count > places + 1 {
            text.removeLast()
            exponent += 1
        }
        text += String(repeating: "0", count: max(0, places + 1 - text.utf8.count))
        let size = String(exponent.magnitude)
        return text.prefix(1) + (places > 0 ? "." : "") + text.dropFirst() + "e" + (exponent < 0 ? "-" : "+")
            + (size.utf8.count < 2 ? "0" : "") + size
    }

    /// Brings the digits behind the point to a number that may be negative.
    private mutating func round(to places: Int) {
        if places >= decimals {
            digits += [UInt8](repeating: 0, count: places - decimals)
            decimals = places
            return
        }
        let cut = decimals - places
        if cut > digits.count { digits = [UInt8](repeating: 0, count: cut - digits.count) + digits }
        let rest = digits.suffix(cut)
        digits.removeLast(cut)
        decimals = places
        let first = rest.first ?? 0
        let isHalf = first == 5 && rest.dropFirst().allSatisfy { $0 == 0 }
        if digits.isEmpty { digits = [0] }
        guard first > 5 || (first == 5 && (!isHalf || (digits.last ?? 0) % 2 == 1)) else { return }
        var index = digits.count - 1
        while index >= 0, digits[index] == 9 {
            digits[index] = 0
            index -= 1
        }
        if index >= 0 { digits[index] += 1 } else { digits.insert(1, at: 0) }
    }
}
