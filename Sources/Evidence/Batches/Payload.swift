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
        do {
            try reading.append(bytes) { lines += $1 }
            try reading.finish(population) { lines += $1 }
        } catch let error as PayloadError {
            throw error
        } catch {
            throw .malformed("\(error)")
        }
        return lines
    }
}
