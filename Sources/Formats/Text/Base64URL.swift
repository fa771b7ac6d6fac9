/// Base64 with the alphabet for URLs and without padding (RFC 4648 §5), one spelling per value.
package enum Base64URL {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        let text = bytes.withContiguousStorageIfAvailable { encode(contiguous: $0) }
        return text ?? Array(bytes).withUnsafeBufferPointer { encode(contiguous: $0) }
    }

    private static func encode(contiguous bytes: UnsafeBufferPointer<UInt8>) -> String {
        alphabet.withUnsafeBufferPointer { alphabet in
            // Three bytes are four digits; one or two that are left over, two or three.
            let length = (bytes.count * 4 + 2) / 3
            return String(unsafeUninitializedCapacity: length) { units in
                var (from, to) = (0, 0)
                while from < bytes.count {
                    let second = from + 1 < bytes.count ? bytes[from + 1] : 0
                    let third = from + 2 < bytes.count ? bytes[from + 2] : 0
                    let group = Int(bytes[from]) << 16 | Int(second) << 8 | Int(third)
                    for digit in 0..<min(4, length - to) {
                        units[to + digit] = alphabet[group >> (18 - 6 * digit) & 63]
                    }
                    from += 3
                    to += 4
                }
                return length
            }
        }
    }

    /// The bytes; nil for anything but the one canonical spelling.
    package static func decode(_ text: String) -> [UInt8]? {
        var units: [UInt8] = []
        for unit in text.utf8 {
            switch unit {
            case UInt8(ascii: "-"): units.append(UInt8(ascii: "+"))
            case UInt8(ascii: "_"): units.append(UInt8(ascii: "/"))
            case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): return nil
            default: units.append(unit)
            }
        }
        while !units.count.isMultiple(of: 4) { units.append(UInt8(ascii: "=")) }
        return Base64.decode(String(decoding: units, as: UTF8.self))
    }
}
