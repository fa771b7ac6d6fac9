import Evidence
import Formats
import Foundation
package import Intake
package import Ledger
import Programs
import Storage
import StorageSQLite

/// How the file of a private key is protected.
package enum KeyProtection: Sendable {
    /// By the file's mode alone.
    case mode
    /// By the passphrase that ASSAY_PASSPHRASE leads to.
    case passphrase
    /// The key is made elsewhere and stays there.
    case reference(SecretReference)
}

extension Workspace {
    /// Every key of the log with its term.
    package func keys() throws -> KeyHistory {
        try database.read { try keys($0) }
    }

    func keys(_ database: any Reading) throws -> KeyHistory {
        try KeyTable.history(
            log: logKey.verifier, collector: collectorKey.verifier, database)
    }

    /// What auditors are given once, by another way than the packages.
    package func trustFile() throws -> TrustFile {
        try database.read { try trustFile($0) }
    }

    func trustFile(_ database: any Reading) throws -> TrustFile {
        let setting = try anchoring()
        return TrustFile(
            origin: origin, keys: try keys(database), policy: setting?.policy,
            clocks: setting?.clocks ?? .init())
    }

    /// Puts a new key in the place of the one in use: an entry signed by both, and for the log's key a checkpoint signed
    /// by both. The old private key is removed; nothing needs it any more.
    ///
    /// - Returns: the new public key and the entry's index.
    package func rotate(
        _ purpose: KeyPurpose, reason: String, protection: KeyProtection, clock: Clock
    ) throws -> (key: NoteVerifier, leaf: Int) {
        try allow(clock)
        let old = try purpose == .log ? logSigner() : collectorSigner()
        let name = purpose == .log ? origin : Self.collectorName(origin)
        // Before anything is tidied up: what is refused changes nothing.
        try refuseOwnFile(protection)
        let (new, content) = try Self.newKey(name, protection)
        try database.write { try tidyKeys($0) }
        let place = KeyFile.next(new.verifier, purpose, in: path)
        let leaf = try database.write { database in
            // Another process may have been faster: a key can end only once.
            if let current = try KeyTable.current(purpose, database), current != old.verifier {
                throw RecordError.retiredKey(old.verifier.hint)
            }
            try refuseUsed(new.verifier, database)
            // In here, because whoever tidies up meanwhile would take it for a leftover.
            try DurableFile.write(Array(content.utf8), to: place, mode: 0o600)
            do {
                let recorded = try LogTable.recorded(clock.now(), database)
                let event = KeyEvent(
                    purpose, old: old.verifier, new: new.verifier, reason: reason, recorded: recorded)
                return try put(new, old, event, database)
            } catch {
                // Nothing was committed, and the key is of no use.
                try? FileManager.default.removeItem(atPath: place)
                throw error
            }
        }
        // From here on the new key is in use; what follows only tidies up. A change that came after this one has put its
        // own key there, or is about to.
        try database.write { database in
            guard try KeyTable.current(purpose, database) == new.verifier else { return }
            try DurableFile.write(Array(content.utf8), to: Self.keyPath(purpose, path), mode: 0o600)
        }
        try? FileManager.default.removeItem(atPath: place)
        return (new.verifier, leaf)
    }

    /// Records a change of keys; returns its entry.
    private func put(
        _ new: NoteSigner, _ old: NoteSigner, _ event: KeyEvent, _ database: any Writing
    ) throws -> Int {
        let entry = try LogEntry(event.statement, signedBy: [old, new])
        let leaf = try LogTable.append(
            [entry], signer: try logSigner(), successor: event.purpose == .log ? new : nil, database)
        try KeyTable.insert(event: leaf, database)
        try KeyTable.set(event.purpose, new.verifier, database)
        return leaf
    }

    /// Refuses a key that counts for any part of the log, whatever for and under which name.
    private func refuseUsed(_ new: NoteVerifier, _ database: any Reading) throws {
        var known = [logKey.verifier, collectorKey.verifier]
        for leaf in try KeyTable.events(database) {
            let entry = try LogTable.entry(leaf, database)
            guard let event = entry.flatMap({ KeyEvent($0.statement) }) else { continue }
            known += [event.old, event.new]
        }
        if known.contains(where: { $0.publicKey == new.publicKey }) {
            throw WorkspaceError.usedKey(new.hint)
        }
    }

    /// Refuses a reference to a file among the workspace's own keys: there a change of keys puts files and removes them,
    /// and what it refers to could be the only copy.
    private func refuseOwnFile(_ protection: KeyProtection) throws {
        guard case .reference(.file(let file)) = protection else { return }
        let resolved = URL(fileURLWithPath: file).resolvingSymlinksInPath().path
        let keys = URL(fileURLWithPath: path + "/keys").resolvingSymlinksInPath().path
        guard resolved.hasPrefix(keys + "/") else { return }
        throw WorkspaceError.key(
            path: file,
            "this is in the folder of the workspace's own keys, where a change of keys removes what is not in use, and "
                + "nothing was changed; move it to another folder, and name it there")
    }

    /// A new key and the text of the file that leads to it.
    private static func newKey(
        _ name: Identifier, _ protection: KeyProtection
    ) throws -> (NoteSigner, String) {
        var generator = SystemRandomNumberGenerator()
        if case .reference(let reference) = protection {
            let signer = try NoteSigner(privateText: try reference.text())
            guard signer.name == name else {
                throw WorkspaceError.otherOrganization(found: signer.name.text, expected: name.text)
            }
            return (
                signer,
                "\(KeyFile.referenceHeading)\nvkey \(signer.verifier.vkey)\nfrom \(reference.spelled)\n"
            )
        }
        let signer = try NoteSigner(name: name, key: try SigningKey.generate(using: &generator))
        guard case .passphrase = protection else { return (signer, signer.privateText + "\n") }
        let sealed = try SealedKey(signer, passphrase: try Passphrase.bytes(for: .sealing), using: &generator)
        return (signer, sealed.text)
    }

    /// Puts the keys in use under the passphrase; they stay the same keys. One that is kept elsewhere stays there.
    ///
    /// - Returns: both keys, and whether each was sealed.
    package func sealKeys() throws -> [(key: NoteVerifier, isSealed: Bool)] {
        try sealKeys { try Passphrase.bytes(for: .sealing) }
    }

    /// The same under any passphrase. A key that was changed since this workspace was opened is refused, and nothing
    /// written: in its file's place lies the only copy of the new one.
    func sealKeys(
        _ passphrase: () throws -> [UInt8]
    ) throws -> [(key: NoteVerifier, isSealed: Bool)] {
        var generator = SystemRandomNumberGenerator()
        let files: [(purpose: KeyPurpose, file: KeyFile)] = [(.log, logKey), (.collector, collectorKey)]
        var sealed: [(purpose: KeyPurpose, verifier: NoteVerifier, text: String)] = []
        // Takes its time, and therefore comes before the transaction.
        for (purpose, file) in files where !file.isReference {
            let key = try SealedKey(try file.signer(), passphrase: try passphrase(), using: &generator)
            sealed.append((purpose, file.verifier, key.text))
        }
        try database.write { database in
            let places = try sealed.map { one -> String in
                guard try KeyTable.current(one.purpose, database) == one.verifier else {
                    throw RecordError.retiredKey(one.verifier.hint)
                }
                return try KeyFile.find(one.verifier, one.purpose, in: path).path
            }
            for (one, place) in zip(sealed, places) {
                try DurableFile.write(Array(one.text.utf8), to: place, mode: 0o600)
            }
        }
        return files.map { (key: $0.file.verifier, isSealed: !$0.file.isReference) }
    }
}

extension Workspace {
    /// Refuses a clock set by hand in a real organisation's record.
    func allow(_ clock: Clock) throws {
        if clock.isSimulated, try currentProgram().organization?.isSynthetic != true {
            throw WorkspaceError.simulatedClock("--clock")
        }
    }
}
