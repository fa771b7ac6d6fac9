import Testing

@testable import Formats
@testable import Ledger

@Suite struct StatementTests {
    private let producer: NoteSigner
    private let second: NoteSigner

    init() throws {
        producer = try .sample("collector.example", seed: 7)
        second = try .sample("reviewer.example", seed: 8)
    }

    @Test func `the signed bytes have the published shape`() {
        #expect(
            text(
                Envelope.preAuthenticationEncoding(
                    type: "http://example.com/HelloWorld", payload: bytes("hello world")))
                == "DSSEv1 29 http://example.com/HelloWorld 11 hello world")
        #expect(text(Envelope.preAuthenticationEncoding(type: "é", payload: [])) == "DSSEv1 2 é 0 ")
    }

    @Test func `an entry comes back from its bytes with its statement`() throws {
        let entry = try LogEntry(.sample(3), signedBy: [producer])
        let read = try LogEntry(bytes: entry.bytes)
        #expect(read == entry)
        #expect(read.statement == .sample(3))
        #expect(try read.verifiedStatement(by: [second.verifier, producer.verifier]) == .sample(3))
        #expect(read.leafHash == .sha256([0] + entry.bytes))
    }

    @Test func `a statement is written in the one canonical way`() throws {
        let digest = Digest.sha256([])
        let statement = Statement(
            subjects: [.init(name: "s", digest: digest)], predicateType: "p",
            predicate: JSONObject([
                .init(name: "b", value: .integer(1)), .init(name: "a", value: .string("é")),
            ]))
        #expect(
            try text(statement.encoded())
                == #"{"_type":"https://in-toto.io/Statement/v1","predicate":{"a":"é","b":1},"predicateType":"p","#
                + #""subject":[{"digest":{"sha256":"\#(digest.hex)"},"name":"s"}]}"#)
    }

    @Test func `an entry with any bit flipped is refused`() throws {
        let entry = try LogEntry(.sample(), signedBy: [producer])
        for bit in 0..<entry.bytes.count * 8 {
            var changed = entry.bytes
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(throws: LogEntryError.self, "bit \(bit)") {
                let read = try LogEntry(bytes: changed)
                // The key id is a hint outside the signature: changing it changes the leaf, not the claim.
                if read.envelope.signatures[0].keyID != entry.envelope.signatures[0].keyID {
                    throw LogEntryError.envelope(.notCanonical)
                }
                _ = try read.verifiedStatement(by: [producer.verifier])
            }
        }
    }

    @Test func `distinct keys are counted, not signatures`() throws {
        let payload = bytes("{}")
        let twice = try Envelope(signing: payload, by: [producer, producer])
        #expect(try twice.verified(by: [producer.verifier]) == payload)
        #expect(throws: EnvelopeError.signers(found: 1, needed: 2)) {
            try twice.verified(by: [producer.verifier, second.verifier], threshold: 2)
        }
        let both = try Envelope(signing: payload, by: [producer, second])
        #expect(try both.verified(by: [producer.verifier, second.verifier], threshold: 2) == payload)
        #expect(try Envelope(canonical: both.encoded) == both)
        let renamed = try NoteVerifier(name: "alias.example", publicKey: producer.key.publicKey)
        #expect(throws: EnvelopeError.signers(found: 1, needed: 2)) {
            try both.verified(by: [producer.verifier, renamed], threshold: 2)
        }
        #expect(throws: EnvelopeError.signers(found: 0, needed: 1)) { try both.verified(by: []) }
        #expect(throws: EnvelopeError.signers(found: 0, needed: 1)) {
            try both.verified(by: [], threshold: 0)
        }
        #expect(throws: EnvelopeError.noSignatures) { try Envelope(signing: payload, by: []) }
    }

    @Test func `the key id is only a hint`() throws {
        let signed = try Envelope(signing: bytes("x"), by: [producer])
        for keyID in [nil, "", "someone else"] as [String?] {
            let bare = Envelope(
                payloadType: signed.payloadType, payload: signed.payload,
                signatures: [.init(keyID: keyID, bytes: signed.signatures[0].bytes)])
            #expect(try bare.verified(by: [second.verifier, producer.verifier]) == bytes("x"))
            #expect(try Envelope(canonical: bare.encoded) == bare)
        }
    }

    @Test func `a failing signature that names a known key is told, although another one suffices`() throws {
        let signed = try Envelope(signing: bytes("x"), by: [producer, second])
        let verifiers = [producer.verifier, second.verifier]
        let wrong = Envelope.Signature(
            keyID: second.verifier.hint, bytes: signed.signatures[0].bytes)
        let envelope = Envelope(
            payloadType: signed.payloadType, payload: signed.payload,
            signatures: [signed.signatures[0], wrong])
        #expect(throws: EnvelopeError.badSignature(keyID: second.verifier.hint)) {
            try envelope.verified(by: verifiers)
        }
        // Whose name nobody knows counts for nothing.
        #expect(try envelope.verified(by: [producer.verifier]) == bytes("x"))
    }

    @Test func `a signature over another type or payload is refused`() throws {
        let signed = try Envelope(signing: bytes("x"), by: [producer])
        for (type, payload) in [("application/json", bytes("x")), (signed.payloadType, bytes("y"))] {
            let other = Envelope(payloadType: type, payload: payload, signatures: signed.signatures)
            #expect(throws: EnvelopeError.self) { try other.verified(by: [producer.verifier]) }
        }
    }

    @Test func `any layout is an envelope, one layout is an entry`() throws {
        let envelope = try Envelope(signing: [0xFB, 0xFF, 0xFE, 1], by: [producer])
        let canonical = text(envelope.encoded)
        let urlSafe = Base64.encode(envelope.payload).replacing("+", with: "-").replacing("/", with: "_")
        let spellings = [
            " " + canonical, canonical + "\n", "{\"extra\":1," + canonical.dropFirst(),
            canonical.replacing("payloadType", with: "payload\\u0054ype"),
            canonical.replacing(Base64.encode(envelope.payload), with: urlSafe),
            canonical.replacing(Base64.encode(envelope.payload), with: urlSafe.replacing("=", with: "")),
            canonical.replacing("application/", with: "application\\/"),
        ]
        for spelling in spellings {
            #expect(try Envelope(parsing: bytes(spelling)) == envelope)
            #expect(throws: EnvelopeError.notCanonical) { try Envelope(canonical: bytes(spelling)) }
            #expect(throws: LogEntryError.envelope(.notCanonical)) { try LogEntry(bytes: bytes(spelling)) }
        }
    }

    @Test(arguments: [
        ("", EnvelopeError?.none), ("[]", .missing(member: "payloadType")),
        (#"{"payloadType":"t"}"#, .missing(member: "payload")),
        (#"{"payload":1,"payloadType":"t"}"#, .missing(member: "payload")),
        (#"{"payload":"*","payloadType":"t"}"#, .badBase64(member: "payload")),
        (#"{"payload":"","payloadType":"t"}"#, .missing(member: "signatures")),
        (#"{"payload":"","payloadType":"t","signatures":[]}"#, .noSignatures),
        (#"{"payload":"","payloadType":"t","signatures":[{}]}"#, .missing(member: "sig")),
        (#"{"payload":"","payloadType":"t","signatures":[{"keyid":1,"sig":""}]}"#, .missing(member: "keyid")),
        (#"{"payload":"","payload":"","payloadType":"t","signatures":[]}"#, nil),
    ])
    func `a malformed envelope is refused with its reason`(source: String, expected: EnvelopeError?) {
        if let expected {
            #expect(throws: expected) { try Envelope(parsing: bytes(source)) }
        } else {
            #expect(throws: EnvelopeError.self) { try Envelope(parsing: bytes(source)) }
        }
    }

    @Test func `a malformed statement is refused with its reason`() throws {
        let good = try text(Statement.sample().encoded())
        let digest = Statement.sample().subjects[0].digest.hex
        let cases: [(String, StatementError)] = [
            (
                good.replacing("Statement/v1", with: "Statement/v2"),
                .otherType("https://in-toto.io/Statement/v2")
            ),
            (good.replacing("_type", with: "_tipe"), .missing(member: "_type")),
            (
                good.replacing(#""predicateType""#, with: #""predicatetype""#),
                .missing(member: "predicateType")
            ),
            (good.replacing(#"{"sequence":0}"#, with: "[]"), .missing(member: "predicate")),
            (good.replacing(digest, with: digest.uppercased()), .badSubject(index: 0)),
            (good.replacing("sha256", with: "sha512"), .badSubject(index: 0)),
            (good.replacing(#""name""#, with: #""nome""#), .badSubject(index: 0)),
            (good.replacing(#""sha256":"#, with: #""sha1":"00","sha256":"#), .notCanonical),
            (good + " ", .notCanonical),
        ]
        for (source, expected) in cases {
            #expect(throws: expected, "\(source)") { try Statement(canonical: bytes(source)) }
        }
        let nothing = Statement(subjects: [], predicateType: "p", predicate: JSONObject())
        #expect(throws: StatementError.noSubjects) { try nothing.encoded() }
        let fraction = Statement(
            subjects: Statement.sample().subjects, predicateType: "p",
            predicate: JSONObject([.init(name: "n", value: .decimal("0.5"))]))
        #expect(throws: StatementError.self) { try fraction.encoded() }
    }

    @Test func `an entry too long for a bundle or of another type is refused`() throws {
        let long = Statement(
            subjects: Statement.sample().subjects, predicateType: "p",
            predicate: JSONObject([.init(name: "n", value: .string(String(repeating: "x", count: 60_000)))]))
        #expect(throws: LogEntryError.self) { try LogEntry(long, signedBy: [producer]) }
        let other = try Envelope(
            signing: try Statement.sample().encoded(), type: "text/plain", by: [producer])
        #expect(throws: LogEntryError.envelope(.otherPayloadType("text/plain"))) {
            try LogEntry(bytes: other.encoded)
        }
    }
}
