import Evidence
import Formats

/// What a source says that it has, beside what was received from it. A large collection is several batches, of which the
/// last carries the source's total.
struct CollectionTally {
    let source: Identifier
    /// The collection's last batch.
    let leaf: Int
    /// The source's own count; nil when it told none.
    let total: Int?
    /// Records received, coverage left out.
    let received: Int
    /// Whether the collection asked for one kind, so that the total can mean nothing else.
    let isOneKind: Bool

    static func tallies(of batches: [PopulationBatch]) -> [CollectionTally] {
        struct Collection: Hashable {
            let source: Identifier
            let started: Instant
            let query: Identifier
        }
        var groups: [Collection: [PopulationBatch]] = [:]
        for batch in batches {
            let statement = batch.statement
            let collection = Collection(
                source: statement.source, started: statement.started, query: Identifier(statement.query))
            groups[collection, default: []].append(batch)
        }
        return groups.map { collection, parts in
            CollectionTally(
                source: collection.source, leaf: parts.map(\.leaf).max() ?? 0,
                total: parts.compactMap(\.statement.sourceTotal).max(),
                received: parts.reduce(0) { $0 + $1.statement.counts.received - $1.coverageItems },
                isOneKind: Set(parts.flatMap(\.statement.kinds)).count == 1)
        }.sorted { $0.leaf < $1.leaf }
    }
}
