import Glibc

/// Cuts a stream of bytes into lines without ever holding more than one line and the last chunk.
///
/// A line ends at LF; a CR before it is dropped. Lines longer than the limit are reported, not kept.
package struct Lines: Sendable {
    /// A line with its number, counted from 1.
    package enum Line: Sendable, Hashable {
        case text([UInt8], number: Int)
        case tooLong(number: Int)
    }

    private let limit: Int
    private var pending: [UInt8] = []
    private var overflowing = false
    private var number = 0

    /// - Parameter limit: longest line in bytes, its end not counted.
    package init(limit: Int = 1 << 20) {
        self.limit = limit
    }

    /// The lines completed by this chunk.
    package mutating func append(_ chunk: [UInt8]) -> [Line] {
        var found: [Line] = []
        var start = 0
        while let end = Self.end(in: chunk, from: start) {
            take(chunk[start..<end])
            found.append(finishLine())
            start = end + 1
        }
        take(chunk[start...])
        return found
    }

    /// The place of the next LF.
    private static func end(in chunk: [UInt8], from start: Int) -> Int? {
        chunk.withUnsafeBytes { bytes in
            guard start < bytes.count, let base = bytes.baseAddress,
                let found = memchr(base + start, 0x0A, bytes.count - start)
            else { return nil }
            return UnsafeRawPointer(found) - base
        }
    }

    /// The last line when the stream did not end in LF; nil when nothing is left.
    package mutating func finish() -> Line? {
        pending.isEmpty && !overflowing ? nil : finishLine()
    }

    private mutating func take(_ bytes: ArraySlice<UInt8>) {
        if overflowing { return }
        // One byte of grace for the CR that finishLine drops.
        if pending.count + bytes.count > limit + 1 {
            overflowing = true
            pending.removeAll()
        } else {
            pending.append(contentsOf: bytes)
        }
    }

    private mutating func finishLine() -> Line {
        number += 1
        defer {
            pending.removeAll(keepingCapacity: true)
            overflowing = false
        }
        if pending.last == 0x0D { pending.removeLast() }
        return overflowing || pending.count > limit
            ? .tooLong(number: number) : .text(pending, number: number)
    }
}
