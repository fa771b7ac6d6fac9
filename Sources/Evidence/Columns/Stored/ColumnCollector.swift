package import Catalog
package import Formats
package import Ledger
import Storage

/// Gathers sealed batches, in log order, into columns in memory and the digest that identifies them: what
/// `HistoryCollector` gathers, ready to be swept.
package struct ColumnCollector {
    private let store = MemoryColumnStore()
    private var writer: ColumnWriter
    private var digest = RunningDigest()
    private var leaves: [Int] = []
    private let kinds: KindCatalog
    private let knownAt: Instant

    package init(kinds: KindCatalog, knownAt: Instant) throws {
        writer = try ColumnWriter(store, kinds: kinds, ColumnSizes())
        self.kinds = kinds
        self.knownAt = knownAt
    }

    /// Adds a batch; one that was recorded later than the time of knowledge is passed over.
    ///
    /// - Parameter payload: hands over the payload in pieces. Nothing of this counts unless this returns without error.
    package mutating func add(
        leaf: Int, entry: LogEntry, payload: (_ piece: ([UInt8]) throws -> Void) throws -> Void
    ) throws {
        guard let batch = BatchStatement(entry.statement) else { throw RecordError.notABatch(leaf: leaf) }
        guard batch.recorded <= knownAt else { return }
        digest.update(entry.leafHash.bytes)
        leaves.append(leaf)
        try writer.begin(batch)
        var reading = PayloadReading()
        var found: [(item: Int, fact: Fact)] = []
        do {
            try payload { piece in
                try reading.append(piece) { item, line in
                    if let fact = line.fact { found.append((item, fact)) }
                }
                for (item, fact) in found { try writer.add(fact, of: batch, leaf: leaf, item: item) }
                found.removeAll(keepingCapacity: true)
            }
            try reading.finish(batch.population)
        } catch let error as PayloadError {
            throw RecordError.payload(leaf: leaf, error)
        }
    }

    /// Everything that was added, as columns, with the digest over its batches.
    package mutating func finish() throws -> (history: ColumnHistory, digest: Digest) {
        let digest = digest.finish()
        // Sealed under no secret: nobody else sees these files.
        try writer.publish(
            ColumnState(
                logSize: 0, root: MerkleTree.emptyRoot, knownAt: knownAt, batches: leaves.count,
                evidence: digest), key: [])
        return (
            try ColumnArchive.history(writer.manifest, store, kinds, knownAt: knownAt, leaves: leaves), digest
        )
    }
}
