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
        // Each time that rows are written, those before them are looked through for the same events.
        var sizes = ColumnSizes()
        sizes.heldRows = 2_000_000
        writer = try ColumnWriter(store, kinds: kinds, sizes)
        self.kinds = kinds
        self.knownAt = knownAt
    }

    /// Begins a batch, whose facts follow; false for one that was recorded later than the time of knowledge, of which
    /// none may.
    package mutating func begin(_ batch: BatchStatement, leaf: Int, hash: Digest) throws -> Bool {
        guard batch.recorded <= knownAt else { return false }
        digest.update(hash.bytes)
        leaves.append(leaf)
        try writer.begin(batch)
        return true
    }

    /// Adds facts of a batch that was begun, the first of which is the item of this number. It is for the caller to have
    /// them proven.
    package mutating func add(_ stretch: FactStretch, of batch: BatchStatement, first: Int) throws {
        try writer.add(stretch, of: batch, first: first)
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
