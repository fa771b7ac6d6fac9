import Formats
import Ledger
import Storage

extension EvidenceReader {
    /// Hands over the items of a batch one by one, so that a large batch never sits in memory. Erased
    /// ones are passed over.
    ///
    /// What was handed over is proven only once this returns without error.
    func forEachItem(
        _ row: BatchRow, _ statement: BatchStatement, _ body: (_ item: Int, _ fact: Fact) throws -> Void
    ) throws {
        var reading = PayloadReading()
        do {
            try blobs.read(row.payload) { chunk in
                var found: [(item: Int, fact: Fact)] = []
                try reading.append(chunk) { item, line in
                    if let fact = line.fact { found.append((item, fact)) }
                }
                for (item, fact) in found { try body(item, fact) }
            }
            try reading.finish(statement.population)
        } catch let error as PayloadError {
            throw RecordError.payload(leaf: row.leaf, error)
        }
    }

    /// The digest over the leaf hashes of some batches, as `HistoryCollector` computes it.
    func evidenceDigest(_ rows: [BatchRow]) throws -> Digest {
        var wanted = rows.map(\.leaf)[...]
        var digest = RunningDigest()
        try database.query(
            "SELECT e.leaf, e.bytes FROM batch b JOIN entry e ON e.leaf = b.leaf ORDER BY b.leaf"
        ) { row in
            let leaf = Int(try row.integer(0))
            guard wanted.first == leaf else { return }
            wanted.removeFirst()
            digest.update(MerkleTree.leafHash(try row.bytes(1)).bytes)
        }
        if let missing = wanted.first { throw RecordError.missingEntry(leaf: missing) }
        return digest.finish()
    }
}
