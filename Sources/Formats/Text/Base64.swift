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
        let count = units.count
        // A digit alone holds no byte.
        guard count % 4 != 1 else { return nil }
        var isGood = true
        let bytes = [UInt8](unsafeUninitializedCapacity: count * 3 / 4) { bytes, filled in
            values.withUnsafeBufferPointer { values in
                var (group, bits) = (0, 0)
                for place in 0..<count {
                    let value = values[Int(units[place])]
                    guard value < 64 else {
                        isGood = false
                        return
                    }
                    group = (group << 6 | Int(value)) & 0xFFFF
                    bits += 6
                    if bits >= 8 {
                        bits -= 8
                        bytes[filled] = UInt8(truncatingIfNeeded: group >> bits)
                        filled += 1
                    }
                }
                // What is left over of the last digit must be nothing, or the value had a second spelling.
                if group & (1 << bits - 1) != 0 { isGood = false }
            }
        }
        return isGood ? bytes : nil
    }
}
