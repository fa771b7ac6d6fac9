package import Formats

/// A short text with the signatures of those who stand for it (C2SP signed-note).
///
///     acme.example/evidence
///     2
///     vdVu9AAADzh4FOXyqrNhl8uGLUMcnnhAZmIzaTCSRUI=
///
///     — acme.example/evidence Gi/Xy…
package struct SignedNote: Sendable, Hashable {
    /// What a reader of notes accepts from a stranger.
    package struct Limits: Sendable {
        package var bytes = 1 << 20
        package var signatures = 100

        package init() {}
    }

    /// One signature line.
    package struct Signature: Sendable, Hashable {
        package let name: Identifier
        package let keyID: UInt32
        package let bytes: [UInt8]

        package init(name: Identifier, keyID: UInt32, bytes: [UInt8]) {
            self.name = name
            self.keyID = keyID
            self.bytes = bytes
        }

        /// Name and id of the key, as `NoteVerifier.hint` has them.
        package var hint: String { "\(name)+\(Hex.encode(SignedNote.bigEndian(keyID)))" }
    }

    private static let mark: [UInt8] = [0xE2, 0x80, 0x94, 0x20]

    /// The signed bytes: valid UTF-8 that ends in a line end.
    package let text: [UInt8]
    /// In the order of their lines.
    package private(set) var signatures: [Signature]

    /// A text that nobody has signed yet.
    package init(text: [UInt8]) throws(NoteError) {
        try Self.checkCharacters(text)
        guard text.last == 0x0A else { throw .unendedText }
        self.text = text
        signatures = []
    }

    /// Reads a note without judging its signatures.
    package init(parsing bytes: [UInt8], limits: Limits = Limits()) throws(NoteError) {
        guard bytes.count <= limits.bytes else { throw .tooLong(limit: limits.bytes) }
        try Self.checkCharacters(bytes)
        guard let gap = Self.lastEmptyLine(bytes) else { throw .noSignatures }
        try self.init(text: Array(bytes[..<gap]))
        let block = bytes[(gap + 1)...]
        guard block.last == 0x0A else { throw .noSignatures }
        let lines = block.dropLast().split(
            separator: 0x0A, maxSplits: limits.signatures, omittingEmptySubsequences: false)
        guard lines.count <= limits.signatures else { throw .tooManySignatures(limit: limits.signatures) }
        for (index, line) in lines.enumerated() {
            guard let signature = Self.signature(line) else { throw .malformedSignature(line: index + 1) }
            signatures.append(signature)
        }
    }

    /// The note with one more signature, behind those it has.
    package func signed(by signer: NoteSigner) throws(NoteError) -> SignedNote {
        var note = self
        note.signatures.append(try signer.sign(text))
        return note
    }

    /// The note with further signature lines, as a witness returns them; those that it has already are left out.
    package func adding(_ lines: [Signature]) -> SignedNote {
        var note = self
        for line in lines where !note.signatures.contains(line) { note.signatures.append(line) }
        return note
    }

    /// The note with only some of its signatures.
    package func keeping(_ isKept: (Signature) -> Bool) -> SignedNote {
        var note = self
        note.signatures.removeAll { !isKept($0) }
        return note
    }

    /// Reads signature lines that stand alone.
    package static func signatures(parsing bytes: [UInt8], limit: Int = 100) throws(NoteError) -> [Signature]
    {
        guard bytes.last == 0x0A else { throw .noSignatures }
        try checkCharacters(bytes)
        let lines = bytes.dropLast().split(
            separator: 0x0A, maxSplits: limit, omittingEmptySubsequences: false)
        guard lines.count <= limit else { throw .tooManySignatures(limit: limit) }
        var found: [Signature] = []
        for (index, line) in lines.enumerated() {
            guard let signature = signature(line) else { throw .malformedSignature(line: index + 1) }
            found.append(signature)
        }
        return found
    }

    /// Signature lines alone, as a witness sends them.
    package static func encoded(_ signatures: [Signature]) -> [UInt8] {
        signatures.flatMap { signature in
            let raw = bigEndian(signature.keyID) + signature.bytes
            return mark + Array("\(signature.name) \(Base64.encode(raw))\n".utf8)
        }
    }

    /// The note as it is published.
    package var encoded: [UInt8] {
        text + [0x0A] + Self.encoded(signatures)
    }

    /// The keys among these that have signed, each once, in the order given.
    ///
    /// Lines by other keys are passed over; a single failing line by one of these makes the note worthless.
    package func verified(by verifiers: [NoteVerifier]) throws(NoteError) -> [NoteVerifier] {
        var signers: Set<NoteVerifier> = []
        for signature in signatures {
            let known = Set(verifiers.filter { $0.name == signature.name && $0.keyID == signature.keyID })
            guard let verifier = known.first else { continue }
            guard known.count == 1 else { throw .ambiguousKey(signature.name) }
            guard verifier.isValid(signature.bytes, for: text) else {
                throw .badSignature(by: signature.name)
            }
            signers.insert(verifier)
        }
        guard !signers.isEmpty else { throw .notSignedByKnownKey }
        return verifiers.filter { signers.remove($0) != nil }
    }

    static func bigEndian(_ keyID: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: keyID >> $0) }
    }

    /// Names stand between spaces in notes and between plus signs in keys.
    static func isKeyName(_ name: String) -> Bool {
        !name.isEmpty
            && name.unicodeScalars.allSatisfy {
                $0 != "+" && !$0.properties.isWhitespace && $0.value >= 0x20 && $0.value != 0x7F
            }
    }

    private static func checkCharacters(_ bytes: [UInt8]) throws(NoteError) {
        if let control = bytes.first(where: { $0 < 0x20 && $0 != 0x0A }) { throw .controlCharacter(control) }
        guard String(validating: bytes, as: UTF8.self) != nil else { throw .notUTF8 }
    }

    /// Index of the line end that alone makes up the last empty line.
    private static func lastEmptyLine(_ bytes: [UInt8]) -> Int? {
        bytes.indices.dropFirst().last { bytes[$0] == 0x0A && bytes[$0 - 1] == 0x0A }
    }

    private static func signature(_ line: ArraySlice<UInt8>) -> Signature? {
        guard line.starts(with: mark) else { return nil }
        let parts = line.dropFirst(mark.count).split(separator: 0x20, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let name = String(decoding: parts[0], as: UTF8.self)
        guard isKeyName(name), let raw = Base64.decode(String(decoding: parts[1], as: UTF8.self)),
            raw.count > 4
        else { return nil }
        return Signature(
            name: Identifier(name), keyID: raw[..<4].reduce(0) { $0 << 8 | UInt32($1) },
            bytes: Array(raw[4...]))
    }
}
