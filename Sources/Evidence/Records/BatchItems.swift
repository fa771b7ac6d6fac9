import Formats
import Ledger
import Storage

/// What is found in the lines of a batch, one after the other, for who pulls: a batch of any length is compared with what
/// comes in the same order from elsewhere, and never sits in memory.
///
/// What was given out is proven once `next` has given nil.
struct BatchItems<Item: Sendable> {
    private let leaf: Int
    private let population: Population
    private let pieces: ByteStream
    private var reading: PayloadReading<[Item]>
    /// Stretches that nobody has asked for yet, and how far the first of them was given out.
    private var waiting: [[Item]] = []
    private var place = 0
    private var isAtEnd = false

    /// - Parameters:
    ///   - form: the form in which the lines are wanted.
    ///   - find: runs on all cores, with lines that stand together, and gives an item for each.
    init<Line>(
        of batch: OpenedBatch, in reader: EvidenceReader, as form: PayloadForm<Line>,
        _ find: @escaping @Sendable ([Line]) throws -> [Item]
    ) throws {
        leaf = batch.leaf
        population = batch.statement.population
        pieces = ByteStream(try reader.blobs.pieces(of: batch.row.payload))
        reading = PayloadReading(form, find)
    }

    /// The next item; nil behind the last one.
    mutating func next() throws -> Item? {
        while true {
            if let stretch = waiting.first, place < stretch.count {
                place += 1
                return stretch[place - 1]
            }
            place = 0
            if !waiting.isEmpty {
                waiting.removeFirst()
            } else if isAtEnd {
                return nil
            } else {
                try more()
            }
        }
    }

    private mutating func more() throws {
        var found: [[Item]] = []
        let piece = try pieces.next()
        do {
            if piece.isEmpty {
                isAtEnd = true
                try reading.finish(population) { found.append($1) }
            } else {
                try reading.append(piece) { found.append($1) }
            }
        } catch let error as PayloadError {
            throw RecordError.payload(leaf: leaf, error)
        }
        waiting = found
    }
}
