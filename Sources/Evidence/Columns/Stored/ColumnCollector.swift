package import Catalog
package import Formats
package import Ledger
package import Storage

/// Gathers sealed batches, in log order, into columns and the digest that identifies them: what `HistoryCollector`
/// gathers, ready to be swept.
package struct ColumnCollector {
    private let store: any ColumnStore
    private var writer: ColumnWriter
    private var digest = RunningDigest()
    private var leaves: [Int] = []
    private let kinds: KindCatalog
    private let knownAt: Instant

    /// Sealed under no secret: nobody else sees these files, and none are taken for those of a workspace.
    private static let key: [UInt8] = []

    /// - Parameter store: is empty, and holds the columns; memory when none is given.
    package init(
        kinds: KindCatalog, knownAt: Instant, in store: any ColumnStore = MemoryColumnStore()
    ) throws {
        self.store = store
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
        try writer.publish(
            ColumnState(
                logSize: 0, root: MerkleTree.emptyRoot, knownAt: knownAt, batches: leaves.count,
                evidence: digest), key: Self.key)
        return (
            try ColumnArchive.history(writer.manifest, store, kinds, knownAt: knownAt, leaves: leaves), digest
        )
    }

    /// What another collector has left in a store.
    ///
    /// - Parameter leaves: of its batches.
    package static func history(
        in store: any ColumnStore, kinds: KindCatalog, knownAt: Instant, leaves: [Int]
    ) throws -> ColumnHistory {
        try ColumnArchive.history(
            ColumnManifest(in: store, key: key), store, kinds, knownAt: knownAt, leaves: leaves)
    }
}
