import Assessment
import Catalog
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
        let current = try self.program(database).history.current
        let batches = try EvidenceTables.batches(database)
        let kinds = try KindCatalog.builtin().merging(current.kinds.map(\.kind))
        return PackageContent(
            origin: signer.name, assessment: assessment.leaf,
            isSynthetic: current.organization?.isSynthetic ?? false,
            personalFields: try personalFields(kinds, database), result: try blobs.get(assessment.payload),
            program: try program.map { PackagedPayload(leaf: $0.leaf, bytes: try blobs.get($0.payload)) },
            batches: try batches.map { PackagedPayload(leaf: $0.leaf, bytes: try blobs.get($0.payload)) },
            log: try publishedLog(database))
    }

    /// `kind.field` of every personal or PHI field of the kinds that hold facts.
    private func personalFields(_ kinds: KindCatalog, _ database: any Reading) throws -> [String] {
        let used = try database.all(
            "SELECT DISTINCT kind FROM stream WHERE id IN (SELECT DISTINCT stream FROM fact) ORDER BY kind"
        ) { Identifier(try $0.text(0)) }
        return used.compactMap { kinds.kind($0) }.flatMap { kind in
            kind.fields.filter { $0.isPersonal || $0.isPHI }.map { "\(kind.name).\($0.name)" }
        }
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
