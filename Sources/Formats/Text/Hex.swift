/// Lower-case hexadecimal.
package enum Hex {
    private static let digits = Array("0123456789abcdef".utf8)

    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        // Bytes in a row are read in place: a collection of unknown type costs a call for each.
        let text = bytes.withContiguousStorageIfAvailable { encode(contiguous: $0) }
        return text ?? Array(bytes).withUnsafeBufferPointer { encode(contiguous: $0) }
    }

    /// Appends the digits of some bytes.
    package static func append(_ bytes: UnsafeRawBufferPointer, to text: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: bytes.count * 2) { units in
            digits.withUnsafeBufferPointer { digits in
                for (index, byte) in bytes.enumerated() {
                    units[2 * index] = digits[Int(byte >> 4)]
                    units[2 * index + 1] = digits[Int(byte & 15)]
                }
            }
            text.append(contentsOf: units)
        }
    }

    private static func encode(contiguous bytes: UnsafeBufferPointer<UInt8>) -> String {
        digits.withUnsafeBufferPointer { digits in
            String(unsafeUninitializedCapacity: bytes.count * 2) { units in
                for (index, byte) in bytes.enumerated() {
                    units[2 * index] = digits[Int(byte >> 4)]
                    units[2 * index + 1] = digits[Int(byte & 15)]
                }
                return bytes.count * 2
            }
        }
    }

    /// The bytes of a text of lower-case digit pairs; nil for anything else, so that every value has one spelling.
    package static func decode(_ text: String) -> [UInt8]? {
        let units = Array(text.utf8)
        guard units.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(units.count / 2)
        for index in stride(from: 0, to: units.count, by: 2) {
            guard let high = digit(units[index]), let low = digit(units[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func digit(_ unit: UInt8) -> UInt8? {
        switch unit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): unit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): unit - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
