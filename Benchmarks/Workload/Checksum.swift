import Crypto
import Evidence
import Formats

/// The SHA-256 over all rows of all kinds, equal in every implementation of the generator.
///
/// For each kind in order, for each row, little-endian: key (4 bytes), start (8), end (8, states only), known (8),
/// superseded (8), then the fields: flags 1 byte, texts 4, numbers and times 8. After the rows of a kind, its coverage:
/// start and end of each interval (8 each).
package struct WorkloadChecksum {
    package let hexadecimal: String
    /// Rows of each kind, corrections included.
    package let rows: [(kind: WorkloadKind, count: Int)]

    package init(_ evidence: SeededEvidence) throws {
        var hash = SHA256()
        var rows: [(WorkloadKind, Int)] = []
        for kind in WorkloadKind.all {
            var count = 0
            try evidence.stream(kind) { table in
                count += table.count
                hash.update(data: Self.bytes(table))
            }
            rows.append((kind, count))
            var bytes: [UInt8] = []
            for interval in evidence.coverage(kind).intervals {
                Self.append(interval.start.microseconds, to: &bytes)
                Self.append(interval.end.microseconds, to: &bytes)
            }
            hash.update(data: bytes)
        }
        hexadecimal = hash.finalize().map { byte in
            let text = String(byte, radix: 16)
            return byte < 16 ? "0" + text : text
        }.joined()
        self.rows = rows
    }

    private static func bytes(_ table: FactTable) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(table.count * 64)
        for row in 0..<table.count {
            append(table.keys[row], to: &bytes)
            append(table.starts[row], to: &bytes)
            if !table.ends.isEmpty { append(table.ends[row], to: &bytes) }
            append(table.known[row], to: &bytes)
            append(table.superseded[row], to: &bytes)
            for column in table.columns {
                switch column.type {
                case .flag: bytes.append(column.flags[row])
                case .text: append(column.codes[row], to: &bytes)
                case .whole, .time: append(column.numbers[row], to: &bytes)
                }
            }
        }
        return bytes
    }

    private static func append<Number: FixedWidthInteger>(_ number: Number, to bytes: inout [UInt8]) {
        for shift in stride(from: 0, to: Number.bitWidth, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }
}
