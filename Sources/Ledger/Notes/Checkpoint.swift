package import Formats

/// Why a note is not a checkpoint of the log it is taken for.
package enum CheckpointError: Error, Hashable, CustomStringConvertible {
    case note(NoteError)
    case badOrigin(String)
    /// Not exactly the three lines origin, size and root.
    case lines(found: Int)
    case badSize
    case badRoot
    /// A size of 0 and a root that is not that of the empty tree.
    case emptyTreeWithRoot
    case otherOrigin(found: Identifier, expected: Identifier)
    /// Others may have signed; the log itself has not.
    case notSignedByLog(Identifier)

    package var description: String {
        switch self {
        case .note(let error): error.description
        case .badOrigin(let text):
            "\"\(text)\" cannot name a log: use a host and a path without spaces and plus signs"
        case .lines(let found):
            "a checkpoint has the three lines origin, size and root; this one has \(found)"
        case .badSize: "the second line of the checkpoint is not a size in plain decimal digits"
        case .badRoot: "the third line of the checkpoint is not a 32-byte root in standard base64"
        case .emptyTreeWithRoot: "the checkpoint says 0 entries but its root is not that of an empty tree"
        case .otherOrigin(let found, let expected):
            "the checkpoint is of the log \(found), not of \(expected)"
        case .notSignedByLog(let origin):
            "the checkpoint is not signed by a known key of the log \(origin) itself"
        }
    }
}

/// What a log commits to: under this name, this many entries, with this root (C2SP tlog-checkpoint).
package struct Checkpoint: Sendable, Hashable {
    /// The log's name, a URL without its scheme; its keys sign under the same name.
    package let origin: Identifier
    package let size: Int
    package let root: Digest

    /// - Throws: for a name that no key can have, a negative size, and an empty log with another root than
    ///   that of none.
    package init(origin: Identifier, size: Int, root: Digest) throws(CheckpointError) {
        guard SignedNote.isKeyName(origin.text) else { throw .badOrigin(origin.text) }
        guard size >= 0 else { throw .badSize }
        guard size > 0 || root == MerkleTree.emptyRoot else { throw .emptyTreeWithRoot }
        self.origin = origin
        self.size = size
        self.root = root
    }

    /// Reads the text of a checkpoint. Extension lines are refused: no log of ours writes them.
    package init(text: [UInt8]) throws(CheckpointError) {
        guard text.last == 0x0A else { throw .note(.unendedText) }
        let lines = text.dropLast().split(separator: 0x0A, omittingEmptySubsequences: false)
        guard lines.count == 3 else { throw .lines(found: lines.count) }
        guard let origin = String(validating: lines[0], as: UTF8.self) else { throw .note(.notUTF8) }
        guard let size = Int(plainDecimal: lines[1]) else { throw .badSize }
        guard
            let root = Base64.decode(String(decoding: lines[2], as: UTF8.self)).flatMap({ Digest(bytes: $0) })
        else { throw .badRoot }
        try self.init(origin: Identifier(origin), size: size, root: root)
    }

    /// The text that is signed.
    package var text: [UInt8] {
        Array("\(origin)\n\(size)\n\(Base64.encode(root.bytes))\n".utf8)
    }

    /// The checkpoint as a signed note.
    ///
    /// Sign only what extends the checkpoint signed last: two that contradict each other end the log's credit.
    package func signed(by signer: NoteSigner) throws(CheckpointError) -> SignedNote {
        guard signer.name == origin else { throw .notSignedByLog(origin) }
        do {
            return try SignedNote(text: text).signed(by: signer)
        } catch {
            throw .note(error)
        }
    }

    /// The checkpoint in a note, once the log of this origin is seen to have signed it. Keys of witnesses may be among
    /// the verifiers; they cannot stand in for the log.
    package static func open(
        _ note: SignedNote, verifiers: [NoteVerifier], origin: Identifier
    ) throws(CheckpointError) -> Checkpoint {
        let signers: [NoteVerifier]
        do {
            signers = try note.verified(by: verifiers)
        } catch {
            throw .note(error)
        }
        let checkpoint = try Checkpoint(text: note.text)
        guard checkpoint.origin == origin else {
            throw .otherOrigin(found: checkpoint.origin, expected: origin)
        }
        guard signers.contains(where: { $0.name == origin && $0.algorithm == .ed25519 }) else {
            throw .notSignedByLog(origin)
        }
        return checkpoint
    }

    /// The same for a note as it was published.
    package static func open(
        _ bytes: [UInt8], verifiers: [NoteVerifier], origin: Identifier
    ) throws(CheckpointError) -> Checkpoint {
        let note: SignedNote
        do {
            note = try SignedNote(parsing: bytes)
        } catch {
            throw .note(error)
        }
        return try open(note, verifiers: verifiers, origin: origin)
    }
}
