import TestSupport
import Testing

@testable import Formats
@testable import Ledger

/// Answers that others have published, so that agreeing with ourselves is not all there is.
@Suite struct PublishedVectorTests {
    /// The eight entries of Certificate Transparency's test tree (RFC 6962), in hexadecimal.
    private static let entries = [
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    ]

    /// The roots of its first one to eight entries.
    private static let roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]

    private static func tree(_ size: Int) throws -> MemoryTree {
        MemoryTree(try entries.prefix(size).map { MerkleTree.leafHash(try decoded($0)) })
    }

    private static func decoded(_ text: String) throws -> [UInt8] {
        try #require(Hex.decode(text))
    }

    private static func digests(_ texts: [String]) throws -> [Digest] {
        try texts.map { try #require(Digest(hex: $0)) }
    }

    @Test(arguments: 1...8) func `the tree of Certificate Transparency has the published roots`(size: Int)
        throws
    {
        #expect(try Self.tree(size).root.hex == Self.roots[size - 1])
    }

    @Test(arguments: [
        (
            0, 8,
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ]
        ),
        (
            5, 8,
            [
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ]
        ),
    ])
    func `an inclusion proof is the published one`(index: Int, size: Int, path: [String]) throws {
        let tree = try Self.tree(size)
        let proof = try tree.inclusionProof(index: index)
        let published = try Self.digests(path)
        #expect(proof.path == published)
        try FuzzSeeds.keep([index, size].littleEndian + published.flatMap(\.bytes), for: "proof")
        let leaf = MerkleTree.leafHash(try Self.decoded(Self.entries[index]))
        try proof.verify(leaf: leaf, root: tree.root)
    }

    @Test(
        arguments: [
            (1, 1, []),
            (
                1, 8,
                [
                    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
                ]
            ),
            (
                6, 8,
                [
                    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                ]
            ),
            (
                2, 5,
                [
                    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                ]
            ),
        ] as [(Int, Int, [String])])
    func `a consistency proof is the published one`(old: Int, new: Int, path: [String]) throws {
        let proof = try Self.tree(new).consistencyProof(old: old)
        let published = try Self.digests(path)
        #expect(proof.path == published)
        try FuzzSeeds.keep([old, new].littleEndian + published.flatMap(\.bytes), for: "proof")
        try proof.verify(oldRoot: Self.tree(old).root, newRoot: Self.tree(new).root)
    }

    /// The example of Go's sumdb/note, which C2SP signed-note describes.
    @Test func `the note of Go's documentation verifies with its key, and with no other text`() throws {
        let verifier = try NoteVerifier(
            vkey: "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
        let text = """
            If you think cryptography is the answer to your problem,
            then you don't know what your problem is.

            """
        let signature =
            "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
        #expect(
            try SignedNote(parsing: bytes(text + "\n" + signature)).verified(by: [verifier]) == [verifier])
        try FuzzSeeds.keep(bytes(text + "\n" + signature), for: "note")
        try FuzzSeeds.keep(bytes(verifier.vkey), for: "note")
        let other = text.replacing("problem is", with: "problem was")
        #expect(throws: NoteError.self) {
            try SignedNote(parsing: bytes(other + "\n" + signature)).verified(by: [verifier])
        }
    }

    /// The examples at the head of C2SP signed-note and tlog-checkpoint; their keys are not published.
    @Test func `the notes of the specifications are read, and come back to the byte`() throws {
        let poem = """
            Ognuno sta solo sul cuor della terra
            trafitto da un raggio di sole:

            ed è subito sera.

            — quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=

            """
        try FuzzSeeds.keep(bytes(poem), for: "note")
        let note = try SignedNote(parsing: bytes(poem))
        #expect(note.encoded == bytes(poem))
        #expect(note.signatures.map(\.name) == ["quasimodo.example/salvatore"])
        #expect(note.signatures.map(\.keyID) == [0x367B_A04B] && note.signatures.map(\.bytes.count) == [64])

        let sofa = """
            example.com/behind-the-sofa
            20852163
            CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

            — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=

            """
        let checkpoint = try Checkpoint(text: SignedNote(parsing: bytes(sofa)).text)
        try FuzzSeeds.keep(bytes(sofa), for: "checkpoint")
        try FuzzSeeds.keep(checkpoint.text, for: "checkpoint")
        #expect(checkpoint.origin == "example.com/behind-the-sofa" && checkpoint.size == 20_852_163)
        #expect(checkpoint.root.hex == "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62")
    }

    /// RFC 8032 §7.1: secret key, public key, message, signature.
    @Test(arguments: [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ])
    func `keys and signatures are those of RFC 8032`(
        secret: String, publicKey: String, message: String, signature: String
    ) throws {
        let signer = try #require(SigningKey(seed: Self.decoded(secret)))
        let key = try #require(PublicKey(bytes: Self.decoded(publicKey)))
        let (text, published) = (try Self.decoded(message), try Self.decoded(signature))
        #expect(key.isValid(published, for: text))
        let own = try signer.sign(text)
        #expect(key.isValid(own, for: text))
        #expect(!key.isValid(published, for: text + [0]))
    }

    /// DSSE protocol.md: the envelope is read; its signature is ECDSA, which is no key of ours (`PublishedSignatureTests`).
    @Test func `the envelope of the DSSE specification is read`() throws {
        let published = bytes(
            """
            {"payload": "aGVsbG8gd29ybGQ=",
             "payloadType": "http://example.com/HelloWorld",
             "signatures": [{"sig": "A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA=="}]}
            """)
        let envelope = try Envelope(parsing: published)
        try FuzzSeeds.keep(published, for: "envelope")
        #expect(envelope.payload == bytes("hello world"))
        #expect(
            Envelope.preAuthenticationEncoding(type: envelope.payloadType, payload: envelope.payload)
                == bytes("DSSEv1 29 http://example.com/HelloWorld 11 hello world"))
        #expect(throws: EnvelopeError.self) {
            try envelope.verified(by: [try NoteSigner.sample().verifier])
        }
    }
}

extension [Int] {
    /// Eight bytes each, lowest first, as the fuzzer reads the numbers of a proof.
    fileprivate var littleEndian: [UInt8] {
        flatMap { number in (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }
    }
}
