import Assessment
import Evidence
import Formats
package import Ledger
import Programs

/// Checks a package from its bytes alone: no network, no clock, no database.
package struct PackageVerification {
    private(set) var reader: PackageReader
    private let trusted: NoteVerifier?
    private(set) var claims: [Claim] = []
    /// The entries of the log, once the log is proven.
    package internal(set) var entries: [LogEntry] = []
    package private(set) var manifest: PackageManifest?
    private(set) var verifier: NoteVerifier?
    /// The newest checkpoint of the log in the package, once it is proven.
    var checkpoint: Checkpoint?
    /// What the payloads tell, once every batch is proven.
    var evidence = PackagedEvidence()

    /// - Parameter trusted: the log's key as the holder got it elsewhere; nil trusts the key in the package.
    package init(_ reader: PackageReader, trusted: NoteVerifier?) {
        self.reader = reader
        self.trusted = trusted
    }

    /// Runs every check that can be run.
    package mutating func run() -> VerificationReport {
        check("archive") { try $0.checkArchive() }
        check("manifest") { try $0.checkManifest() }
        check("key") { try $0.checkKey() }
        if verifier != nil, let manifest {
            if manifest.profile == .public { checkPublic() } else { checkRecord() }
            check("export") { try $0.checkExport() }
        }
        claims += Self.notChecked(hasTrustedKey: trusted != nil)
        return VerificationReport(claims: claims, isSynthetic: manifest?.isSynthetic ?? false)
    }

    private mutating func checkRecord() {
        check("log") { try $0.checkLog() }
        guard !entries.isEmpty else { return }
        check("statements") { try $0.checkStatements() }
        check("evidence") { try $0.checkBatches() }
        claims += evidence.claims
        check("program") { try $0.checkProgram() }
        check("result") { try $0.checkResult() }
    }

    private mutating func checkPublic() {
        check("result") { try $0.checkSummary() }
        claims.append(
            Claim("evidence", .withheld, "the package is for the public: ask for one for buyers or auditors"))
    }

    private static func notChecked(hasTrustedKey: Bool) -> [Claim] {
        var claims = [
            Claim(
                "time", .notChecked, "no outside clock has signed this log; its times are the collector's own"
            ),
            Claim(
                "witness", .notChecked, "no witness has signed this log; another version of it could exist"),
            Claim("sources", .notChecked, "that the sources told the truth is beyond any log"),
        ]
        if !hasTrustedKey {
            claims.insert(
                Claim(
                    "key owner", .notChecked, "the key came with the package; give --key FILE to compare it"),
                at: 0)
        }
        return claims
    }

    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    private mutating func check(_ name: String, _ body: (inout PackageVerification) throws -> String) {
        do {
            claims.append(Claim(name, .verified, try body(&self)))
        } catch {
            claims.append(Claim(name, .failed, "\(error)"))
        }
    }

    // MARK: Archive, manifest and key

    private func checkArchive() throws -> String {
        try reader.archive.verifyCanonical()
        return "\(reader.paths.count) files; every byte of the archive is accounted for"
    }

    private mutating func checkManifest() throws -> String {
        let manifest = try PackageManifest(parsing: try reader.bytes(PackageManifest.path))
        self.manifest = manifest
        reader.bound(by: manifest)
        let listed = Set(
            manifest.files.map { Identifier($0.path) }
                + [PackageManifest.path, PackageManifest.signaturePath, PackageManifest.proofPath]
                .map { Identifier($0) })
        for path in reader.paths where !listed.contains(Identifier(path)) {
            throw Failed(description: "\(path) is in the package but not in the manifest")
        }
        var wrong: [String] = []
        for file in manifest.files {
            do {
                let digest = try reader.digest(file.path, size: file.size)
                if digest == nil {
                    wrong.append("\(file.path) was changed: its size is not the one in the manifest")
                } else if digest != file.digest {
                    wrong.append("\(file.path) was changed: its SHA-256 is not the one in the manifest")
                }
            } catch {
                wrong.append("\(error)")
            }
        }
        if !wrong.isEmpty { throw Failed(description: wrong.prefix(5).joined(separator: "; ")) }
        try refuseStrayFiles(manifest.profile)
        return
            "\(manifest.files.count) files with the stated sizes and digests, for: \(manifest.profile.rawValue)"
    }

    private mutating func checkKey() throws -> String {
        let text = String(decoding: try reader.bytes(PackageLayout.key), as: UTF8.self)
        guard text.hasSuffix("\n") else {
            throw Failed(description: "trust/log.vkey does not end in a line end")
        }
        let packaged = try NoteVerifier(vkey: String(text.dropLast()))
        if let trusted, trusted != packaged {
            throw Failed(description: "the package was signed by \(packaged.vkey), not by the key you gave")
        }
        if let manifest, manifest.origin != packaged.name {
            throw Failed(description: "the key is of \(packaged.name), the log is \(manifest.origin)")
        }
        verifier = packaged
        // The name and id of the key; the key itself is in the file.
        let name = packaged.vkey.split(separator: "+", maxSplits: 2).prefix(2).joined(separator: "+")
        return trusted == nil ? "\(name), from the package itself" : "\(name), which is the one you gave"
    }

    /// Files of the log, of batches and of the program are for the log to account for.
    private func refuseStrayFiles(_ profile: PackageProfile) throws {
        let everywhere = [
            PackageManifest.path, PackageManifest.signaturePath, PackageManifest.proofPath,
            PackageLayout.readme,
            PackageLayout.key,
        ]
        let here =
            profile == .public
            ? [PackageLayout.summary, PackageLayout.assessment, PackageLayout.assessmentProof]
            : [PackageLayout.result]
        let own = Set((everywhere + here).map { Identifier($0) })
        let folders =
            profile == .public ? [] : [PackageLayout.log, PackageLayout.batches, PackageLayout.program]
        for path in reader.paths where !own.contains(Identifier(path)) {
            if !folders.contains(where: { path.utf8.starts(with: $0.utf8) }) {
                throw Failed(description: "\(path) is no file of a package")
            }
        }
    }

    // MARK: For the re-run

    /// The assessment that the package is about, as the log states it.
    func assessment() throws -> (leaf: Int, statement: AssessmentStatement) {
        guard let leaf = manifest?.assessment, entries.indices.contains(leaf),
            let statement = AssessmentStatement(entries[leaf].statement)
        else { throw Failed(description: "the log holds no assessment where the manifest says that it is") }
        return (leaf, statement)
    }

    /// The program as applied before a leaf, proven against the log.
    func program(
        before leaf: Int, knownAt: Instant = .distantFuture
    ) throws -> (history: ProgramHistory, digest: Digest) {
        var collector = ProgramCollector(knownAt: knownAt)
        for (index, entry) in entries.prefix(leaf).enumerated()
        where entry.statement.predicateType == ProgramStatement.predicateType {
            let path = PackageLayout.path(PackageLayout.program, leaf: index)
            try collector.add(leaf: index, entry: entry, payload: try reader.bytes(path))
        }
        return collector.finish()
    }
}
