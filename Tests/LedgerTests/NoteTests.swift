import TestSupport
import Testing

@testable import Formats
@testable import Ledger

@Suite struct NoteTests {
    private let signer: NoteSigner
    private let witness: NoteSigner
    private let checkpoint: Checkpoint

    init() throws {
        signer = try .sample()
        witness = try .sample("witness.example", seed: 2)
        checkpoint = try Checkpoint(origin: "example.org/log", size: 70, root: MemoryTree(leaves(70)).root)
    }

    @Test func `a checkpoint with two signatures comes back`() throws {
        let note = try checkpoint.signed(by: signer).signed(by: witness)
        let read = try SignedNote(parsing: note.encoded)
        #expect(read == note)
        #expect(text(note.text) == "example.org/log\n70\n\(Base64.encode(checkpoint.root.bytes))\n")
        let both = [witness.verifier, signer.verifier]
        #expect(try read.verified(by: both) == both)
        #expect(try Checkpoint.open(note.encoded, verifiers: both, origin: "example.org/log") == checkpoint)
    }

    @Test func `signatures by unknown keys are passed over`() throws {
        let note = try checkpoint.signed(by: witness, unchecked: ()).signed(by: signer)
        #expect(try note.verified(by: [signer.verifier]) == [signer.verifier])
        let namesake = try NoteSigner.sample(seed: 3)
        #expect(throws: NoteError.notSignedByKnownKey) { try note.verified(by: [namesake.verifier]) }
    }

    @Test func `a witness cannot stand in for the log`() throws {
        let note = try checkpoint.signed(by: witness, unchecked: ())
        #expect(throws: CheckpointError.notSignedByLog("example.org/log")) {
            try Checkpoint.open(
                note, verifiers: [signer.verifier, witness.verifier], origin: "example.org/log")
        }
        #expect(throws: CheckpointError.self) { try checkpoint.signed(by: witness) }
    }

    @Test func `one failing signature by a known key kills the note`() throws {
        let good = try checkpoint.signed(by: signer)
        let stale = try SignedNote(text: bytes("something else\n")).signed(by: signer).signatures[0]
        let line = "— example.org/log \(Base64.encode(SignedNote.bigEndian(stale.keyID) + stale.bytes))\n"
        let note = try SignedNote(parsing: good.encoded + bytes(line))
        #expect(throws: NoteError.badSignature(by: "example.org/log")) {
            try note.verified(by: [signer.verifier])
        }
    }

    @Test func `a note with any bit flipped is refused`() throws {
        let note = try checkpoint.signed(by: signer).encoded
        for bit in 0..<note.count * 8 {
            var changed = note
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(throws: CheckpointError.self, "bit \(bit)") {
                try Checkpoint.open(changed, verifiers: [signer.verifier], origin: "example.org/log")
            }
        }
        for length in 0..<note.count {
            #expect(throws: CheckpointError.self) {
                try Checkpoint.open(
                    Array(note[..<length]), verifiers: [signer.verifier], origin: "example.org/log")
            }
        }
    }

    @Test func `a checkpoint of another log is refused`() throws {
        let note = try checkpoint.signed(by: signer)
        let expected = CheckpointError.otherOrigin(found: "example.org/log", expected: "example.org/other")
        #expect(throws: expected) {
            try Checkpoint.open(note, verifiers: [signer.verifier], origin: "example.org/other")
        }
    }

    @Test func `the text of a note ends at its last empty line`() throws {
        let note = try SignedNote(text: bytes("one\n\ntwo\n")).signed(by: signer)
        #expect(try SignedNote(parsing: note.encoded).text == note.text)
    }

    @Test(arguments: [
        ("", NoteError.noSignatures), ("text\n", .noSignatures), ("text\n\n", .noSignatures),
        ("t\n\n— a AAAAAAA=", .noSignatures),
        ("t\n\n- a AAAAAAA=\n", .malformedSignature(line: 1)),
        ("t\n\n— a AAAAAAA\n", .malformedSignature(line: 1)),
        ("t\n\n— a AAAAAAB=\n", .malformedSignature(line: 1)),
        ("t\n\n— a AAAAAA==\n", .malformedSignature(line: 1)),
        ("t\n\n— a+b AAAAAAA=\n", .malformedSignature(line: 1)),
        ("t\n\n—  AAAAAAA=\n", .malformedSignature(line: 1)),
        ("t\n\n— a AAAAAAA= \n", .malformedSignature(line: 1)),
        ("t\n\n— a AAAAAAA=\nx\n", .malformedSignature(line: 2)),
        ("t\r\n\n— a AAAAAAA=\n", .controlCharacter(13)), ("t\u{0}\n\n— a AAAAAAA=\n", .controlCharacter(0)),
    ])
    func `a malformed note is refused`(source: String, expected: NoteError) {
        #expect(throws: expected) { try SignedNote(parsing: bytes(source)) }
    }

    @Test func `notes are bounded in size, lines and characters`() throws {
        var limits = SignedNote.Limits()
        limits.signatures = 16
        let line = "— a AAAAAAA=\n"
        let full = bytes("t\n\n" + String(repeating: line, count: 16))
        #expect(try SignedNote(parsing: full, limits: limits).signatures.count == 16)
        #expect(throws: NoteError.tooManySignatures(limit: 16)) {
            try SignedNote(parsing: full + bytes(line), limits: limits)
        }
        limits.bytes = full.count - 1
        #expect(throws: NoteError.tooLong(limit: full.count - 1)) {
            try SignedNote(parsing: full, limits: limits)
        }
        #expect(throws: NoteError.notUTF8) { try SignedNote(text: [0xC3, 0x28, 0x0A]) }
        #expect(throws: NoteError.unendedText) { try SignedNote(text: bytes("text")) }
    }

    @Test(arguments: [
        "example.org/log\n070\nROOT\n", "example.org/log\n-1\nROOT\n", "example.org/log\n+1\nROOT\n",
        "example.org/log\n9223372036854775808\nROOT\n", "example.org/log\n\nROOT\n",
        "example.org/log\n70\nROOT",
        "example.org/log\n70\nROOT\n\n", "example.org/log\n70\nROOT\nextension\n", "\n70\nROOT\n",
        "a b\n70\nROOT\n",
        "a+b\n70\nROOT\n", "example.org/log\n0\nROOT\n", "example.org/log\n70\nAAAA\n",
        "example.org/log\n70\n\n",
        "example.org/log\n70\n", "",
    ])
    func `a malformed checkpoint is refused`(source: String) throws {
        let root = Base64.encode(checkpoint.root.bytes)
        let parts = source.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let filled = parts.map { $0.elementsEqual("ROOT".utf8) ? root : String(Substring($0)) }
            .joined(separator: "\n")
        #expect(throws: CheckpointError.self) { try Checkpoint(text: bytes(filled)) }
    }

    @Test func `an empty log has a checkpoint`() throws {
        let empty = try Checkpoint(origin: "a", size: 0, root: MerkleTree.emptyRoot)
        #expect(try Checkpoint(text: empty.text) == empty)
    }

    @Test func `keys come back from their text`() throws {
        let verifier = signer.verifier
        #expect(try NoteVerifier(vkey: verifier.vkey) == verifier)
        let read = try NoteSigner(privateText: signer.privateText + "\n")
        #expect(read.verifier == verifier)
        #expect(read.privateText == signer.privateText)
        #expect(signer.privateText.hasPrefix("PRIVATE+KEY+example.org/log+"))
        #expect(verifier.vkey.hasPrefix("example.org/log+"))
    }

    @Test func `a key text with any character changed is refused`() throws {
        for key in [signer.verifier.vkey, signer.privateText] {
            for at in key.utf8.indices {
                var changed = Array(key.utf8)
                let offset = key.utf8.distance(from: key.utf8.startIndex, to: at)
                changed[offset] = changed[offset] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
                #expect(throws: NoteError.self, "\(text(changed))") {
                    if key.hasPrefix("PRIVATE") {
                        _ = try NoteSigner(privateText: text(changed))
                    } else {
                        _ = try NoteVerifier(vkey: text(changed))
                    }
                }
            }
        }
        #expect(throws: NoteError.self) { try NoteVerifier(vkey: signer.privateText) }
        #expect(throws: NoteError.badKeyName("a b")) { try NoteSigner(name: "a b", key: signer.key) }
    }

    @Test func `a private key never prints itself`() throws {
        let secret = Base64.encode(signer.key.seed)
        var dumped = ""
        dump(signer, to: &dumped)
        for shown in ["\(signer)", "\(signer.key)", String(reflecting: signer), dumped] {
            #expect(!shown.contains(secret))
            #expect(!shown.contains(Hex.encode(signer.key.seed)))
        }
    }

    @Test func `generated keys follow the generator`() throws {
        var (one, two) = (Seeded(5), Seeded(5))
        let first = try SigningKey.generate(using: &one)
        #expect(try SigningKey.generate(using: &two).seed == first.seed)
        #expect(try SigningKey.generate(using: &two).seed != first.seed)
    }
}

extension Checkpoint {
    fileprivate func signed(by signer: NoteSigner, unchecked: ()) throws -> SignedNote {
        try SignedNote(text: text).signed(by: signer)
    }
}
