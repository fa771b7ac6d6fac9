import Assessment
import Evidence
import Formats
import Ledger

/// What a package says of the log, and the log of the package.
extension PackageVerification {
    mutating func checkLog() throws -> String {
        guard let verifier, let manifest else { throw Failed(description: "no key") }
        var found: [LogEntry] = []
        var unreadable: [String] = []
        let result = try TileLayout.check(reader: reader, verifiers: [verifier], origin: manifest.origin) {
            index, bytes in
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
        // Every path below log/ must be one that the checkpoint's size calls for.
        let expected = Set(
            TileLayout.tiles(size: result.entries).map { Identifier(PackageLayout.log + $0.text) })
        let checkpointPath = Identifier(PackageLayout.log + TileLayout.checkpointPath)
        for path in reader.paths where path.hasPrefix(PackageLayout.log) {
            let id = Identifier(path)
            if id != checkpointPath, !expected.contains(id) {
                throw Failed(description: "\(path) is no file of a log of \(result.entries) entries")
            }
        }
        entries = found
        checkpoint = result.checkpoint
        return "\(found.count) entries have the root in the checkpoint signed by \(verifier.name)"
    }

    func checkStatements() throws -> String {
        guard let verifier else { throw Failed(description: "no key") }
        var provenance = Provenance(log: verifier)
        for (leaf, entry) in entries.enumerated() {
            do {
                try provenance.add(entry)
            } catch {
                throw Failed(description: "log entry \(leaf): \(error)")
            }
        }
        try checkTimes()
        let collected = provenance.signed.values.reduce(0, +)
        var text =
            "\(entries.count) entries are signed in-toto statements, \(collected) of them by the collector; "
            + "no source's series has a gap"
        let silent = (provenance.plan?.series ?? []).map(\.source).filter { !provenance.sources.contains($0) }
        if !silent.isEmpty {
            text += "; planned, never collected: \(silent.map(\.text).joined(separator: ", "))"
        }
        return text
    }

    /// The manifest is what an entry of the log states, and that log goes on from the one in the package.
    func checkExport() throws -> String {
        guard let verifier, let manifest else { throw Failed(description: "no key") }
        let entry = try LogEntry(bytes: try reader.bytes(PackageManifest.signaturePath))
        let statement = try entry.verifiedStatement(by: [verifier])
        guard let export = ExportStatement(statement),
            export.manifest == Digest.sha256(try reader.bytes(PackageManifest.path)),
            export.profile == manifest.profile, export.assessment == manifest.assessment
        else { throw Failed(description: "the signature is about another manifest") }
        let proof = try ExportProof(parsing: try reader.bytes(PackageManifest.proofPath))
        let later = try proof.file.verify(
            leaf: entry.leafHash, verifiers: [verifier], origin: manifest.origin)
        if let checkpoint {
            guard proof.file.index >= checkpoint.size else {
                throw Failed(description: "the export is said to be older than the log that it exports")
            }
            try ConsistencyProof(old: checkpoint.size, new: later.size, path: proof.extending)
                .verify(oldRoot: checkpoint.root, newRoot: later.root)
        }
        return
            "signed by \(verifier.name), and entry \(proof.file.index) of its log, recorded \(export.recorded)"
    }

    /// The summary in a package for the public, and the one entry of the log that it carries.
    func checkSummary() throws -> String {
        guard let verifier, let manifest else { throw Failed(description: "no key") }
        let entry = try LogEntry(bytes: try reader.bytes(PackageLayout.assessment))
        let proof = try ProofFile(parsing: try reader.bytes(PackageLayout.assessmentProof))
        _ = try proof.verify(leaf: entry.leafHash, verifiers: [verifier], origin: manifest.origin)
        guard proof.index == manifest.assessment,
            let statement = AssessmentStatement(try entry.verifiedStatement(by: [verifier]))
        else { throw Failed(description: "entry \(proof.index) of the log is not the assessment") }
        guard Digest.sha256(try reader.bytes(PackageLayout.summary)) == statement.summary else {
            throw Failed(description: "summary.json is not the summary that log entry \(proof.index) states")
        }
        return "summary.json is what log entry \(proof.index) states, recorded \(statement.recorded)"
    }
}
