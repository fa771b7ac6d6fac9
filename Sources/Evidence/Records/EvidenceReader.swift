package import Catalog
package import Formats
package import Ledger
package import Storage

/// A batch as it is read back: what the log states, and the proven items.
package struct SealedBatch: Sendable {
    package let leaf: Int
    package let leafHash: Digest
    package let statement: BatchStatement
    package let lines: [PayloadLine]
}

/// What the log states of a batch whose items are still to be read.
package struct OpenedBatch: Sendable {
    package let row: BatchRow
    package let leafHash: Digest
    package let statement: BatchStatement

    package var leaf: Int { row.leaf }
}

/// Reads evidence back from the log and the payloads. The database only says where to look.
package struct EvidenceReader {
    let database: any Reading
    let blobs: any BlobStore

    package init(_ database: any Reading, blobs: any BlobStore) {
        self.database = database
        self.blobs = blobs
    }

    /// A batch, its items not yet read.
    package func opened(_ leaf: Int) throws -> OpenedBatch {
        guard let row = try EvidenceTables.batches(database).first(where: { $0.leaf == leaf }) else {
            throw RecordError.notABatch(leaf: leaf)
        }
        return try opened(row)
    }

    /// The batch of a row of the index, with what its entry states.
    ///
    /// - Throws: where the entry is missing, or of no batch.
    package func opened(_ row: BatchRow) throws -> OpenedBatch {
        guard let entry = try LogTable.entry(row.leaf, database) else {
            throw RecordError.missingEntry(leaf: row.leaf)
        }
        guard let statement = BatchStatement(entry.statement) else {
            throw RecordError.notABatch(leaf: row.leaf)
        }
        return OpenedBatch(row: row, leafHash: entry.leafHash, statement: statement)
    }

    /// What the log states of a batch; nil when the entry is missing or of another type.
    package func statement(_ leaf: Int) throws -> BatchStatement? {
        try LogTable.entry(leaf, database).flatMap { BatchStatement($0.statement) }
    }

    /// A batch with its items, proven against the population root in its log entry.
    package func batch(_ row: BatchRow) throws -> SealedBatch {
        guard let entry = try LogTable.entry(row.leaf, database) else {
            throw RecordError.missingEntry(leaf: row.leaf)
        }
        return try SealedBatch(leaf: row.leaf, entry: entry, payload: try blobs.get(row.payload))
    }

    /// All evidence that was known at an instant, with a digest over the batches that hold it.
    ///
    /// - Parameters:
    ///   - end: batches from this log entry on are left out too.
    ///   - inferredUntil: how far snapshots are taken to hold on, where that is not the time of knowledge.
    package func history(
        kinds: KindCatalog, knownAt: Instant, before end: Int = .max, inferredUntil: Instant? = nil,
        progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) throws -> (history: History, digest: Digest) {
        var collector = HistoryCollector(kinds: kinds, knownAt: knownAt, inferredUntil: inferredUntil)
        let rows = try EvidenceTables.batches(database)
        for (done, row) in rows.enumerated() where row.recorded <= knownAt && row.leaf < end {
            guard let entry = try LogTable.entry(row.leaf, database) else {
                throw RecordError.missingEntry(leaf: row.leaf)
            }
            try collector.add(leaf: row.leaf, entry) { batch, take in
                try forEachStretch(row, batch, { $0 }, take)
            }
            progress(done + 1, rows.count)
        }
        return collector.finish()
    }
}

extension SealedBatch {
    /// Opens a batch's entry and proves its payload.
    package init(leaf: Int, entry: LogEntry, payload: [UInt8]) throws {
        guard let batch = BatchStatement(entry.statement) else { throw RecordError.notABatch(leaf: leaf) }
        self.leaf = leaf
        leafHash = entry.leafHash
        self.statement = batch
        do {
            lines = try Payload.open(payload, batch.population)
        } catch {
            throw RecordError.payload(leaf: leaf, error)
        }
    }
}

/// Gathers sealed batches, in log order, into a history and the digest that identifies it.
package struct HistoryCollector {
    private var builder: HistoryBuilder
    private var digest = RunningDigest()
    private let knownAt: Instant

    package init(kinds: KindCatalog, knownAt: Instant, inferredUntil: Instant? = nil) {
        builder = HistoryBuilder(knownAt: knownAt, kinds: kinds.kinds, inferredUntil: inferredUntil)
        self.knownAt = knownAt
    }

    /// Adds a batch; one that was recorded later than the time of knowledge is passed over.
    package mutating func add(_ batch: SealedBatch) {
        guard batch.statement.recorded <= knownAt else { return }
        digest.update(batch.leafHash.bytes)
        builder.add(batch.statement, leaf: batch.leaf, batch.lines)
    }

    /// The same of a batch that is never in memory as a whole.
    ///
    /// - Parameter facts: hands over the batch's facts in stretches, each with the number of its first item, erased ones
    ///   as nil, and throws unless they are proven.
    package mutating func add(
        leaf: Int, _ entry: LogEntry,
        _ facts: (
            _ batch: BatchStatement, _ take: (_ first: Int, _ facts: [Fact?]) throws -> Void
        ) throws -> Void
    ) throws {
        guard let batch = BatchStatement(entry.statement) else { throw RecordError.notABatch(leaf: leaf) }
        guard batch.recorded <= knownAt else { return }
        digest.update(entry.leafHash.bytes)
        builder.begin(batch, leaf: leaf)
        try facts(batch) { builder.add($1, of: batch, leaf: leaf, first: $0) }
    }

    package func finish() -> (history: History, digest: Digest) {
        (builder.build(), digest.finish())
    }
}
