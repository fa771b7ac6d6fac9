import Assessment
import Evidence
import Formats
import Ledger

/// What a package says of the log, and the log of the package.
extension PackageVerification {
    mutating func checkLog() throws -> String {
        guard let verifier, let manifest, let keys else { throw Failed(description: "no key") }
        var found = PackagedLog(reader)
        let result = try TileLayout.check(
            reader: reader, verifiers: keys.terms(.log).map(\.verifier), origin: manifest.origin
        ) { _, bytes in found.add(bytes) }
        found.finish()
        guard result.entries > 0 else { throw Failed(description: "the log is empty") }
        guard result.isClean else {
            throw Failed(description: result.faults.prefix(5).map(\.description).joined(separator: "; "))
        }
        guard found.unreadable.isEmpty else {
            throw Failed(description: found.unreadable.joined(separator: "; "))
        }
        try checkTerms(keys, size: result.entries)
        try refuseStrayFiles(ofLog: found)
        log = found
        checkpoint = result.checkpoint
        return "\(found.count) entries have the root in the checkpoint signed by \(verifier.name)"
            + Self.remark(on: try otherSigners(of: keys))
    }

    /// Who else has signed the checkpoint, by name and id: nothing rests on what cannot be checked, and nobody is told
    /// that it was.
    private func otherSigners(of keys: KeyHistory) throws -> [String] {
        let note = try SignedNote(parsing: try reader.bytes(PackageLayout.log + TileLayout.checkpointPath))
        let known = Set(keys.terms(.log).map(\.verifier.hint))
        return note.signatures.map(\.hint).filter { !known.contains($0) }
    }

    private static func remark(on others: [String]) -> String {
        others.isEmpty
            ? ""
            : "; not looked at: " + others.prefix(3).joined(separator: ", ") + (others.count > 3 ? ", …" : "")
    }

    /// Every path below log/ must be one that the checkpoint's size or an anchor calls for.
    private func refuseStrayFiles(ofLog log: PackagedLog) throws {
        let expected = Set(
            TileLayout.tiles(size: log.count).map { Identifier(PackageLayout.log + $0.text) }
                + [Identifier(PackageLayout.log + TileLayout.checkpointPath)]
        ).union(try Self.anchorFiles(log))
        for path in reader.paths where path.hasPrefix(PackageLayout.log) {
            if !expected.contains(Identifier(path)) {
                throw Failed(description: "\(path) is no file of a log of \(log.count) entries")
            }
        }
    }

    /// The checkpoint is by the key of its size, and the package tells the same of its keys as the holder's trust file: so its
    /// own key, the last one that it tells of, was in use.
    private func checkTerms(_ keys: KeyHistory, size: Int) throws {
        guard let manifest, let packagedKeys else { throw Failed(description: "no key") }
        _ = try keys.open(
            try reader.bytes(PackageLayout.log + TileLayout.checkpointPath), origin: manifest.origin)
        guard packagedKeys.terms.allSatisfy({ ($0.last ?? -1) < size }),
            keys.continues(packagedKeys, size: size)
        else {
            throw Failed(description: "trust/trust.json tells other terms of the keys than are known here")
        }
    }

    mutating func checkStatements() throws -> String {
        guard let keys else { throw Failed(description: "no key") }
        var provenance = Provenance(keys)
        // A signature takes as long to check as some hundred hashes, and no entry waits for another.
        let signatures = provenance
        let known = Set(keys.terms.map(\.verifier.hint))
        var others: [String] = []
        var last = Instant.distantPast
        try log.forEach(prepare: { leaf, entry in
            try Self.naming(leaf) { try signatures.checkSignature(entry, at: leaf) }
            return BatchStatement(entry.statement)
        }) { leaf, entry, batch in
            try Self.naming(leaf) { try provenance.add(entry, at: leaf, batch: batch) }
            try Self.checkTime(entry, at: leaf, batch, behind: &last)
            if log.isKept, let batch { batchStatements[leaf] = batch }
            for signature in entry.envelope.signatures {
                let name = signature.keyID ?? "a key without a name"
                if others.count < 4, !known.contains(name), !others.contains(name) { others.append(name) }
            }
        }
        let changes = log.count(of: KeyEvent.predicateType)
        guard changes == keys.terms.count(where: { ($0.last ?? .max) < log.count }) else {
            throw Failed(description: "the log does not tell the changes of keys that trust/trust.json does")
        }
        wholeKinds = provenance.wholeKinds
        var text =
            "\(log.count) entries are signed in-toto statements, \(provenance.collected) of them by the "
            + "collector; no source's series has a gap"
        if changes > 0 { text += "; keys were changed \(changes) times" }
        text += Self.remark(on: others)
        if provenance.untimely > 0 {
            text +=
                "; of \(provenance.untimely) of \(provenance.collected) batches the times do not agree: ended before the "
                + "beginning, or recorded before that"
        }
        if provenance.unlikely > 0 {
            text +=
                "; \(provenance.unlikely) of \(provenance.collected) batches count more as unchanged than was received"
        }
        let silent = (provenance.plan?.series ?? []).map(\.source).filter { !provenance.sources.contains($0) }
        if !silent.isEmpty {
            text += "; planned, never collected: \(silent.map(\.text).joined(separator: ", "))"
        }
        return text
    }

    /// Says of an error at which entry it happened.
    private static func naming(_ leaf: Int, _ body: () throws -> Void) throws {
        do {
            try body()
        } catch {
            throw Failed(description: "log entry \(leaf): \(error)")
        }
    }

    /// The manifest is what an entry of the log states, and that log goes on from the one in the package.
    mutating func checkExport() throws -> String {
        guard let verifier, let manifest, let keys else { throw Failed(description: "no key") }
        let entry = try LogEntry(bytes: try reader.bytes(PackageManifest.signaturePath))
        guard let export = ExportStatement(try entry.verifiedStatement(by: [verifier])),
            export.manifest == Digest.sha256(try reader.bytes(PackageManifest.path)),
            export.profile == manifest.profile, export.assessment == manifest.assessment
        else { throw Failed(description: "the signature is about another manifest") }
        let proof = try ExportProof(parsing: try reader.bytes(PackageManifest.proofPath))
        guard keys.signers(.log, ofEntry: proof.file.index).contains(verifier) else {
            throw Failed(description: "\(verifier.hint) was not in use at entry \(proof.file.index)")
        }
        let later = try proof.file.verify(leaf: entry.leafHash, keys: keys, origin: manifest.origin)
        var text =
            "signed by \(verifier.name), and entry \(proof.file.index) of its log, recorded \(export.recorded)"
        if let checkpoint {
            guard proof.file.index >= checkpoint.size else {
                throw Failed(description: "the export is said to be older than the log that it exports")
            }
            try ConsistencyProof(old: checkpoint.size, new: later.size, path: proof.extending)
                .verify(oldRoot: checkpoint.root, newRoot: later.root)
            text += try checkEnd(
                from: checkpoint, to: later, at: proof.file.index, entry, recorded: export.recorded)
        }
        return text
    }

    /// Nothing but exports stands between the log in the package and its export: else the package would be of an earlier
    /// state of the log than the one that was exported, and nobody would know what came since.
    ///
    /// - Returns: what is to be said of the entries between; empty when there are none.
    private mutating func checkEnd(
        from checkpoint: Checkpoint, to later: Checkpoint, at leaf: Int, _ export: LogEntry, recorded: Instant
    ) throws -> String {
        let count = leaf - checkpoint.size
        let isTold = reader.paths.contains(PackageManifest.exportsPath)
        if manifest?.isFormer == true, !isTold {
            unseenEntries = count
            return ""
        }
        guard isTold == (count > 0) else {
            throw Failed(
                description: isTold
                    ? "\(PackageManifest.exportsPath) tells entries where there are none"
                    : "between the log and the export are entries (\(count)) that are not in the package: "
                        + "\(PackageManifest.exportsPath) is missing")
        }
        var tree = try MerkleAccumulator(
            size: checkpoint.size, reader: TileHashReader(reader, size: checkpoint.size))
        var last =
            try log.entry(log.count - 1).statement.predicate["recorded"]?.string
            .flatMap { Instant($0) } ?? .distantPast
        for (leaf, entry) in try entriesBetween(checkpoint.size, count) {
            last = try exportTime(entry, at: leaf, behind: last)
            tree.append(entry.leafHash)
        }
        guard recorded >= last else {
            throw Failed(description: "it says that it was recorded before the entry ahead of it")
        }
        tree.append(export.leafHash)
        guard tree.size == later.size, tree.root == later.root else {
            throw Failed(
                description:
                    "the entries between the log and the export are not those in \(PackageManifest.exportsPath)"
            )
        }
        return count > 0 ? "; \(Wording.count(count, "earlier export")) between the log and it" : ""
    }

    /// The entries between the log and the export, each with its place.
    private func entriesBetween(_ start: Int, _ count: Int) throws -> [(leaf: Int, entry: LogEntry)] {
        if count == 0 { return [] }
        let bundle = try reader.bytes(PackageManifest.exportsPath)
        return try TileLayout.entries(inBundle: bundle, count: count).enumerated().map { place, bytes in
            (start + place, try LogEntry(bytes: Array(bytes)))
        }
    }

    /// An entry behind the log of the package is an export of the log's key.
    ///
    /// - Returns: when it was recorded.
    private func exportTime(_ entry: LogEntry, at leaf: Int, behind last: Instant) throws -> Instant {
        guard let keys else { throw Failed(description: "no key") }
        try keys.accepts(entry, at: leaf, by: .log).get()
        guard let export = ExportStatement(entry.statement) else {
            throw Failed(
                description:
                    "log entry \(leaf), between the log in the package and the export, is no export but of the "
                    + "type \(entry.statement.predicateType): the package ends before its export")
        }
        guard export.recorded >= last else {
            throw Failed(
                description:
                    "log entry \(leaf) says that it was recorded at \(export.recorded), before the entry ahead of it"
            )
        }
        return export.recorded
    }

    /// What a package of the former format does not tell; empty when nothing is missing.
    var unseenExports: [Claim] {
        if unseenEntries == 0 { return [] }
        return [
            Claim(
                .logEnd, .notChecked,
                "between the log and the export are entries (\(unseenEntries)) that are not in the package, which is "
                    + "of the former format \(PackageManifest.formerFormat); ask for a new one, which shows that "
                    + "each is an export"
            )
        ]
    }

    /// The summary in a package for the public, and the one entry of the log that it carries.
    func checkSummary() throws -> String {
        guard let keys, let manifest else { throw Failed(description: "no key") }
        let entry = try LogEntry(bytes: try reader.bytes(PackageLayout.assessment))
        let proof = try ProofFile(parsing: try reader.bytes(PackageLayout.assessmentProof))
        _ = try proof.verify(leaf: entry.leafHash, keys: keys, origin: manifest.origin)
        try keys.accepts(entry, at: proof.index, by: .log).get()
        guard proof.index == manifest.assessment, let statement = AssessmentStatement(entry.statement)
        else { throw Failed(description: "entry \(proof.index) of the log is not the assessment") }
        guard Digest.sha256(try reader.bytes(PackageLayout.summary)) == statement.summary else {
            throw Failed(description: "summary.json is not the summary that log entry \(proof.index) states")
        }
        return
            "summary.json is what log entry \(proof.index) states, recorded \(statement.recorded), \(statement.subject)"
    }
}
