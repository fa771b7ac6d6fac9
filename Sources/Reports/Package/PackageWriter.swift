package import Formats
package import Ledger

/// A file of a package, its bytes given when they are wanted: a large one is never in memory as a whole.
package struct PackagedFile: Sendable {
    package typealias Sink = ([UInt8]) throws -> Void

    package let path: String
    /// Gives the same bytes each time.
    package let write: @Sendable (Sink) throws -> Void

    package init(_ path: String, _ write: @escaping @Sendable (Sink) throws -> Void) {
        self.path = path
        self.write = write
    }

    package init(_ path: String, _ bytes: [UInt8]) {
        self.init(path) { try $0(bytes) }
    }
}

/// Everything that goes into a package, but what speaks of the package itself.
package struct PackageContent: Sendable {
    package let origin: Identifier
    package let assessment: Int
    package let profile: PackageProfile
    package let isSynthetic: Bool
    package let personalFields: [String]
    package let withheldFields: [String]
    /// How many people the program in it names.
    package let people: Int
    /// What was erased before the assessment of that which its tests look at; told where the log itself is not.
    package let erased: ErasedCount
    /// In any order, without README, key and manifest.
    package let files: [PackagedFile]

    package init(
        origin: Identifier, assessment: Int, profile: PackageProfile, isSynthetic: Bool,
        personalFields: [String], withheldFields: [String], people: Int, erased: ErasedCount,
        files: [PackagedFile]
    ) {
        self.origin = origin
        self.assessment = assessment
        self.profile = profile
        self.isSynthetic = isSynthetic
        self.personalFields = personalFields
        self.withheldFields = withheldFields
        self.people = people
        self.erased = erased
        self.files = files
    }

    /// The same with one more file.
    package func adding(_ file: PackagedFile) -> PackageContent {
        PackageContent(
            origin: origin, assessment: assessment, profile: profile, isSynthetic: isSynthetic,
            personalFields: personalFields, withheldFields: withheldFields, people: people, erased: erased,
            files: files + [file])
    }
}

/// How many items were erased, and how many of them although they still had to be kept.
package struct ErasedCount: Sendable, Hashable {
    package var items = 0
    package var early = 0

    package init() {}
}

/// Where things lie in a package.
package enum PackageLayout {
    package static let readme = "README.txt"
    package static let result = "result.json"
    package static let summary = "summary.json"
    package static let report = "report.html"
    package static let assessment = "assessment.dsse.json"
    package static let assessmentProof = "assessment.tlog-proof"
    package static let key = "trust/log.vkey"
    package static let trust = "trust/trust.json"
    package static let log = "log/"
    package static let batches = "batches/"
    package static let program = "program/"
    package static let members = "members/"
    package static let memberKeys = "members/keys.json"

    /// The list of the records that some batches speak of.
    package static func members(_ root: Digest) -> String { members + root.hex }

    /// `batches/000000012.jsonl`: padded, so that the order of names is the order of the log.
    package static func path(_ folder: String, leaf: Int) -> String {
        let digits = String(leaf)
        return folder + String(repeating: "0", count: max(0, 9 - digits.count)) + digits + ".jsonl"
    }
}

/// A package whose manifest is made: what is left is to put the export on record, and to write.
package struct PackagePlan: Sendable {
    package let content: PackageContent
    private let files: [PackagedFile]
    /// CRC-32 of each file.
    private let checksums: [UInt32]
    package let manifest: PackageManifest
    private let manifestBytes: [UInt8]

    /// Reads every file once.
    package init(_ content: PackageContent, key: NoteVerifier) throws {
        var files = content.files
        files.append(PackagedFile(PackageLayout.readme, Array(PackageReadme.text(content).utf8)))
        files.append(PackagedFile(PackageLayout.key, Array("\(key.vkey)\n".utf8)))
        files.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        let listed = try Parallel.map(files) { try Self.listing($0) }
        manifest = PackageManifest(
            origin: content.origin, assessment: content.assessment, isSynthetic: content.isSynthetic,
            profile: content.profile, personalFields: content.personalFields,
            withheldFields: content.withheldFields, files: listed.map(\.file))
        checksums = listed.map(\.checksum)
        manifestBytes = try CanonicalJSON.encode(manifest.json)
        self.content = content
        self.files = files
    }

    private static func listing(
        _ file: PackagedFile
    ) throws -> (file: PackageManifest.File, checksum: UInt32) {
        var digest = RunningDigest()
        var checksum = CRC32()
        var size = 0
        try file.write { bytes in
            digest.update(bytes)
            checksum.update(bytes)
            size += bytes.count
        }
        let listed = PackageManifest.File(path: file.path, size: size, digest: digest.finish())
        return (listed, checksum.value)
    }

    /// The files that speak of the package itself, in the order of their paths.
    private func speaking(of export: LoggedExport) throws -> [(path: String, bytes: [UInt8])] {
        var own = [(path: PackageManifest.signaturePath, bytes: export.entry.bytes)]
        // Without a log there is nothing that they would follow.
        if content.profile != .public, !export.between.isEmpty {
            own.append((PackageManifest.exportsPath, try TileLayout.bundle(export.between.map(\.bytes))))
        }
        own.append((PackageManifest.path, manifestBytes))
        own.append((PackageManifest.proofPath, export.proof.file.encoded))
        return own
    }

    /// Digest of the manifest: what the log is told.
    package var digest: Digest { .sha256(manifestBytes) }

    /// Writes one archive with fixed names, times and order, so that equal content gives equal bytes.
    ///
    /// - Parameters:
    ///   - export: what tells of this package.
    ///   - sink: takes the archive's bytes in order.
    /// - Returns: the digest of the archive.
    package func write(_ export: LoggedExport, to sink: ([UInt8]) throws -> Void) throws -> Digest {
        let own = try speaking(of: export)
        var digest = RunningDigest()
        var archive = ZIPWriter()
        let counted: ([UInt8]) throws -> Void = { bytes in
            digest.update(bytes)
            try sink(bytes)
        }
        var rest = own[...]
        for (index, file) in files.enumerated() {
            while let (path, bytes) = rest.first, path.utf8.lexicographicallyPrecedes(file.path.utf8) {
                try archive.append(path, bytes, to: counted)
                rest.removeFirst()
            }
            try archive.append(
                file.path, size: UInt64(manifest.files[index].size), checksum: checksums[index],
                { try file.write($0) }, to: counted)
        }
        for (path, bytes) in rest { try archive.append(path, bytes, to: counted) }
        try archive.finish(to: counted)
        return digest.finish()
    }
}
