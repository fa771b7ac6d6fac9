import Formats
import Glibc
import Ledger

/// The form in which the lines of a payload are wanted.
package struct PayloadForm<Line: Sendable>: Sendable {
    /// Reads so many lines, each of which has its end, and gives their leaf hashes beside them.
    let read: @Sendable (_ bytes: [UInt8], _ count: Int) throws -> (lines: [Line], hashes: [Digest])
}

extension PayloadForm<PayloadLine> {
    /// Everything that a line tells.
    package static var lines: PayloadForm {
        PayloadForm { bytes, count in
            let lines = try PayloadLines.read(bytes, count) { bytes throws(PayloadError) in
                try PayloadLine(parsing: Array(bytes))
            }
            return (lines, lines.map(\.leafHash))
        }
    }
}

extension PayloadForm<LineOutline> {
    /// For who asks nothing of the fields, so that none of them becomes a value.
    package static var outlines: PayloadForm {
        PayloadForm { bytes, count in
            let lines = try PayloadLines.read(bytes, count) { bytes throws(PayloadError) in
                try LineOutline(parsing: bytes)
            }
            return (lines, lines.map(\.leafHash))
        }
    }
}

extension PayloadForm<IndexedLine> {
    /// For who holds the index against the lines.
    static var indexed: PayloadForm {
        PayloadForm { bytes, count in
            let lines = try PayloadLines.read(bytes, count) { bytes throws(PayloadError) in
                try IndexedLine(parsing: bytes)
            }
            return (lines, lines.map(\.outline.leafHash))
        }
    }
}

enum PayloadLines {
    /// A line that cannot be read, counted from the first one of those that stand together.
    struct BadLine: Error {
        let index: Int
        let what: String
    }

    static func count(_ bytes: [UInt8]) -> Int {
        bytes.withUnsafeBytes { EightBytes.count(UInt8(ascii: "\n"), in: $0) }
    }

    fileprivate static func read<Line>(
        _ bytes: [UInt8], _ count: Int,
        _ parse: (UnsafeBufferPointer<UInt8>) throws(PayloadError) -> Line
    ) throws -> [Line] {
        var lines: [Line] = []
        lines.reserveCapacity(count)
        try bytes.withUnsafeBufferPointer { bytes in
            var rest = bytes[...]
            while let start = UnsafeBufferPointer(rebasing: rest).baseAddress,
                let end = memchr(start, Int32(UInt8(ascii: "\n")), rest.count)
            {
                let line = rest.prefix(UnsafeRawPointer(start).distance(to: UnsafeRawPointer(end)))
                do throws(PayloadError) {
                    lines.append(try parse(UnsafeBufferPointer(rebasing: line)))
                } catch {
                    throw BadLine(index: lines.count, what: error.description)
                }
                rest = rest.dropFirst(line.count + 1)
            }
        }
        return lines
    }
}
