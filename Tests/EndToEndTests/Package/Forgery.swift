import Evidence
import Formats
import Ledger
import Reports
import TestSupport
import Testing

/// A package taken apart, to be changed and sealed anew by the holder of the log's key: every hash and signature of it
/// is right, whatever it says.
struct Forgery {
    /// Everything but the manifest, its signature and the log.
    var files: [Identifier: [UInt8]] = [:]
    var entries: [LogEntry]
    var isSynthetic: Bool
    var personalFields: [String]
    var profile: PackageProfile
    var withheldFields: [String]
    /// A last change to the log's checkpoint.
    var noting: (SignedNote) -> SignedNote = { $0 }
    /// A last change to the manifest's list.
    var listing: ([PackageManifest.File]) -> [PackageManifest.File] = { $0 }

    /// A last change to everything that the manifest lists.
    var publishing: (inout [Identifier: [UInt8]]) throws -> Void = { _ in }
    /// The entry that the package is about.
    var assessment: Int
    /// Entries behind the log of the package, in front of the export.
    var between: [LogEntry] = []
    /// Whether the package tells those, and is of the format that does.
    var tellsBetween = true
    var isFormer = false

    private let recorded: Instant
    private let signer: NoteSigner
    private let collector: NoteSigner

    init(_ sealed: SealedBytes) throws {
        let reader = try PackageReader(ByteSource(sealed.bytes))
        var verification = PackageVerification(reader, trusted: nil)
        try #require(verification.run().isSound)
        let manifest = try #require(verification.manifest)
        for file in manifest.files where !file.path.hasPrefix(PackageLayout.log) {
            files[Identifier(file.path)] = try reader.bytes(file.path)
        }
        entries = try verification.entries()
        isSynthetic = manifest.isSynthetic
        personalFields = manifest.personalFields
        profile = manifest.profile
        withheldFields = manifest.withheldFields
        assessment = manifest.assessment
        let export = try LogEntry(bytes: try reader.bytes(PackageManifest.signaturePath))
        recorded = try #require(ExportStatement(export.statement)).recorded
        signer = sealed.signer
        collector = sealed.collector
        try keepForFuzzing()
    }

    /// The parts as the fuzzer's target of sealed packages takes them.
    private func keepForFuzzing() throws {
        var parts: [UInt8] = []
        for entry in entries {
            parts += Array("#entry\n".utf8) + entry.envelope.payload + [UInt8(ascii: "\n")]
        }
        for (name, bytes) in files.sorted(by: { $0.key < $1.key })
        where !name.text.hasPrefix("trust/") && bytes.count < 1 << 16 {
            parts += Array("#\(name.text)\n".utf8) + bytes
        }
        try FuzzSeeds.keep(parts, for: "sealed")
    }

    /// The first entry of a type.
    func leaf(of type: Identifier) throws -> Int {
        try #require(entries.firstIndex { $0.statement.predicateType == type })
    }

    /// Signs an entry anew, with other members in its predicate, other subjects, all or one by name, or of another type.
    mutating func change(
        _ leaf: Int, _ members: [String: JSON], type: Identifier? = nil, subject: Digest? = nil,
        of name: Identifier? = nil
    ) throws {
        let statement = entries[leaf].statement
        let predicate = JSONObject(
            statement.predicate.members.map { .init(name: $0.name, value: members[$0.name] ?? $0.value) })
        entries[leaf] = try LogEntry(
            Statement(
                subjects: statement.subjects.map {
                    .init(
                        name: $0.name,
                        digest: name == nil || $0.name == name ? subject ?? $0.digest : $0.digest)
                },
                predicateType: type ?? statement.predicateType, predicate: predicate),
            signedBy: [statement.predicateType == BatchStatement.predicateType ? collector : signer])
    }

    /// When the newest entry says that it was recorded.
    var newest: Instant? {
        entries.last?.statement.predicate["recorded"]?.string.flatMap { Instant($0) }
    }

    /// Puts one more entry of the log's key on record.
    mutating func append(_ statement: Statement) throws {
        entries.append(try LogEntry(statement, signedBy: [signer]))
    }

    /// Puts the erasure of an item of the first batch on record, which the package may go on to tell.
    mutating func erase(isGone: Bool, item: Int = 0, as kind: Identifier = "uptime.probe") throws {
        let leaf = try leaf(of: BatchStatement.predicateType)
        let path = Identifier(PackageLayout.path(PackageLayout.batches, leaf: leaf))
        var lines = try #require(files[path]).split(separator: 0x0A).map { Array($0) }
        let hash = try PayloadLine(parsing: lines[item]).leafHash
        if isGone { lines[item] = PayloadLine(hiding: .erased, leafHash: hash).bytes }
        files[path] = lines.flatMap { $0 + [0x0A] }
        let recorded = try #require(newest)
        try append(
            ErasureStatement(
                recorded: recorded, kind: kind, by: "officer", reason: "request", basis: "none",
                retainedUntil: recorded, items: [ErasedItem(leaf: leaf, item: item, hash: hash)]
            ).statement)
    }

    /// Puts a hold on record, or its release.
    mutating func hold(_ action: HoldStatement.Action, kind: Identifier?) throws {
        try append(
            HoldStatement(
                recorded: try #require(newest), name: "case-1", action: action, kind: kind, by: "counsel",
                reason: "dispute"
            ).statement)
    }

    func sealed() throws -> [UInt8] {
        var all = files
        let tree = MemoryTree(entries.map(\.leafHash))
        let checkpoint = try Checkpoint(origin: signer.name, size: tree.size, root: tree.root)
        try TileLayout.export(
            checkpoint: noting(try checkpoint.signed(by: signer)), size: tree.size, hashes: tree,
            entries: Entries(all: entries.map(\.bytes))
        ) { all[Identifier(PackageLayout.log + $0)] = $1 }
        try publishing(&all)
        let list = all.sorted { $0.key < $1.key }.map { name, bytes in
            PackageManifest.File(path: name.text, size: bytes.count, digest: .sha256(bytes))
        }
        let manifest = PackageManifest(
            origin: signer.name, assessment: assessment, isSynthetic: isSynthetic, profile: profile,
            personalFields: personalFields, withheldFields: withheldFields, files: listing(list),
            isFormer: isFormer)
        let bytes = try CanonicalJSON.encode(manifest.json)
        all[Identifier(PackageManifest.path)] = bytes
        let export = try export(of: .sha256(bytes))
        all[Identifier(PackageManifest.signaturePath)] = export.bytes
        if tellsBetween, !between.isEmpty {
            all[Identifier(PackageManifest.exportsPath)] = try TileLayout.bundle(between.map(\.bytes))
        }
        let later = MemoryTree((entries + between + [export]).map(\.leafHash))
        let note = try Checkpoint(origin: signer.name, size: later.size, root: later.root).signed(by: signer)
        all[Identifier(PackageManifest.proofPath)] =
            ExportProof(
                inclusion: try later.inclusionProof(index: entries.count + between.count),
                extending: try MerkleTree.consistencyProof(
                    old: tree.size, new: later.size, reader: later), checkpoint: note
            ).file.encoded
        let ordered = all.sorted { $0.key < $1.key }
        return try ZIPWriter.archive(ordered.map { (name: $0.key.text, bytes: $0.value) })
    }

    /// What tells of a package with this manifest, recorded no earlier than what is in it.
    func export(of manifest: Digest) throws -> LogEntry {
        return try LogEntry(
            ExportStatement(
                recorded: max(recorded, newest ?? recorded), profile: profile, assessment: assessment,
                manifest: manifest
            ).statement, signedBy: [signer])
    }

    private struct Entries: EntryReader {
        let all: [[UInt8]]

        func entries(_ indexes: Range<Int>) throws -> [[UInt8]] { Array(all[indexes]) }
    }
}
