import Assessment
import Evidence
import Formats
package import Ledger
import Programs

/// One thing that a verifier has looked at.
package struct Claim: Sendable, Hashable {
    package enum Status: String, Sendable, Hashable {
        case verified, failed
        case notChecked = "not checked"
    }

    package let name: String
    package let status: Status
    package let detail: String

    package init(_ name: String, _ status: Status, _ detail: String) {
        self.name = name
        self.status = status
        self.detail = detail
    }
}

/// What a verification found, claim by claim.
package struct VerificationReport: Sendable {
    package let claims: [Claim]
    package let isSynthetic: Bool

    /// Outside clocks have stamped the log with the assessment in it.
    package let isStamped: Bool
    /// The quorum of witnesses has signed the log with the assessment in it.
    package let isWitnessed: Bool

    package init(claims: [Claim], isSynthetic: Bool, isStamped: Bool = false, isWitnessed: Bool = false) {
        self.claims = claims
        self.isSynthetic = isSynthetic
        self.isStamped = isStamped
        self.isWitnessed = isWitnessed
    }

    /// No claim failed. That is not the same as every claim having been checked.
    package var isSound: Bool { !claims.contains { $0.status == .failed } }

    /// The strongest thing that may be said of the package.
    package var assurance: String {
        switch (isSound, isStamped, isWitnessed) {
        case (false, _, _): "broken"
        case (true, false, false): "self-consistent"
        case (true, true, false): "time-stamped"
        case (true, false, true): "witnessed"
        case (true, true, true): "time-stamped and witnessed"
        }
    }
}

/// Checks a package from its bytes alone: no network, no clock, no database.
package struct PackageVerification {
    private(set) var reader: PackageReader
    private let trusted: NoteVerifier?
    let trust: TrustFile?
    private var claims: [Claim] = []
    /// The entries of the log, once the log is proven.
    package private(set) var entries: [LogEntry] = []
    package private(set) var manifest: PackageManifest?
    /// The log's key in use when the package was sealed.
    private var verifier: NoteVerifier?
    /// The keys of the log: as the holder's trust file tells them, else as the package does.
    private(set) var keys: KeyHistory?
    /// What the package says of its keys.
    private var packagedKeys: KeyHistory?
    /// The kinds of all facts, once every batch is proven.
    private var kinds: Set<Identifier>?

    /// - Parameters:
    ///   - trusted: a key of the log as the holder got it elsewhere; nil trusts the key in the package.
    ///   - trust: what the holder has decided to trust, instead of a single key.
    package init(_ reader: PackageReader, trusted: NoteVerifier?, trust: TrustFile? = nil) {
        self.reader = reader
        self.trusted = trusted
        self.trust = trust
    }

    /// Runs every check that can be run.
    package mutating func run() -> VerificationReport {
        check("archive") { try $0.checkArchive() }
        check("manifest") { try $0.checkManifest() }
        check("key") { try $0.checkKey() }
        if verifier != nil, manifest != nil {
            check("manifest signature") { try $0.checkSignature() }
            check("log") { try $0.checkLog() }
            if !entries.isEmpty {
                check("statements") { try $0.checkStatements() }
                if entries.contains(where: { $0.statement.predicateType == AnchorStatement.predicateType }) {
                    check("anchors") { try $0.checkAnchors() }
                }
                check("evidence") { try $0.checkBatches() }
                check("program") { try $0.checkProgram() }
                check("result") { try $0.checkResult() }
            }
        }
        claims += Self.notChecked(hasTrustedKey: trusted != nil || trust != nil)
        return VerificationReport(claims: claims, isSynthetic: manifest?.isSynthetic ?? false)
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
                + [PackageManifest.path, PackageManifest.signaturePath].map { Identifier($0) })
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
        try refuseStrayFiles()
        return "\(manifest.files.count) files with the stated sizes and digests"
    }

    private mutating func checkKey() throws -> String {
        let text = String(decoding: try reader.bytes(PackageLayout.key), as: UTF8.self)
        guard text.hasSuffix("\n") else {
            throw Failed(description: "trust/log.vkey does not end in a line end")
        }
        let packaged = try NoteVerifier(vkey: String(text.dropLast()))
        if let manifest, manifest.origin != packaged.name {
            throw Failed(description: "the key is of \(packaged.name), the log is \(manifest.origin)")
        }
        let own = try packagedHistory(packaged)
        packagedKeys = own
        let source: String
        if let trust {
            guard trust.keys.terms(.log).contains(where: { $0.verifier == packaged }) else {
                throw Failed(
                    description:
                        "the package was signed by \(packaged.vkey), which your trust file does not list")
            }
            keys = trust.keys
            source = "which your trust file lists"
        } else {
            if let trusted, !own.terms(.log).contains(where: { $0.verifier == trusted }) {
                throw Failed(
                    description: "the package was signed by \(packaged.vkey), not by the key you gave")
            }
            keys = own
            source =
                switch trusted {
                case nil: "from the package itself"
                case packaged: "which is the one you gave"
                default: "which took over from the one you gave"
                }
        }
        verifier = packaged
        // The name and id of the key; the key itself is in the file.
        return "\(packaged.hint), \(source)"
    }

    /// The keys as the package tells them: a package from before there were several has one for everything.
    private func packagedHistory(_ packaged: NoteVerifier) throws -> KeyHistory {
        guard reader.paths.contains(PackageLayout.trust) else {
            return KeyHistory(log: packaged, collector: packaged)
        }
        let file = try TrustFile(parsing: try reader.bytes(PackageLayout.trust))
        guard file.origin == packaged.name, file.keys.current(.log) == packaged else {
            throw Failed(description: "trust/trust.json is not about the key in trust/log.vkey")
        }
        return file.keys
    }

    private func checkSignature() throws -> String {
        guard let verifier else { throw Failed(description: "no key") }
        let envelope = try Envelope(canonical: try reader.bytes(PackageManifest.signaturePath))
        let expected = Digest.sha256(try reader.bytes(PackageManifest.path))
        let statement = try Statement(canonical: try envelope.verified(by: [verifier]))
        guard statement.predicateType == PackageManifest.predicateType,
            envelope.signatures.allSatisfy({ $0.keyID == verifier.hint }),
            statement.subjects == [.init(name: Identifier(PackageManifest.path), digest: expected)]
        else { throw Failed(description: "the signature is about another manifest") }
        return "signed by \(verifier.name)"
    }

    /// Files of the log, of batches and of the program are for the log to account for.
    private func refuseStrayFiles() throws {
        let own = Set(
            [
                PackageManifest.path, PackageManifest.signaturePath, PackageLayout.readme,
                PackageLayout.result, PackageLayout.key, PackageLayout.trust,
            ].map { Identifier($0) })
        let folders = [PackageLayout.log, PackageLayout.batches, PackageLayout.program]
        for path in reader.paths where !own.contains(Identifier(path)) {
            if !folders.contains(where: { path.utf8.starts(with: $0.utf8) }) {
                throw Failed(description: "\(path) is no file of a package")
            }
        }
    }

    // MARK: Log

    private mutating func checkLog() throws -> String {
        guard let verifier, let manifest, let keys else { throw Failed(description: "no key") }
        var found: [LogEntry] = []
        var unreadable: [String] = []
        let result = try TileLayout.check(
            reader: reader, verifiers: keys.terms(.log).map(\.verifier), origin: manifest.origin
        ) { index, bytes in
            do {
                found.append(try LogEntry(bytes: Array(bytes)))
            } catch {
                unreadable.append("entry \(index): \(error)")
            }
        }
        guard result.entries > 0 else { throw Failed(description: "the log is empty") }
        guard result.isClean else {
            throw Failed(description: result.faults.prefix(5).map(\.description).joined(separator: "; "))
        }
        guard unreadable.isEmpty else {
            throw Failed(description: unreadable.prefix(5).joined(separator: "; "))
        }
        try checkTerms(keys, size: result.entries, signer: verifier)
        // Every path below log/ must be one that the checkpoint's size calls for.
        let expected = Set(
            TileLayout.tiles(size: result.entries).map { Identifier(PackageLayout.log + $0.text) }
        ).union(Self.anchorFiles(found))
        let checkpointPath = Identifier(PackageLayout.log + TileLayout.checkpointPath)
        for path in reader.paths where path.hasPrefix(PackageLayout.log) {
            let id = Identifier(path)
            if id != checkpointPath, !expected.contains(id) {
                throw Failed(description: "\(path) is no file of a log of \(result.entries) entries")
            }
        }
        entries = found
        return "\(found.count) entries have the root in the checkpoint signed by \(verifier.name)"
    }

    /// The checkpoint is by the key of its size, and so is the package; the package tells the same of its keys as the
    /// holder's trust file.
    private func checkTerms(_ keys: KeyHistory, size: Int, signer: NoteVerifier) throws {
        guard let manifest, let packagedKeys else { throw Failed(description: "no key") }
        _ = try keys.open(
            try reader.bytes(PackageLayout.log + TileLayout.checkpointPath), origin: manifest.origin)
        let isInUse = keys.terms(.log).contains {
            $0.verifier == signer && $0.from <= size && ($0.last ?? .max) >= size - 1
        }
        guard isInUse else {
            throw Failed(description: "\(signer.hint) was not in use when the log had \(size) entries")
        }
        guard packagedKeys.terms.allSatisfy({ ($0.last ?? -1) < size }),
            keys.continues(packagedKeys, size: size)
        else {
            throw Failed(description: "trust/trust.json tells other terms of the keys than are known here")
        }
    }

    private func checkStatements() throws -> String {
        guard let keys else { throw Failed(description: "no key") }
        for (leaf, entry) in entries.enumerated() {
            do {
                try keys.accepts(entry, at: leaf).get()
            } catch {
                throw Failed(description: "log entry \(leaf): \(error)")
            }
        }
        let changes = entries.count { $0.statement.predicateType == KeyEvent.predicateType }
        guard changes == keys.terms.count(where: { ($0.last ?? .max) < entries.count }) else {
            throw Failed(description: "the log does not tell the changes of keys that trust/trust.json does")
        }
        try checkTimes()
        return "\(entries.count) entries are signed in-toto statements"
    }

    // MARK: Payloads

    private mutating func checkBatches() throws -> String {
        var items = 0
        var batches = 0
        var kinds: Set<Identifier> = []
        for (leaf, entry) in entries.enumerated()
        where entry.statement.predicateType == BatchStatement.predicateType {
            let path = PackageLayout.path(PackageLayout.batches, leaf: leaf)
            do {
                let batch = try SealedBatch(leaf: leaf, entry: entry, payload: try reader.bytes(path))
                try Self.checkPopulation(batch)
                kinds.formUnion(batch.lines.lazy.map(\.fact.kind))
                items += batch.lines.count
                batches += 1
            } catch {
                throw Failed(description: "\(path): \(error)")
            }
        }
        try refuseStrays(in: PackageLayout.batches, of: BatchStatement.predicateType)
        self.kinds = kinds
        return "\(items) items in \(batches) batches have the population roots in the log"
    }

    private func checkProgram() throws -> String {
        let (history, _) = try program(before: entries.count)
        try refuseStrays(in: PackageLayout.program, of: ProgramStatement.predicateType)
        if let manifest, let kinds { try checkLabels(manifest, kinds) }
        return "\(history.current.documents.count) documents in force, all versions match the log"
    }

    private func checkResult() throws -> String {
        let (leaf, statement) = try assessment()
        guard Digest.sha256(try reader.bytes(PackageLayout.result)) == statement.result else {
            throw Failed(description: "result.json is not the result that log entry \(leaf) states")
        }
        return "result.json is what log entry \(leaf) states (sha256 \(statement.result.hex.prefix(16))…)"
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
