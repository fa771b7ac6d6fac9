import Assessment
import Catalog
package import Formats
package import Ledger

/// A batch or a program application as a package carries it: its leaf and its payload's bytes.
package struct PackagedPayload: Sendable {
    package let leaf: Int
    package let bytes: [UInt8]

    package init(leaf: Int, bytes: [UInt8]) {
        self.leaf = leaf
        self.bytes = bytes
    }
}

/// Everything that goes into a package.
package struct PackageContent {
    package let origin: Identifier
    package let assessment: Int
    package let isSynthetic: Bool
    package let personalFields: [String]
    package let result: [UInt8]
    package let program: [PackagedPayload]
    package let batches: [PackagedPayload]
    /// Paths below `log/`, as `TileLayout.export` gives them.
    package let log: [(path: String, bytes: [UInt8])]
    /// The keys with their terms, and which witnesses and clocks the organization uses.
    package let trust: TrustFile

    package init(
        origin: Identifier, assessment: Int, isSynthetic: Bool, personalFields: [String], result: [UInt8],
        program: [PackagedPayload], batches: [PackagedPayload], log: [(path: String, bytes: [UInt8])],
        trust: TrustFile
    ) {
        self.origin = origin
        self.assessment = assessment
        self.isSynthetic = isSynthetic
        self.personalFields = personalFields
        self.result = result
        self.program = program
        self.batches = batches
        self.log = log
        self.trust = trust
    }
}

/// Where things lie in a package.
package enum PackageLayout {
    package static let readme = "README.txt"
    package static let result = "result.json"
    package static let key = "trust/log.vkey"
    package static let trust = "trust/trust.json"
    package static let log = "log/"
    package static let batches = "batches/"
    package static let program = "program/"

    /// `batches/000000012.jsonl`: padded, so that the order of names is the order of the log.
    package static func path(_ folder: String, leaf: Int) -> String {
        let digits = String(leaf)
        return folder + String(repeating: "0", count: max(0, 9 - digits.count)) + digits + ".jsonl"
    }
}

/// Writes a package: one archive with fixed names, times and order, so that equal content gives equal bytes.
package enum PackageWriter {
    /// - Parameter sink: takes the archive's bytes in order.
    /// - Returns: the digest of the archive.
    package static func write(
        _ content: PackageContent, signer: NoteSigner, to sink: ([UInt8]) throws -> Void
    ) throws -> Digest {
        var files: [(path: String, bytes: [UInt8])] = [
            (PackageLayout.readme, Array(PackageReadme.text(content).utf8)),
            (PackageLayout.result, content.result),
            (PackageLayout.key, Array("\(signer.verifier.vkey)\n".utf8)),
            (PackageLayout.trust, try CanonicalJSON.encode(content.trust.json)),
        ]
        files += content.program.map { (PackageLayout.path(PackageLayout.program, leaf: $0.leaf), $0.bytes) }
        files += content.batches.map { (PackageLayout.path(PackageLayout.batches, leaf: $0.leaf), $0.bytes) }
        files += content.log.map { (PackageLayout.log + $0.path, $0.bytes) }
        files.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        let manifest = PackageManifest(
            origin: content.origin, assessment: content.assessment, isSynthetic: content.isSynthetic,
            personalFields: content.personalFields,
            files: files.map { .init(path: $0.path, size: $0.bytes.count, digest: .sha256($0.bytes)) })
        let bytes = try CanonicalJSON.encode(manifest.json)
        files.append((PackageManifest.path, bytes))
        files.append((PackageManifest.signaturePath, try signature(of: bytes, by: signer)))
        files.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }

        var digest = RunningDigest()
        var archive = ZIPWriter()
        for file in files {
            try archive.append(file.path, file.bytes) { bytes in
                digest.update(bytes)
                try sink(bytes)
            }
        }
        try archive.finish { bytes in
            digest.update(bytes)
            try sink(bytes)
        }
        return digest.finish()
    }

    /// A signed statement about the manifest's digest.
    private static func signature(of manifest: [UInt8], by signer: NoteSigner) throws -> [UInt8] {
        let statement = Statement(
            subjects: [.init(name: Identifier(PackageManifest.path), digest: .sha256(manifest))],
            predicateType: PackageManifest.predicateType, predicate: JSONObject())
        return try Envelope(signing: try statement.encoded(), by: [signer]).encoded
    }
}
