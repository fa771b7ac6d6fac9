package import Formats

/// What a key of a note signs, and with which algorithm: the type byte of C2SP signed-note.
package enum NoteAlgorithm: UInt8, Sendable, Hashable {
    /// Signs the note's text.
    case ed25519 = 0x01
    /// Signs a time and the text: a witness's `cosignature/v1` (C2SP tlog-cosignature).
    case ed25519Cosignature = 0x04
}

/// A public key with the name under which it signs notes.
///
/// As text, a *vkey*: `acme.example/evidence+1a2b3c4d+AbCd…`.
package struct NoteVerifier: Sendable, Hashable {
    package let name: Identifier
    package let algorithm: NoteAlgorithm
    package let publicKey: PublicKey
    /// First four bytes of SHA-256(name ‖ LF ‖ type ‖ key), first byte highest.
    package let keyID: UInt32

    /// - Throws: for a name that no key can have.
    package init(
        name: Identifier, publicKey: PublicKey, algorithm: NoteAlgorithm = .ed25519
    ) throws(NoteError) {
        try KeyText.checkName(name.text)
        self.name = name
        self.publicKey = publicKey
        self.algorithm = algorithm
        keyID = KeyText.keyID(name: name, algorithm: algorithm, publicKey: publicKey)
    }

    /// Reads a vkey.
    package init(vkey: String) throws(NoteError) {
        let parts = try KeyText(parsing: vkey)
        guard let publicKey = PublicKey(bytes: parts.key) else {
            throw .badKey(reason: "an Ed25519 public key has 32 bytes")
        }
        try self.init(name: parts.name, publicKey: publicKey, algorithm: parts.algorithm)
        guard keyID == parts.keyID else {
            throw .badKey(reason: "its id does not fit its name and key; a character was changed")
        }
    }

    /// The key as text, to be handed to whoever is to check signatures.
    package var vkey: String {
        KeyText(name: name, algorithm: algorithm, keyID: keyID, key: publicKey.bytes).text
    }

    /// Name and id, by which people tell keys apart: `acme.example/evidence+1a2b3c4d`.
    package var hint: String { "\(name)+\(Hex.encode(SignedNote.bigEndian(keyID)))" }

    /// Whether this key made the signature over this text.
    package func isValid(_ signature: [UInt8], for text: [UInt8]) -> Bool {
        switch algorithm {
        case .ed25519: publicKey.isValid(signature, for: text)
        case .ed25519Cosignature:
            Cosignature(bytes: signature).map { publicKey.isValid($0.signature, for: $0.message(text)) }
                ?? false
        }
    }
}

/// A private key with the name under which it signs notes.
///
/// As text: `PRIVATE+KEY+acme.example/evidence+1a2b3c4d+AbCd…`. The text is the secret: keep it in a file that only
/// its owner may read.
package struct NoteSigner: Sendable {
    private static let prefix = "PRIVATE+KEY+"

    package let verifier: NoteVerifier
    package let key: SigningKey

    /// - Throws: for a name that no key can have.
    package init(
        name: Identifier, key: SigningKey, algorithm: NoteAlgorithm = .ed25519
    ) throws(NoteError) {
        verifier = try NoteVerifier(name: name, publicKey: key.publicKey, algorithm: algorithm)
        self.key = key
    }

    /// Reads a private key from its text, with or without a line end behind it.
    package init(privateText: String) throws(NoteError) {
        var line = privateText[...]
        if line.utf8.last == UInt8(ascii: "\n") { line = Substring(line.utf8.dropLast()) }
        guard line.utf8.starts(with: Self.prefix.utf8) else {
            throw .badKey(reason: "a private key begins with \(Self.prefix)")
        }
        let parts = try KeyText(parsing: String(Substring(line.utf8.dropFirst(Self.prefix.utf8.count))))
        guard let key = SigningKey(seed: parts.key) else {
            throw .badKey(reason: "an Ed25519 private key has 32 bytes")
        }
        try self.init(name: parts.name, key: key, algorithm: parts.algorithm)
        guard verifier.keyID == parts.keyID else {
            throw .badKey(reason: "its id does not fit its name and key; a character was changed")
        }
    }

    package var name: Identifier { verifier.name }

    /// The private key as text. A secret.
    package var privateText: String {
        Self.prefix
            + KeyText(name: name, algorithm: verifier.algorithm, keyID: verifier.keyID, key: key.seed).text
    }

    /// The signature line for a text. A witness's key cannot sign without a time.
    package func sign(_ text: [UInt8]) throws(NoteError) -> SignedNote.Signature {
        guard verifier.algorithm == .ed25519 else { throw .signing }
        return SignedNote.Signature(name: name, keyID: verifier.keyID, bytes: try key.sign(text))
    }
}

/// `name+id+base64(type ‖ key)`, the shape that public and private keys share.
private struct KeyText {
    let name: Identifier
    let algorithm: NoteAlgorithm
    let keyID: UInt32
    let key: [UInt8]

    init(name: Identifier, algorithm: NoteAlgorithm, keyID: UInt32, key: [UInt8]) {
        self.name = name
        self.algorithm = algorithm
        self.keyID = keyID
        self.key = key
    }

    init(parsing text: String) throws(NoteError) {
        // Base64 may hold further plus signs; the name may not.
        let parts = text.utf8.split(
            separator: UInt8(ascii: "+"), maxSplits: 2, omittingEmptySubsequences: false
        )
        .map { String($0) ?? "" }
        guard parts.count == 3 else { throw .badKey(reason: "expected name+id+key") }
        try Self.checkName(parts[0])
        guard parts[1].utf8.count == 8, let id = Hex.decode(parts[1]) else {
            throw .badKey(reason: "the id is not 8 lower-case hexadecimal digits")
        }
        guard let typed = Base64.decode(parts[2]), let type = typed.first else {
            throw .badKey(reason: "the key is not standard base64")
        }
        guard let algorithm = NoteAlgorithm(rawValue: type) else {
            throw .badKey(reason: "key type \(type) is not supported; only Ed25519 (types 1 and 4) is")
        }
        self.init(
            name: Identifier(parts[0]), algorithm: algorithm, keyID: id.reduce(0) { $0 << 8 | UInt32($1) },
            key: Array(typed.dropFirst()))
    }

    var text: String {
        let id = Hex.encode(SignedNote.bigEndian(keyID))
        return "\(name)+\(id)+\(Base64.encode([algorithm.rawValue] + key))"
    }

    static func keyID(name: Identifier, algorithm: NoteAlgorithm, publicKey: PublicKey) -> UInt32 {
        let named = Array(name.text.utf8) + [0x0A, algorithm.rawValue] + publicKey.bytes
        return Digest.sha256(named).bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    static func checkName(_ name: String) throws(NoteError) {
        guard SignedNote.isKeyName(name) else { throw .badKeyName(name) }
    }
}
