import Evidence
import Formats
import Foundation
import Intake
import Ledger

/// A file that leads to a private key. It holds one of
///
///     PRIVATE+KEY+…                          the key itself
///     assay-sealed-key/1 …                   the key under a passphrase
///     assay-key-reference/1                  where the key is kept instead
///     vkey acme.example/evidence+1a2b3c4d+AbCd…
///     from exec:/usr/local/bin/fetch-key
///
/// The public half can be read from all of them, so that only signing needs the passphrase or the other place.
struct KeyFile: Sendable {
    private enum Content: Sendable {
        case plain(NoteSigner)
        case sealed(SealedKey)
        case reference(SecretReference)
        /// Nothing can be signed, for this reason.
        case unusable(any Error)
    }

    static let referenceHeading = "assay-key-reference/1"

    let path: String
    let verifier: NoteVerifier
    private let content: Content

    init(_ path: String) throws {
        self.path = path
        let text = try Workspace.secret(path)
        if SealedKey.isSealed(text) {
            do {
                let sealed = try SealedKey(parsing: text + "\n")
                verifier = sealed.verifier
                content = .sealed(sealed)
            } catch {
                throw WorkspaceError.key(path: path, "\(error)")
            }
        } else if text.hasPrefix(Self.referenceHeading) {
            (verifier, content) = try Self.reference(text, path)
        } else {
            guard let signer = try? NoteSigner(privateText: text) else {
                throw WorkspaceError.key(path: path, "not a signing key; restore it from a backup")
            }
            verifier = signer.verifier
            content = .plain(signer)
        }
    }

    private init(_ path: String, _ verifier: NoteVerifier, _ content: Content) {
        self.path = path
        self.verifier = verifier
        self.content = content
    }

    private static func reference(_ text: String, _ path: String) throws -> (NoteVerifier, Content) {
        let lines = text.split(separator: "\n").map(String.init)
        guard lines.count == 3, lines[1].hasPrefix("vkey "), lines[2].hasPrefix("from "),
            let verifier = try? NoteVerifier(vkey: String(lines[1].dropFirst(5))),
            let reference = SecretReference(String(lines[2].dropFirst(5)))
        else {
            throw WorkspaceError.key(
                path: path,
                "a reference has the lines \"vkey …\" and \"from env:NAME\", \"from file:PATH\" or \"from exec:COMMAND\""
            )
        }
        return (verifier, .reference(reference))
    }

    /// The file of a key that is in use: under its purpose's name, or under its own until that was replaced.
    static func find(_ verifier: NoteVerifier, _ purpose: KeyPurpose, in folder: String) throws -> KeyFile {
        let usual = Workspace.keyPath(purpose, folder)
        let own = next(verifier, purpose, in: folder)
        // Both may be there when a change of keys was broken off behind its last step.
        if FileManager.default.fileExists(atPath: own) {
            let file = try KeyFile(own)
            if file.verifier == verifier { return file }
        }
        let file = try KeyFile(usual)
        guard file.verifier == verifier else {
            throw WorkspaceError.key(
                path: usual,
                "this is \(file.verifier.hint), but \(verifier.hint) is in use; restore it from a backup")
        }
        return file
    }

    /// The same for who only checks signatures, which needs no private half: a file that is missing, or that does not lead
    /// to this key, is a fault of its own.
    static func checked(_ verifier: NoteVerifier, _ purpose: KeyPurpose, in folder: String) -> KeyFile {
        do {
            return try find(verifier, purpose, in: folder)
        } catch {
            return KeyFile(Workspace.keyPath(purpose, folder), verifier, .unusable(error))
        }
    }

    /// Why nothing can be signed with it; nil where nothing is known to stand in the way.
    var fault: (any Error)? {
        if case .unusable(let fault) = content { fault } else { nil }
    }

    /// Whether the key is kept elsewhere, and the file says where.
    var isReference: Bool {
        if case .reference = content { true } else { false }
    }

    /// Where a new key lies until it has taken over.
    static func next(_ verifier: NoteVerifier, _ purpose: KeyPurpose, in folder: String) -> String {
        "\(folder)/keys/\(purpose.rawValue)-\(verifier.hint.suffix(8)).key"
    }

    /// The private key, which must be the one whose public half is known.
    func signer() throws -> NoteSigner {
        if let fault { throw fault }
        let signer: NoteSigner
        do {
            switch content {
            case .unusable(let fault): throw fault
            case .plain(let plain): return plain
            case .sealed(let sealed):
                signer = try sealed.opened(passphrase: try Passphrase.bytes(for: .opening))
            case .reference(let reference): signer = try NoteSigner(privateText: try reference.text())
            }
        } catch {
            throw WorkspaceError.key(path: path, "\(error)")
        }
        guard signer.verifier == verifier else {
            throw WorkspaceError.key(path: path, "it leads to another key than \(verifier.hint)")
        }
        return signer
    }
}

/// The passphrase of sealed keys: ASSAY_PASSPHRASE says where it is.
enum Passphrase {
    /// What the passphrase is wanted for.
    enum Use {
        case opening, sealing
    }

    struct Missing: Error, CustomStringConvertible {
        let use: Use
        /// The variable has a value, which names no place. It may be the passphrase itself, so that nothing shows it.
        let isSet: Bool

        var description: String {
            let what = isSet ? "ASSAY_PASSPHRASE names no place" : "ASSAY_PASSPHRASE is not set"
            let places = "file:PATH, exec:COMMAND or env:NAME"
            return switch use {
            case .opening:
                "the key is sealed, and \(what); set it to \(places), where the key's passphrase is"
            case .sealing: "\(what); set it to \(places), where the passphrase is that is to seal the key"
            }
        }
    }

    static func bytes(for use: Use) throws -> [UInt8] {
        let given = ProcessInfo.processInfo.environment["ASSAY_PASSPHRASE"]
        guard let reference = given.flatMap({ SecretReference($0) }) else {
            throw Missing(use: use, isSet: given?.isEmpty == false)
        }
        return Array(try reference.text().utf8)
    }
}

extension SecretReference {
    private struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    /// The reference as it is written to a key's file: with a program's arguments, which messages leave out.
    var spelled: String {
        guard case .program(let words) = self else { return description }
        return "exec:" + words.joined(separator: " ")
    }

    /// The secret, without the line end behind it; at once, since what it is wanted for is a signature in a transaction.
    func text() throws -> String {
        let text: String
        switch self {
        case .environment(let name):
            guard let value = ProcessInfo.processInfo.environment[name] else {
                throw Failed(description: "the environment variable \(name) is not set")
            }
            text = value
        case .file(let path):
            guard FileManager.default.isReadableFile(atPath: path) else {
                throw Failed(
                    description: "\(path): no such file, or it cannot be read; name the one with the secret")
            }
            text = try Workspace.secret(path)
        case .program(let words): text = try Self.output(words)
        }
        let trimmed = text.trimmingCharacters(in: .newlines)
        guard !trimmed.isEmpty else { throw Failed(description: "\(self) gives nothing") }
        return trimmed
    }

    private static func output(_ words: [String]) throws -> String {
        let program = words.first ?? ""
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = Array(words.dropFirst())
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardInput = FileHandle.nullDevice
        do {
            try process.run()
        } catch {
            throw Failed(description: "\(program) cannot be started; give its full path")
        }
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0, data.count < 65_536 else {
            throw Failed(description: "\(program) ended with status \(process.terminationStatus)")
        }
        return String(decoding: data, as: UTF8.self)
    }
}
