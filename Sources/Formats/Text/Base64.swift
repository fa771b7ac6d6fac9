/// Standard base64 with padding (RFC 4648 §4), one spelling per value.
package enum Base64 {
    private static let digits = Base64Digits()

    package static func encode(_ bytes: some Collection<UInt8>) -> String { digits.encode(bytes) }

    /// The bytes; nil for anything but the one canonical spelling, so that a changed character never goes unseen.
    package static func decode(_ text: String) -> [UInt8]? { digits.decode(text) }
}

/// The 64 digits, and what each of them is worth.
struct Base64Digits: Sendable {
    private let alphabet: [UInt8]
    /// By byte; 64 for a byte that is no digit.
    private let values: [UInt8]

    /// - Parameter last: the two digits behind letters and numbers.
    init(last: String = "+/") {
        alphabet = Array(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789\(last)".utf8)
        var values = [UInt8](repeating: 64, count: 256)
        for (value, digit) in alphabet.enumerated() { values[Int(digit)] = UInt8(value) }
        self.values = values
    }

    func encode(_ bytes: some Collection<UInt8>) -> String {
        let text = bytes.withContiguousStorageIfAvailable { encode(contiguous: $0) }
        return text ?? Array(bytes).withUnsafeBufferPointer { encode(contiguous: $0) }
    }

    private func encode(contiguous bytes: UnsafeBufferPointer<UInt8>) -> String {
        alphabet.withUnsafeBufferPointer { alphabet in
            // Three bytes are four digits; one or two that are left over, two or three.
            let digits = (bytes.count * 4 + 2) / 3
            let length = (bytes.count + 2) / 3 * 4
            return String(unsafeUninitializedCapacity: length) { units in
                var (from, to) = (0, 0)
                while from < bytes.count {
                    let second = from + 1 < bytes.count ? bytes[from + 1] : 0
                    let third = from + 2 < bytes.count ? bytes[from + 2] : 0
                    let group = Int(bytes[from]) << 16 | Int(second) << 8 | Int(third)
                    for digit in 0..<min(4, digits - to) {
                        units[to + digit] = alphabet[group >> (18 - 6 * digit) & 63]
                    }
                    from += 3
                    to += 4
                }
                for place in digits..<length { units[place] = UInt8(ascii: "=") }
                return length
            }
        }
    }

    func decode(_ text: String) -> [UInt8]? {
        var text = text
        return text.withUTF8 { decode($0) }
    }

    private func decode(_ units: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        var count = units.count
        guard count.isMultiple(of: 4) else { return nil }
        // Two at most; a third one is no digit and refused as such.
        for _ in 0..<2 where count > 0 && units[count - 1] == UInt8(ascii: "=") { count -= 1 }
        return decode(digits: UnsafeBufferPointer(rebasing: units[..<count]))
    }

    /// The bytes that digits alone stand for, without padding.
    func decode(digits units: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        return append(digits: units, to: &bytes) ? bytes : nil
    }

    /// Appends those bytes; where there are none for all digits, false, and what was appended is of no use.
    func append(digits units: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) -> Bool {
        // A digit alone holds no byte.
        let rest = units.count % 4
        guard rest != 1 else { return false }
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: units.count * 3 / 4))
        return bytes.withUnsafeMutableBufferPointer { bytes in
            values.withUnsafeBufferPointer { values in
                var (from, to) = (0, start)
                func value(_ place: Int) -> UInt32 { UInt32(values[Int(units[from + place])]) }
                // Sets bits above the six of a digit for a byte that is none.
                var seen: UInt32 = 0
                while from + 4 <= units.count {
                    let (first, second, third, fourth) = (value(0), value(1), value(2), value(3))
                    seen |= first | second | third | fourth
                    bytes[to] = UInt8(truncatingIfNeeded: first << 2 | second >> 4)
                    bytes[to + 1] = UInt8(truncatingIfNeeded: second << 4 | third >> 2)
                    bytes[to + 2] = UInt8(truncatingIfNeeded: third << 6 | fourth)
                    from += 4
                    to += 3
                }
                if rest == 0 { return seen < 64 }
                let (first, second, third) = (value(0), value(1), rest == 3 ? value(2) : 0)
                seen |= first | second | third
                bytes[to] = UInt8(truncatingIfNeeded: first << 2 | second >> 4)
                if rest == 3 { bytes[to + 1] = UInt8(truncatingIfNeeded: second << 4 | third >> 2) }
                // What is left over of the last digit must be nothing, or the value had a second spelling.
                return seen < 64 && (rest == 3 ? third & 0b11 : second & 0b1111) == 0
            }
        }
    }
}
