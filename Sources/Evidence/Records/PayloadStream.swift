import Formats
import Ledger
import Storage

extension EvidenceReader {
    /// Hands over the items of a batch one by one, so that a large batch never sits in memory.
    ///
    /// What was handed over is proven only once this returns without error.
    func forEachItem(
        _ row: BatchRow, _ statement: BatchStatement, _ body: (_ item: Int, _ fact: Fact) throws -> Void
    ) throws {
        var tree = MerkleAccumulator()
        var rest: [UInt8] = []
        do {
            try blobs.read(row.payload) { chunk in
                rest += chunk
                var start = 0
                while let end = rest[start...].firstIndex(of: 0x0A) {
                    let line: PayloadLine
                    do throws(PayloadError) {
                        line = try PayloadLine(parsing: Array(rest[start..<end]))
                    } catch {
                        throw PayloadError.line(tree.size + 1, error.description)
                    }
                    try body(tree.size, line.fact)
                    tree.append(line.leafHash)
                    start = end + 1
                }
                rest.removeFirst(start)
            }
            if !rest.isEmpty { throw PayloadError.unterminated }
            let population = statement.population
            if tree.size != population.count {
                throw PayloadError.count(found: tree.size, stated: population.count)
            }
            if tree.root != population.root { throw PayloadError.root }
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
