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

    /// Takes the next bytes, and hands over the lines that end in them.
    package mutating func append(
        _ chunk: [UInt8], _ body: (_ item: Int, _ line: PayloadLine) throws(PayloadError) -> Void
    ) throws(PayloadError) {
        var start = 0
        if rest.isEmpty { rest = chunk } else { rest += chunk }
        while let end = rest[start...].firstIndex(of: 0x0A) {
            let line: PayloadLine
            do {
                line = try PayloadLine(parsing: Array(rest[start..<end]))
            } catch {
                throw .line(tree.size + 1, error.description)
            }
            try body(tree.size, line)
            tree.append(line.leafHash)
            start = end + 1
        }
        rest.removeFirst(start)
        if rest.count > Payload.lineLimit {
            throw .line(tree.size + 1, "it is longer than \(Payload.lineLimit) bytes")
        }
    }

    /// Compares everything that was read with what the log states.
    package func finish(_ population: Population) throws(PayloadError) {
        if !rest.isEmpty { throw .unterminated }
        if tree.size != population.count { throw .count(found: tree.size, stated: population.count) }
        if tree.root != population.root { throw .root }
    }
}
