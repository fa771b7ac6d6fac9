import Assessment
import Evidence
import Formats
package import Ledger
import Programs
import Reports
import StorageSQLite
import Storage

/// A package that has been written.
package struct SealedPackage: Sendable {
    package let assessment: Int
    package let entries: Int
    package let batches: Int
    package let bytes: Int
    /// Digest of the file.
    package let digest: Digest
}

extension Workspace {
    /// Writes the newest assessment with everything that it rests on into one file.
    ///
    /// - Parameter includePersonal: without it, a package that would hold personal fields is refused.
    package func seal(to path: String, includePersonal: Bool) throws -> SealedPackage {
        let signer = try logSigner()
        let content = try database.read { try packageContent($0) }
        if !includePersonal, !content.personalFields.isEmpty {
            throw PackageError.personal(content.personalFields)
        }
        var bytes = 0
        let digest = try DurableFile.write(to: path, mode: 0o600) { sink in
            try PackageWriter.write(content, signer: signer) { chunk in
                bytes += chunk.count
                try sink(chunk)
            }
        }
        return SealedPackage(
            assessment: content.assessment,
            entries: try database.read { try LogTable.size($0) }, batches: content.batches.count,
            bytes: bytes,
            digest: digest)
    }

    private func packageContent(_ database: any Reading) throws -> PackageContent {
        guard let assessment = try lastAssessment(database) else { throw PackageError.noAssessment }
        let program = try ProgramTable.rows(.program, database)
        let changes = try program.flatMap { try ProgramPayload.decode(try blobs.get($0.payload)) }
        let labels = try PackageLabels(kinds: try usedKinds(database), changes: changes)
        let batches = try EvidenceTables.batches(database)
        return PackageContent(
            origin: origin, assessment: assessment.leaf,
            isSynthetic: labels.isSynthetic, personalFields: labels.personalFields,
            result: try blobs.get(assessment.payload),
            program: try program.map { PackagedPayload(leaf: $0.leaf, bytes: try blobs.get($0.payload)) },
            batches: try batches.map { PackagedPayload(leaf: $0.leaf, bytes: try blobs.get($0.payload)) },
            log: try publishedLog(database) + anchorFiles(database), trust: try trustFile(database))
    }

    /// The kinds that hold facts.
    private func usedKinds(_ database: any Reading) throws -> Set<Identifier> {
        Set(
            try database.all(
                "SELECT DISTINCT kind FROM stream WHERE id IN (SELECT DISTINCT stream FROM fact)"
            ) { Identifier(try $0.text(0)) })
    }
}

/// Reads the log's entries for publication.
struct DatabaseEntryReader: EntryReader {
    let database: any Reading

    func entries(_ indexes: Range<Int>) throws -> [[UInt8]] {
        try database.all(
            "SELECT bytes FROM entry WHERE leaf >= $1 AND leaf < $2 ORDER BY leaf",
            [.integer(Int64(indexes.lowerBound)), .integer(Int64(indexes.upperBound))]
        ) { try $0.bytes(0) }
    }
}

extension Workspace {
    /// The notes and answers of all anchors, by their paths below `log/`.
    private func anchorFiles(_ database: any Reading) throws -> [(path: String, bytes: [UInt8])] {
        try AnchorTable.rows(database).flatMap { row in
            let anchor = try StoredAnchor(row, blobs: blobs, database)
            let replies = anchor.replies.enumerated().map {
                (PackageLayout.reply(row.size, $0.offset), $0.element)
            }
            return ([(PackageLayout.anchoredNote(row.size), anchor.note)] + replies).map {
                (path: String($0.0.dropFirst(PackageLayout.log.count)), bytes: $0.1)
            }
        }
    }

    /// The files of the published log (C2SP tlog-tiles), at the newest checkpoint.
    func publishedLog(_ database: any Reading) throws -> [(path: String, bytes: [UInt8])] {
        guard let note = try LogTable.checkpoint(database) else { throw PackageError.noAssessment }
        var files: [(path: String, bytes: [UInt8])] = []
        try TileLayout.export(
            checkpoint: try SignedNote(parsing: Array(note.utf8)), size: try LogTable.size(database),
            hashes: DatabaseHashReader(database), entries: DatabaseEntryReader(database: database)
        ) { files.append(($0, $1)) }
        return files
    }
}
