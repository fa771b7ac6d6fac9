import Catalog
import Evidence
import Formats
import Ledger

/// Evidence of a package as columns.
struct GatheredColumns {
    /// Which batches are among them: those of the log up to an entry that were known at an instant.
    struct Extent {
        let end: Int
        let knownAt: Instant
        let kinds: KindCatalog
    }

    let extent: Extent
    let history: ColumnHistory
    /// Over the batches.
    let digest: Digest
}

/// Evidence of a package on its way into columns.
struct ColumnGathering {
    typealias Gather = @Sendable ([Fact?]) -> FactStretch

    private let extent: GatheredColumns.Extent
    private var collector: ColumnCollector

    init(_ extent: GatheredColumns.Extent) throws {
        self.extent = extent
        collector = try ColumnCollector(kinds: extent.kinds, knownAt: extent.knownAt)
    }

    /// How the facts of a batch become rows; nil for one that is not wanted.
    func gather(_ batch: BatchStatement, leaf: Int) -> Gather? {
        guard leaf < extent.end, batch.recorded <= extent.knownAt else { return nil }
        return { [kinds = extent.kinds] in
            FactStretch($0, recorded: batch.recorded, leaf: leaf, kinds: kinds)
        }
    }

    /// Begins a batch, whose rows follow if it is wanted.
    mutating func begin(_ batch: BatchStatement, leaf: Int, hash: Digest) throws {
        if leaf < extent.end { _ = try collector.begin(batch, leaf: leaf, hash: hash) }
    }

    mutating func add(_ rows: FactStretch, of batch: BatchStatement, first: Int) throws {
        try collector.add(rows, of: batch, first: first)
    }

    consuming func finish() throws -> GatheredColumns {
        let extent = extent
        let (history, digest) = try collector.finish()
        return GatheredColumns(extent: extent, history: history, digest: digest)
    }
}
