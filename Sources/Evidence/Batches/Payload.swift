import Formats
import Ledger

/// A batch's payload: its lines in population order, each ended by LF.
package enum Payload {
    /// Longest line that is read; a record is far shorter.
    package static let lineLimit = 16 << 20

    /// Reads all lines and proves them against the population that the log states.
    package static func open(_ bytes: [UInt8], _ population: Population) throws(PayloadError) -> [PayloadLine]
    {
        var lines: [PayloadLine] = []
        // The stated count is not to be trusted with memory before the lines are there; none is shorter than this.
        lines.reserveCapacity(min(population.count, bytes.count / 64))
        var reading = PayloadReading()
        try reading.append(bytes) { lines.append($1) }
        try reading.finish(population)
        return lines
    }
}

/// Reads a payload piece by piece, so that a large batch never sits in memory. What was handed over is proven only once
/// `finish` returns.
package struct PayloadReading {
    private var tree = MerkleAccumulator()
    private var rest: [UInt8] = []

    package init() {}

    /// Takes the next bytes, and hands over the lines that end in them. All cores read and hash; the lines come in their
    /// order.
    package mutating func append(
        _ chunk: [UInt8], _ body: (_ item: Int, _ line: PayloadLine) throws(PayloadError) -> Void
    ) throws(PayloadError) {
        let bytes = rest.isEmpty ? chunk : rest + chunk
        let places = Self.lines(in: bytes)
        for found in Self.parsed(bytes, places) {
            let line: PayloadLine
            do {
                line = try found.get()
            } catch {
                throw .line(tree.size + 1, error.description)
            }
            try body(tree.size, line)
            tree.append(line.leafHash)
        }
        rest = Array(bytes[(places.last.map { $0.upperBound + 1 } ?? 0)...])
        if rest.count > Payload.lineLimit {
            throw .line(tree.size + 1, "it is longer than \(Payload.lineLimit) bytes")
        }
    }

    /// Where the lines stand, without their ends.
    private static func lines(in bytes: [UInt8]) -> [Range<Int>] {
        var places: [Range<Int>] = []
        var start = 0
        while let end = bytes[start...].firstIndex(of: 0x0A) {
            places.append(start..<end)
            start = end + 1
        }
        return places
    }

    private static func parsed(
        _ bytes: [UInt8], _ places: [Range<Int>]
    ) -> [Result<PayloadLine, PayloadError>] {
        Parallel.chunks(places.count, atLeast: 32) { stretch in
            stretch.map { index in
                Result { () throws(PayloadError) in try PayloadLine(parsing: Array(bytes[places[index]])) }
            }
        }.flatMap(\.self)
    }

    /// Compares everything that was read with what the log states.
    package func finish(_ population: Population) throws(PayloadError) {
        if !rest.isEmpty { throw .unterminated }
        if tree.size != population.count { throw .count(found: tree.size, stated: population.count) }
        if tree.root != population.root { throw .root }
    }
}
