package import Assessment
import Evidence
import Formats
package import Ledger
import Programs
package import Reports
import StorageSQLite
import Storage

/// A package that has been written.
package struct SealedPackage: Sendable {
    package let assessment: Int
    /// What the log states of the assessment.
    package let statement: AssessmentStatement
    /// Of the log in the package.
    package let entries: Int
    /// The entry that tells of the export.
    package let leaf: Int
    package let batches: Int
    /// How many people the program in it names.
    package let people: Int
    package let bytes: Int
    /// Digest of the file.
    package let digest: Digest
}

extension Workspace {
    /// Writes an assessment with what it rests on, as far as the profile goes, into one file. The export is put on record
    /// first; the same package is put on record once. An assessment that another of the same period has replaced is refused.
    ///
    /// - Parameters:
    ///   - leaf: the entry of the assessment; nil is the newest one.
    ///   - withReport: adds the report of the assessment, Type II or, as of one instant, Type I, with names of persons
    ///     for an auditor only.
    package func seal(
        to path: String, for profile: PackageProfile, assessment leaf: Int? = nil, withReport: Bool = false,
        clock: Clock
    ) throws -> SealedPackage {
        try allow(clock)
        // Whatever is recorded meanwhile is not in the package; then it is made again.
        for _ in 0..<3 {
            let (size, plan) = try besideErasures {
                try planned(to: path, for: profile, assessment: leaf, withReport: withReport, clock: clock)
            }
            guard let export = try putOnRecord(plan, size: size, clock: clock) else { continue }
            do {
                return try besideErasures { try written(plan, export, size: size, to: path) }
            } catch ErasedMeanwhile.reading {
                // A payload of the plan is gone for good, and nobody has got the package that the export tells of.
                continue
            }
        }
        throw PackageError.moving
    }

    /// What the package is to hold, and the size of the log that it is taken from. Nothing is put on record.
    private func planned(
        to path: String, for profile: PackageProfile, assessment leaf: Int?, withReport: Bool, clock: Clock
    ) throws -> (size: Int, plan: PackagePlan) {
        let scratch = profile == .buyer ? try ScratchFile(beside: path) : nil
        var (size, content) = try database.read { try packageContent($0, leaf, profile, scratch) }
        if withReport {
            let page = try reportPage(
                of: content.assessment, size: size, includePersonal: profile == .auditor, clock: clock)
            content = content.adding(PackagedFile(PackageLayout.report, page))
        }
        return (size, try PackagePlan(content, key: logVerifier))
    }

    /// Writes the package whole, or not at all.
    private func written(
        _ plan: PackagePlan, _ export: LoggedExport, size: Int, to path: String
    ) throws -> SealedPackage {
        let content = plan.content
        var bytes = 0
        let digest = try DurableFile.write(to: path, mode: 0o600) { sink in
            try plan.write(export) { chunk in
                bytes += chunk.count
                try sink(chunk)
            }
        }
        guard let entry = try database.read({ try LogTable.entry(content.assessment, $0) }),
            let statement = AssessmentStatement(entry.statement)
        else { throw RecordError.missingEntry(leaf: content.assessment) }
        return SealedPackage(
            assessment: content.assessment, statement: statement, entries: size,
            leaf: export.proof.file.index,
            batches: content.files.filter { $0.path.hasPrefix(PackageLayout.batches) }.count,
            people: content.people, bytes: bytes,
            digest: digest)
    }

    /// The export with its proof; nil when the log has gone on from the size that the package has.
    private func putOnRecord(
        _ plan: PackagePlan, size: Int, clock: Clock
    ) throws -> LoggedExport? {
        let leaf: Int? = try database.write { database in
            let now = try LogTable.size(database)
            for leaf in size..<now {
                let export = try LogTable.entry(leaf, database).flatMap { ExportStatement($0.statement) }
                guard let export else { return nil }
                if export.manifest == plan.digest { return leaf }
            }
            let statement = ExportStatement(
                recorded: try LogTable.recorded(clock.now(), database), profile: plan.content.profile,
                assessment: plan.content.assessment, manifest: plan.digest)
            let signer = try logSigner()
            return try LogTable.append(
                [try LogEntry(statement.statement, signedBy: [signer])], signer: signer, database)
        }
        guard let leaf else { return nil }
        return try database.read { database in
            // The log as it was when the export came in, so that a second export of the same gives the same bytes.
            let reader = DatabaseHashReader(database)
            guard let entry = try LogTable.entry(leaf, database),
                let note = try LogTable.checkpoint(size: leaf + 1, database)
            else { throw RecordError.missingEntry(leaf: leaf) }
            let proof = ExportProof(
                inclusion: try MerkleTree.inclusionProof(index: leaf, size: leaf + 1, reader: reader),
                extending: try MerkleTree.consistencyProof(old: size, new: leaf + 1, reader: reader),
                checkpoint: try SignedNote(parsing: Array(note.utf8)))
            let between = try (size..<leaf).map { place in
                guard let entry = try LogTable.entry(place, database) else {
                    throw RecordError.missingEntry(leaf: place)
                }
                return entry
            }
            return LoggedExport(entry, between: between, proof: proof)
        }
    }

    /// The content, and the size of the log that it is taken from: up to its newest entry that is no export.
    ///
    /// - Parameter scratch: for payloads without their personal fields; nil where nothing is left out.
    private func packageContent(
        _ database: any Reading, _ leaf: Int?, _ profile: PackageProfile, _ scratch: ScratchFile?
    ) throws -> (size: Int, content: PackageContent) {
        let assessment = try unreplacedAssessment(leaf, database)
        let program = try ProgramTable.rows(.program, database)
        let changes = try program.flatMap { try ProgramPayload.decode(try blobs.get($0.payload)) }
        let labels = try PackageLabels(kinds: try usedKinds(database), changes: changes)
        var size = try LogTable.size(database)
        while size > assessment.leaf + 1,
            let entry = try LogTable.entry(size - 1, database), ExportStatement(entry.statement) != nil
        {
            size -= 1
        }
        var files: [PackagedFile]
        switch profile {
        case .public: files = try publicFiles(assessment.leaf, assessment.payload, database)
        case .auditor, .buyer:
            try refuseErased(database)
            if profile == .buyer {
                if !labels.privileged.isEmpty { throw PackageError.privileged(labels.privileged) }
                try refusePersonalUnits(
                    of: assessment.statement, in: assessment.payload, hiding: labels.personal, database)
            }
            files = [PackagedFile(PackageLayout.result, try blobs.get(assessment.payload))]
            files += program.map { stored(PackageLayout.program, $0.leaf, $0.payload) }
            files += try EvidenceTables.batches(database).map { row in
                guard let scratch else { return stored(PackageLayout.batches, row.leaf, row.payload) }
                return try redacted(row, hiding: labels.personal, scratch)
            }
            if profile == .auditor { files += try memberFiles(database) }
            files += try publishedLog(database, size: size).map {
                PackagedFile(PackageLayout.log + $0.path, $0.bytes)
            }
            files += try anchorFiles(database)
        }
        files.append(PackagedFile(PackageLayout.trust, try CanonicalJSON.encode(trustFile(database).json)))
        let content = PackageContent(
            origin: origin, assessment: assessment.leaf, profile: profile,
            isSynthetic: labels.isSynthetic, personalFields: profile == .auditor ? labels.personalFields : [],
            withheldFields: profile == .buyer ? labels.personalFields : [],
            people: profile == .public ? 0 : labels.people,
            erased: profile == .public
                ? try erased(before: assessment.leaf, assessment.statement, database) : ErasedCount(),
            files: files)
        return (size, content)
    }

    /// The assessment that is to be sealed: where none is named, the one of the newest one's period that knew most.
    private func unreplacedAssessment(
        _ leaf: Int?, _ database: any Reading
    ) throws -> (leaf: Int, payload: BlobName, statement: AssessmentStatement) {
        let all = try assessments(database)
        guard let newest = all.last else { throw PackageError.noAssessment }
        guard let wanted = leaf.map({ leaf in all.first { $0.leaf == leaf } }) ?? newest else {
            throw PackageError.notAnAssessment(leaf: leaf ?? newest.leaf)
        }
        let fullest = all.filter {
            wanted.statement.isReplaced(at: wanted.leaf, by: $0.statement, at: $0.leaf)
        }
        .max { ($0.statement.knownAt, $0.leaf) < ($1.statement.knownAt, $1.leaf) }
        if leaf != nil, let fullest { throw PackageError.lookBack(leaf: wanted.leaf, newer: fullest.leaf) }
        let sealed = fullest ?? wanted
        return (sealed.leaf, sealed.payload, sealed.statement)
    }

    /// What the log says was erased never leaves the workspace, whatever a payload holds that was put back from a copy.
    private func refuseErased(_ database: any Reading) throws {
        let erased = Dictionary(
            grouping: try erasures(database).flatMap(\.statement.items), by: \.leaf)
        let reader = EvidenceReader(database, blobs: blobs)
        for (leaf, items) in erased.sorted(by: { $0.key < $1.key }) {
            let places = Set(items.map(\.item))
            let areGone: @Sendable ([PayloadLine]) -> [Bool] = { lines in lines.map { $0.extent == .erased } }
            try reader.forEachStretch(try reader.opened(leaf), ofLines: areGone) { first, gone in
                for (place, isGone) in gone.enumerated() where !isGone && places.contains(first + place) {
                    throw PackageError.erased(leaf: leaf, item: first + place)
                }
            }
        }
    }

    /// The lists of the records that batches speak of, each once, and the keys that name the records.
    private func memberFiles(_ database: any Reading) throws -> [PackagedFile] {
        var keys: [Identifier: MemberKey] = [:]
        var roots: Set<Digest> = []
        let reader = EvidenceReader(database, blobs: blobs)
        for row in try EvidenceTables.batches(database) {
            guard let members = try reader.statement(row.leaf)?.members else { continue }
            if keys[row.source] == nil { keys[row.source] = MemberKey(source: row.source, saltKey: saltKey) }
            roots.insert(members.root)
        }
        if keys.isEmpty { return [] }
        let store = self.database
        return [PackagedFile(PackageLayout.memberKeys, try PackagedMembers.encoded(keys))]
            + roots.sorted().map { root in
                PackagedFile(PackageLayout.members(root)) { sink in
                    guard let bytes = try store.read({ try MemberTable.bytes(root, $0) }) else {
                        throw MemberError.missing
                    }
                    if !bytes.isEmpty { try sink(bytes) }
                }
            }
    }

    /// A payload, read anew each time it is wanted.
    private func stored(_ folder: String, _ leaf: Int, _ payload: BlobName) -> PackagedFile {
        let blobs = blobs
        return PackagedFile(PackageLayout.path(folder, leaf: leaf)) { try blobs.read(payload, $0) }
    }

    /// A batch's payload without its personal fields, which are taken out once.
    private func redacted(
        _ row: BatchRow, hiding personal: PersonalFields, _ scratch: ScratchFile
    ) throws -> PackagedFile {
        let told = try scratch.append { sink in
            var reading = PayloadReading<[UInt8]> { lines in
                try lines.flatMap { try $0.withholding(personal).bytes + [0x0A] }
            }
            try blobs.read(row.payload) { try reading.append($0) { try sink($1) } }
            try reading.drain { try sink($1) }
        }
        return PackagedFile(PackageLayout.path(PackageLayout.batches, leaf: row.leaf)) {
            try scratch.read(told, $0)
        }
    }

    private func publicFiles(
        _ leaf: Int, _ payload: BlobName, _ database: any Reading
    ) throws -> [PackagedFile] {
        guard let entry = try LogTable.entry(leaf, database),
            let note = try LogTable.checkpoint(size: leaf + 1, database),
            let summary = try ResultSummary.bytes(of: ByteStream(try blobs.get(payload)))
        else { throw RecordError.missingEntry(leaf: leaf) }
        let proof = ProofFile(
            index: leaf,
            path: try MerkleTree.inclusionProof(
                index: leaf, size: leaf + 1, reader: DatabaseHashReader(database)
            ).path,
            checkpoint: try SignedNote(parsing: Array(note.utf8)))
        return [
            PackagedFile(PackageLayout.summary, summary), PackagedFile(PackageLayout.assessment, entry.bytes),
            PackagedFile(PackageLayout.assessmentProof, proof.encoded),
        ]
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
    /// The notes and answers of all anchors.
    private func anchorFiles(_ database: any Reading) throws -> [PackagedFile] {
        try AnchorTable.rows(database).flatMap { row in
            let anchor = try StoredAnchor(row, blobs: blobs, database)
            return [PackagedFile(PackageLayout.anchoredNote(row.size), anchor.note)]
                + anchor.replies.enumerated().map {
                    PackagedFile(PackageLayout.reply(row.size, $0.offset), $0.element)
                }
        }
    }

    /// The files of the published log (C2SP tlog-tiles), at the newest checkpoint or an earlier one.
    func publishedLog(
        _ database: any Reading, size given: Int? = nil
    ) throws -> [(path: String, bytes: [UInt8])] {
        let size = try given ?? LogTable.size(database)
        guard let note = try LogTable.checkpoint(size: size, database) else {
            throw PackageError.noAssessment
        }
        var files: [(path: String, bytes: [UInt8])] = []
        try TileLayout.export(
            checkpoint: try SignedNote(parsing: Array(note.utf8)), size: size,
            hashes: DatabaseHashReader(database), entries: DatabaseEntryReader(database: database)
        ) { files.append(($0, $1)) }
        return files
    }
}
