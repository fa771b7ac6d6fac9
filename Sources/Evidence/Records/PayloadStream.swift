import Formats
import Ledger
import Storage

extension EvidenceReader {
    /// Hands over what is found in the facts of a batch, so that a large batch never sits in memory. Erased ones are nil.
    ///
    /// What was handed over is proven only once this returns without error.
    /// - Parameter find: runs on all cores.
    package func forEachStretch<Finding: Sendable>(
        _ row: BatchRow, _ statement: BatchStatement, _ find: @escaping @Sendable ([Fact?]) -> Finding,
        _ body: (_ first: Int, _ found: Finding) throws -> Void
    ) throws {
        try forEachStretch(row, statement, ofLines: { find($0.map(\.fact)) }, body)
    }

    /// The same of the lines that hold the facts.
    package func forEachStretch<Finding: Sendable>(
        _ row: BatchRow, _ statement: BatchStatement,
        ofLines find: @escaping @Sendable ([PayloadLine]) -> Finding,
        _ body: (_ first: Int, _ found: Finding) throws -> Void
    ) throws {
        var reading = PayloadReading(find)
        do {
            try blobs.read(row.payload) { try reading.append($0, body) }
            try reading.finish(statement.population, body)
        } catch let error as PayloadError {
            throw RecordError.payload(leaf: row.leaf, error)
        }
    }

    /// The same of a batch that was opened.
    package func forEachStretch<Finding: Sendable>(
        _ batch: OpenedBatch, ofLines find: @escaping @Sendable ([PayloadLine]) -> Finding,
        _ body: (_ first: Int, _ found: Finding) throws -> Void
    ) throws {
        try forEachStretch(batch.row, batch.statement, ofLines: find, body)
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
