package import Catalog
package import Evidence
package import Formats
package import Ledger
import Programs
package import Storage
import StorageSQLite

extension Workspace {
    /// The columns of this workspace: derived from log and payloads, deleted and made again at will.
    package var columns: ColumnArchive {
        ColumnArchive(FolderColumnStore(path: path + "/columns"), key: saltKey)
    }

    /// Brings the columns up to date with the log, after evidence has been recorded.
    ///
    /// Evidence is durable and acknowledged before this begins: when it fails, nothing is lost, the next assessment reads
    /// the later payloads, and the next refresh catches up.
    /// - Parameters:
    ///   - anew: everything is read from the payloads again.
    ///   - recorded: the items of batches that this process has just recorded, by leaf.
    @discardableResult
    package func refreshColumns(
        anew: Bool = false, recorded: [Int: [Fact]] = [:],
        progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) throws -> ColumnReport {
        try columns.exclusively {
            try database.read { database in
                try columns.refresh(
                    EvidenceReader(database, blobs: blobs), kinds: try evidenceKinds(database), anew: anew,
                    recorded: recorded, progress: progress)
            }
        }
    }

    /// Writes columns anew that are missing or cannot be used, such as those of another version: else each command that
    /// reads evidence would read all payloads. Nothing happens when they are only behind, or when they cannot be written.
    ///
    /// - Parameter unused: told why they were not used.
    func renewUnusableColumns(
        progress: (_ done: Int, _ all: Int) -> Void, unused: (ColumnError) -> Void
    ) {
        let found = try? database.read { database in
            try columns.obstacle(EvidenceReader(database, blobs: blobs), kinds: try evidenceKinds(database))
        }
        guard let found else { return }
        unused(found)
        _ = try? refreshColumns(progress: progress)
    }

    /// Hands over all evidence that was known at an instant, as columns, with the digest over the batches that hold it.
    ///
    /// Stored columns are used as far as they prove themselves. Damage that shows only when a block of events is read ends
    /// the closure with a `ColumnError`; then everything is taken from the payloads and the closure runs once more, so let
    /// it have no effects. The columns themselves are mended by the next `refreshColumns(anew: true)`.
    ///
    /// - Parameter unused: told why stored columns were not used.
    package func withColumnHistory<T>(
        _ database: any Reading, kinds: KindCatalog, knownAt: Instant,
        progress: (_ done: Int, _ all: Int) -> Void = { _, _ in },
        unused: (ColumnError) -> Void = { _ in },
        _ body: (_ history: ColumnHistory, _ evidence: Ledger::Digest) throws -> T
    ) throws -> T {
        let reader = EvidenceReader(database, blobs: blobs)
        do {
            let known = try columns.history(
                reader, kinds: kinds, knownAt: knownAt, progress: progress, unused: unused)
            return try body(known.history, known.digest)
        } catch let error as ColumnError {
            unused(error)
            let known = try columns.history(
                reader, kinds: kinds, knownAt: knownAt, usingStored: false, progress: progress)
            return try body(known.history, known.digest)
        }
    }

    /// How the columns are: every byte of them is read and proven.
    package func columnCondition() throws -> ColumnCondition {
        try database.read { database in
            try columns.condition(
                EvidenceReader(database, blobs: blobs), kinds: try evidenceKinds(database))
        }
    }

    /// What differs between the columns and the payloads.
    package func compareColumns(
        progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) throws -> [String] {
        try database.read { database in
            try columns.compare(
                EvidenceReader(database, blobs: blobs), kinds: try evidenceKinds(database),
                progress: progress)
        }
    }

    /// The kinds to read evidence by as the program stands now.
    private func evidenceKinds(_ database: any Reading) throws -> KindCatalog {
        try program(database).history.evidenceKinds()
    }
}
