import Assessment
import Evidence
import Formats
package import Ledger
import Programs

/// Checks a package from its bytes alone: no network, no clock, no database.
package struct PackageVerification {
    private(set) var reader: PackageReader
    private let trusted: NoteVerifier?
    let trust: TrustFile?
    private(set) var claims: [Claim] = []
    /// The log, once it is proven; without entries before that.
    var log: PackagedLog
    package private(set) var manifest: PackageManifest?
    /// The log's key in use when the package was sealed.
    private(set) var verifier: NoteVerifier?
    /// The keys of the log: as the holder's trust file tells them, else as the package does.
    private(set) var keys: KeyHistory?
    /// What the package says of its keys.
    private(set) var packagedKeys: KeyHistory?
    /// The newest checkpoint of the log in the package, once it is proven.
    var checkpoint: Checkpoint?
    /// What the payloads tell, once every batch is proven.
    var evidence = PackagedEvidence()
    /// The evidence of the assessment as columns, once every batch is proven; nil when they were not asked for.
    var columns: Result<GatheredColumns, any Error>?
    /// What the batches of a short log say, by their entries, once those are checked.
    var batchStatements: [Int: BatchStatement] = [:]
    /// Found on other cores, once the log is proven.
    var begunProgram: Begun<(history: ProgramHistory, otherPlans: Int)>?
    var begunResult: Begun<PackagedResult>?
    /// So many entries between the log and the export are not in the package.
    var unseenEntries = 0
    /// By source, the kinds of which some batch lists every record.
    var wholeKinds: [Identifier: Set<Identifier>] = [:]

    /// - Parameters:
    ///   - trusted: a key of the log as the holder got it elsewhere; nil trusts the key in the package.
    ///   - trust: what the holder has decided to trust, instead of a single key.
    package init(_ reader: PackageReader, trusted: NoteVerifier?, trust: TrustFile? = nil) {
        self.reader = reader
        log = PackagedLog(reader)
        self.trusted = trusted
        self.trust = trust
    }

    /// Runs every check that can be run.
    ///
    /// - Parameter gathering: keeps the evidence as columns, so that `reperform` need not read it again.
    package mutating func run(gathering: Bool = false) -> VerificationReport {
        check(.archive) { try $0.checkArchive() }
        check(.manifest) { try $0.checkManifest() }
        check(.key) { try $0.checkKey() }
        if verifier != nil, let manifest {
            if manifest.profile == .public { checkPublic() } else { checkRecord(gathering: gathering) }
            check(.export) { try $0.checkExport() }
            claims += unseenExports
        }
        checkFiles()
        claims += Self.notChecked(hasTrustedKey: trusted != nil || trust != nil)
        return VerificationReport(claims: claims, isSynthetic: manifest?.isSynthetic ?? false)
    }

    private mutating func checkRecord(gathering: Bool) {
        check(.log) { try $0.checkLog() }
        guard log.count > 0 else { return }
        beginRest()
        check(.statements) { try $0.checkStatements() }
        if log.has(AnchorStatement.predicateType) {
            check(.anchors) { try $0.checkAnchors() }
        }
        if log.has(RecoveryStatement.predicateType) { claims += recoveries }
        check(.evidence) { verification in
            try verification.checkBatches(
                gathering: gathering ? Result { try verification.assessmentExtent() } : nil)
        }
        claims += evidence.claims
        check(.program) { try $0.checkProgram() }
        check(.result) { try $0.checkResult() }
        if reader.paths.contains(PackageLayout.report) { check(.report) { try $0.checkReport() } }
        let draws = log.count(of: DrawStatement.predicateType)
        if draws > 0 {
            claims.append(
                Claim(
                    .draws, .notChecked,
                    "\(Wording.count(draws, "draw")) of samples on record; \"reperform\" draws again"))
        }
    }

    private mutating func checkPublic() {
        check(.result) { try $0.checkSummary() }
        claims.append(
            Claim(
                .evidence, .withheld,
                "the package is for the public: ask for one for buyers or auditors, which also show whether a later "
                    + "assessment has replaced this one"))
    }

    private static func notChecked(hasTrustedKey: Bool) -> [Claim] {
        var claims = [
            Claim(
                .time, .notChecked,
                "no outside clock's stamp is in the package; its times are the collector's own"
            ),
            Claim(
                .witness, .notChecked,
                "no witness's signature is in the package; another version of the log could exist"),
            Claim(.sources, .notChecked, "that the sources told the truth is beyond any log"),
        ]
        if !hasTrustedKey {
            claims.insert(
                Claim(
                    .keyOwner, .notChecked, "the key came with the package; give --key FILE to compare it"),
                at: 0)
        }
        return claims
    }

    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    private mutating func check(_ name: PackageClaim, _ body: (inout PackageVerification) throws -> String) {
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
                + PackageManifest.unlistedPaths.map { Identifier($0) })
        for path in reader.paths where !listed.contains(Identifier(path)) {
            throw Failed(description: "\(path) is in the package but not in the manifest")
        }
        try refuseStrayFiles(manifest.profile)
        try refuseOthersLabels(manifest)
        return
            "\(manifest.files.count) files with the stated sizes and digests, for: \(manifest.profile.rawValue)"
    }

    /// The digests in the manifest, last of all: most files have been read by then, large ones just once.
    private mutating func checkFiles() {
        guard let manifest,
            let place = claims.firstIndex(where: { $0.isCalled(.manifest) && $0.status == .verified })
        else { return }
        let reader = reader
        let wrong = Parallel.map(manifest.files, cost: \.size) { Self.fault(of: $0, reader) }
            .compactMap(\.self)
        if wrong.isEmpty { return }
        claims[place] = Claim(.manifest, .failed, wrong.prefix(5).joined(separator: "; "))
    }

    /// What is wrong with a listed file; nil when nothing is.
    private static func fault(of file: PackageManifest.File, _ reader: PackageReader) -> String? {
        do {
            let digest = try reader.digest(file.path, size: file.size)
            if digest == nil {
                return "\(file.path) was changed: its size is not the one in the manifest"
            }
            return digest == file.digest
                ? nil : "\(file.path) was changed: its SHA-256 is not the one in the manifest"
        } catch {
            return "\(error)"
        }
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
        keys = trust?.keys ?? own
        let source = try source(of: packaged, own)
        verifier = packaged
        // The name and id of the key; the key itself is in the file.
        return "\(packaged.hint), \(source)"
    }

    /// The keys as the package tells them.
    private func packagedHistory(_ packaged: NoteVerifier) throws -> KeyHistory {
        let file = try TrustFile(parsing: try reader.bytes(PackageLayout.trust))
        guard file.origin == packaged.name, file.keys.current(.log) == packaged else {
            throw Failed(description: "trust/trust.json is not about the key in trust/log.vkey")
        }
        return file.keys
    }

    /// Where the key of the package is known from, besides the package.
    private func source(of packaged: NoteVerifier, _ own: KeyHistory) throws -> String {
        if let trust {
            guard trust.keys.terms(.log).contains(where: { $0.verifier == packaged }) else {
                throw Failed(
                    description:
                        "the package was signed by \(packaged.vkey), which your trust file does not list")
            }
            return "which your trust file lists"
        }
        guard let trusted else { return "from the package itself" }
        if trusted == packaged { return "which is the one you gave" }
        // That one key took over from another is for the log to show, and a package for the public has none.
        guard manifest?.profile != .public, own.terms(.log).contains(where: { $0.verifier == trusted }) else {
            throw Failed(description: "the package was signed by \(packaged.vkey), not by the key you gave")
        }
        return "which took over from the one you gave"
    }

    /// Files of the log, of batches and of the program are for the log to account for.
    private func refuseStrayFiles(_ profile: PackageProfile) throws {
        let everywhere =
            PackageManifest.unlistedPaths.filter { profile != .public || $0 != PackageManifest.exportsPath }
            + [PackageLayout.readme, PackageLayout.key, PackageLayout.trust]
        let here =
            profile == .public
            ? [PackageLayout.summary, PackageLayout.assessment, PackageLayout.assessmentProof]
            : [PackageLayout.result, PackageLayout.report]
        let own = Set((everywhere + here).map { Identifier($0) })
        let folders =
            profile == .public
            ? [] : [PackageLayout.log, PackageLayout.batches, PackageLayout.program, PackageLayout.members]
        for path in reader.paths where !own.contains(Identifier(path)) {
            if !folders.contains(where: { path.utf8.starts(with: $0.utf8) }) {
                throw Failed(description: "\(path) is no file of a package")
            }
        }
    }

    /// Every entry of the log in memory: for logs that are known to be short.
    package func entries() throws -> [LogEntry] {
        var found: [LogEntry] = []
        try log.forEach { found.append($1) }
        return found
    }

    /// When an entry says that it was recorded; nil where it does not.
    func statedTime(ofEntry leaf: Int) throws -> Instant? {
        try log.entry(leaf).statement.predicate["recorded"]?.string.flatMap { Instant($0) }
    }

    // MARK: For the re-run

    /// The assessment that the package is about, as the log states it.
    func assessment() throws -> (leaf: Int, statement: AssessmentStatement) {
        guard let leaf = manifest?.assessment, (0..<log.count).contains(leaf),
            let statement = AssessmentStatement(try log.entry(leaf).statement)
        else { throw Failed(description: "the log holds no assessment where the manifest says that it is") }
        return (leaf, statement)
    }

    /// The program as applied before a leaf, proven against the log.
    func program(
        before leaf: Int, knownAt: Instant = .distantFuture
    ) throws -> (history: ProgramHistory, digest: Digest) {
        var collector = ProgramCollector(knownAt: knownAt)
        try log.forEach(in: 0..<leaf, where: { $0 == ProgramStatement.predicateType }) { index, entry in
            let path = PackageLayout.path(PackageLayout.program, leaf: index)
            try collector.add(leaf: index, entry: entry, payload: try reader.bytes(path))
        }
        return collector.finish()
    }
}
