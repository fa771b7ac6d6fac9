/// The running checksum of ZIP (ISO 3309, polynomial 0xEDB88320). It finds damage, not forgery.
package struct CRC32: Sendable {
    // Sixteen tables let sixteen bytes be taken at a time; table n holds a byte's effect n bytes further on.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 16 * 256)
        for byte in 0..<256 {
            var value = UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
            tables[byte] = value
        }
        for index in 256..<tables.count {
            let value = tables[index - 256]
            tables[index] = value >> 8 ^ tables[Int(value & 0xFF)]
        }
        return tables
    }()

    private var state: UInt32 = .max

    package init() {}

    /// The checksum of what was taken in so far.
    package var value: UInt32 { ~state }

    /// Takes in the next bytes.
    package mutating func update(_ bytes: [UInt8]) {
        var crc = state
        Self.tables.withUnsafeBufferPointer { table in
            bytes.withUnsafeBytes { bytes in
                var at = 0
                func eight(_ start: Int) -> UInt64 {
                    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self))
                }
                while at + 16 <= bytes.count {
                    let (first, second) = (eight(at) ^ UInt64(crc), eight(at + 8))
                    crc = 0
                    for byte in 0..<8 {
                        crc ^= table[(15 - byte) << 8 | Int(first >> UInt64(byte * 8) & 0xFF)]
                        crc ^= table[(7 - byte) << 8 | Int(second >> UInt64(byte * 8) & 0xFF)]
                    }
                    at += 16
                }
                while at < bytes.count {
                    crc = crc >> 8 ^ table[Int((crc ^ UInt32(bytes[at])) & 0xFF)]
                    at += 1
                }
            }
        }
        state = crc
    }

    /// The checksum of the bytes.
    package static func of(_ bytes: [UInt8]) -> UInt32 {
        var crc = CRC32()
        crc.update(bytes)
        return crc.value
    }
}
