import Formats
import Ledger
import TestSupport
import Testing

/// What the functions of the page refuse, each by name: the words are those of the one guard that stands against it.
@Suite(
    .serialized,
    .enabled(if: Browser.path != nil, "skipped: no Chromium is installed (Debian package chromium)"))
struct PageGuardTests {
    private static func signer(_ name: Identifier, _ seed: UInt8) throws -> NoteSigner {
        try NoteSigner(
            name: name, key: try #require(SigningKey(seed: [UInt8](repeating: seed, count: 32))))
    }

    private static func expect(_ cases: [(expression: String, said: String)]) async throws {
        let page = try await Browser.page(try await ProfileTests.desk())
        let found = try await page.complaints(cases.map(\.expression))
        for ((expression, said), complaint) in zip(cases, found) {
            #expect(
                said.isEmpty ? complaint.isEmpty : complaint.contains(said), "\(expression): \(complaint)")
        }
    }

    private static func bytes(_ bytes: [UInt8]) -> String { "fromBase64(\"\(Base64.encode(bytes))\")" }

    @Test func `values of another spelling are refused`() async throws {
        let digest = "not 64 hexadecimal digits"
        let canonical = "x is not in canonical form"
        try await Self.expect([
            (#"fromHex("ab".repeat(32))"#, ""), (#"fromHex("AB".repeat(32))"#, digest),
            (#"fromHex("ab".repeat(31))"#, digest), ("fromHex(7)", digest),
            (#"fromBase64("QQ==")"#, ""), (#"fromBase64("*")"#, "is not base64"),
            (#"fromBase64("QR==")"#, "not canonical base64"), (#"fromBase64("QQ")"#, "not canonical base64"),
            (#"fromBase64URL("-_8")"#, ""), (#"fromBase64URL("+/8")"#, "not base64url"),
            (#"parseCanonical(utf8.encode("{\"a\":[1,\"é\"]}"), "x")"#, ""),
            (#"parseCanonical(utf8.encode("{"), "x")"#, "x is not JSON"),
            (#"parseCanonical(Uint8Array.of(0x22, 0xff, 0x22), "x")"#, "x is not JSON"),
            (#"parseCanonical(utf8.encode("{\"a\":1,\"a\":2}"), "x")"#, canonical),
            (#"parseCanonical(utf8.encode("{\"b\":1,\"a\":2}"), "x")"#, canonical),
            (#"parseCanonical(utf8.encode("[1, 2]"), "x")"#, canonical),
            (#"parseCanonical(utf8.encode("[1.0]"), "x")"#, canonical),
            (#"parseCanonical(utf8.encode("\"\u{10000}\""), "x")"#, ""),
            (#"parseCanonical(utf8.encode("\"\\ud800\""), "x")"#, "x: a text holds half of a character"),
            (#"parseCanonical(utf8.encode("{\"\\udc00\":1}"), "x")"#, "x: a text holds half"),
            (#"instant("2025-01-02T00:00:00Z")"#, ""), (#"instant("2025-01-02")"#, "a time is malformed"),
        ])
    }

    @Test func `proofs of sizes and places that cannot be are refused`() async throws {
        let (none, many, few) = ("that the log does not have", "too many hashes", "too few hashes")
        let other = "does not go on from the one"
        let grown = "cannot have grown like that"
        let (a, b) = ("new Uint8Array(32)", "new Uint8Array(32).fill(1)")
        try await Self.expect([
            ("rootFromInclusion(0, 1, \(a), [])", ""), ("rootFromInclusion(1, 1, \(a), [])", none),
            ("rootFromInclusion(0, 0, \(a), [])", none), ("rootFromInclusion(-1, 4, \(a), [])", none),
            ("rootFromInclusion(0.5, 4, \(a), [\(a), \(a)])", none),
            ("rootFromInclusion(0, 1, \(a), [\(a)])", many), ("rootFromInclusion(0, 2, \(a), [])", few),
            ("checkConsistency(2, \(a), 2, \(a), [])", ""),
            ("checkConsistency(2, \(a), 2, \(b), [])", "two logs of one size differ"),
            ("checkConsistency(2, \(a), 2, \(a), [\(a)])", "two logs of one size differ"),
            ("checkConsistency(0, \(a), 2, \(a), [\(a)])", grown),
            ("checkConsistency(3, \(a), 2, \(a), [\(a)])", grown),
            ("checkConsistency(1, \(a), 2, \(a), [])", grown),
            ("checkConsistency(1, \(a), 2, \(a), [\(a), \(a)])", many),
            ("checkConsistency(1, \(a), 2, \(a), [\(a)])", other),
        ])
    }

    /// Of every tree of up to eight leaves, each proof as it is and changed in one place.
    @Test func `page and program agree on proofs`() async throws {
        var generator = Seeded(11)
        var cases: [(expression: String, isGood: Bool)] = []
        func list(_ path: [Digest]) -> String {
            "[" + path.map { Self.bytes($0.bytes) }.joined(separator: ",") + "]"
        }
        func changed(_ path: [Digest]) -> [Digest] {
            var path = path
            switch generator.below(4) {
            case 0: path.append(.sha256([9]))
            case 1: _ = path.popLast()
            case 2: path.reverse()
            default: if !path.isEmpty { path[generator.below(path.count)] = .sha256([8]) }
            }
            return path
        }
        for size in 1...8 {
            let leaves = (0..<size).map { MerkleTree.leafHash([UInt8($0)]) }
            let tree = MemoryTree(leaves)
            for index in 0..<size {
                let path = try tree.inclusionProof(index: index).path
                for path in [path, changed(path)] {
                    let proof = InclusionProof(index: index, size: size, path: path)
                    let isGood = (try? proof.verify(leaf: leaves[index], root: tree.root)) != nil
                    cases.append(
                        (
                            "same(await rootFromInclusion(\(index), \(size), \(Self.bytes(leaves[index].bytes)), "
                                + "\(list(path))), \(Self.bytes(tree.root.bytes))) || fail(\"another root\")",
                            isGood
                        ))
                }
                let old = MemoryTree(leaves[...index])
                let extending = try MerkleTree.consistencyProof(
                    old: index + 1, new: size, reader: tree
                ).path
                for path in [extending, changed(extending)] {
                    let proof = ConsistencyProof(old: index + 1, new: size, path: path)
                    let isGood = (try? proof.verify(oldRoot: old.root, newRoot: tree.root)) != nil
                    cases.append(
                        (
                            "checkConsistency(\(index + 1), \(Self.bytes(old.root.bytes)), \(size), "
                                + "\(Self.bytes(tree.root.bytes)), \(list(path)))", isGood
                        ))
                }
            }
        }
        let page = try await Browser.page(try await ProfileTests.desk())
        let complaints = try await page.complaints(cases.map(\.expression))
        for ((expression, isGood), complaint) in zip(cases, complaints) {
            #expect(complaint.isEmpty == isGood, "\(expression): \(complaint)")
        }
    }

    @Test func `keys and their terms are refused when they do not fit`() async throws {
        let log = try Self.signer("o.example/log", 1).verifier.vkey
        let next = try Self.signer("o.example/log", 2).verifier.vkey
        let other = try Self.signer("p.example/log", 3).verifier.vkey
        let renumbered = log.replacing("+" + log.split(separator: "+")[1] + "+", with: "+00000000+")
        let (purpose, sequence) = ("of an unknown purpose", "do not follow one another")
        func terms(_ keys: String, origin: String = "o.example/log", format: String = "assay-trust/1")
            -> String
        {
            """
            parseTerms(utf8.encode(canonical({ format: "\(format)", origin: "\(origin)", \
            keys: [\(keys)] })), "o.example/log")
            """
        }
        func key(_ purpose: String, _ vkey: String, _ terms: String) -> String {
            "{ purpose: \"\(purpose)\", vkey: \"\(vkey)\", \(terms) }"
        }
        let collector = key("collector", other, "from: 0")
        let good = [key("log", log, "from: 0"), collector].joined(separator: ", ")
        try await Self.expect([
            ("parseKey(\"\(log)\")", ""), ("parseKey(\"x\")", "not name+id+key"),
            ("parseKey(\"a+00000000+\" + btoa(\"\\x01short\"))", "not of the type Ed25519"),
            (
                "parseKey(\"a+00000000+\" + btoa(\"\\x04\" + \"k\".repeat(32)))", "not of the type Ed25519"
            ),
            ("parseKey(\"\(renumbered)\")", "does not fit its name"), (terms(good), ""),
            (terms(good, format: "assay-trust/2"), "about another log"),
            (terms(good, origin: "p.example/log"), "about another log"),
            (terms(key("other", log, "from: 0")), purpose),
            (terms(key("log", log, "from: 1") + ", " + collector), sequence),
            (terms(key("log", log, "from: 0, last: -1") + ", " + collector), sequence),
            (
                terms(
                    key("log", log, "from: 0, last: 3") + ", " + key("log", next, "from: 4") + ", "
                        + collector),
                ""
            ),
            (
                terms(
                    key("log", log, "from: 0, last: 3") + ", " + key("log", next, "from: 5") + ", "
                        + collector),
                sequence
            ),
            (
                terms(key("log", log, "from: 0") + ", " + key("log", next, "from: 4") + ", " + collector),
                sequence
            ),
            (
                terms(
                    [
                        key("log", log, "from: 0, last: 3"), key("log", next, "from: 4, last: 6"),
                        key("log", log, "from: 7"), collector,
                    ].joined(separator: ", ")),
                "for two terms"
            ),
            (terms(key("log", log, "from: 0")), "lacks a key"), (terms(collector), "lacks a key"),
            (terms(key("log", other, "from: 0") + ", " + collector), "lacks a key"),
            (
                terms(key("log", log, "from: 0, until: 3") + ", " + collector),
                #"a key in trust/trust.json has a member "until""#
            ),
            (#"trustedKeys("")"#, "a proof brings no key"),
        ])
    }

    @Test func `checkpoints that are not what they should be are refused`() async throws {
        let signer = try Self.signer("o.example/log", 1)
        let root = Base64.encode([UInt8](repeating: 5, count: 32))
        func note(_ text: String) throws -> [UInt8] {
            try SignedNote(text: Array(text.utf8)).signed(by: signer).encoded
        }
        let good = try note("o.example/log\n3\n\(root)\n")
        let unsigned = try SignedNote(text: Array("o.example/log\n3\n\(root)\n".utf8))
            .signed(by: Self.signer("w.example/w", 2)).encoded
        let text = String(decoding: good, as: UTF8.self)
        let malformed = "a checkpoint is malformed"
        func opening(_ bytes: [UInt8]) -> String {
            "openCheckpoint(\(Self.bytes(bytes)), await trustedKeys(\"\(signer.verifier.vkey)\"))"
        }
        let last = good.count - 10
        // Signatures that nobody here knows, beside the log's own.
        func more(_ count: Int) -> [UInt8] {
            good + Array(String(repeating: "\u{2014} w.example/w AAAAAAAA\n", count: count).utf8)
        }
        try await Self.expect([
            (opening(more(99)), ""),
            (opening(more(100)), "\(NoteError.tooManySignatures(limit: 100))"),
            (opening(good), ""), (opening(Array("o.example/log\n3\n".utf8)), "not a signed note"),
            (opening(Array(good.dropLast())), "not a signed note"),
            (opening(Array(text.replacing("\u{2014} ", with: "- ").utf8)), "malformed signature line"),
            (
                opening(Array(good[..<last]) + [good[last] == 0x41 ? 0x42 : 0x41] + good[(last + 1)...]),
                "the signature of a checkpoint is wrong"
            ),
            (
                opening(Array(text.replacing("\n3\n", with: "\n4\n").utf8)),
                "signature of a checkpoint is wrong"
            ),
            (opening(try note("o.example/log\n3\n\(root)\nmore\n")), malformed),
            (opening(try note("p.example/log\n3\n\(root)\n")), malformed),
            (opening(try note("o.example/log\n03\n\(root)\n")), malformed),
            (opening(try note("o.example/log\n3\nAAAA\n")), "not 32 bytes"),
            (opening(unsigned), "not signed by the log's key"),
        ])
    }

    @Test func `proof files and entries that are none are refused`() async throws {
        let hash = Base64.encode([UInt8](repeating: 5, count: 32))
        let (malformed, statement) = ("a proof file is malformed", "x is no statement")
        func proof(_ text: String) -> String { "parseProof(utf8.encode(\(text.debugDescription)))" }
        func entry(_ envelope: String, _ needed: Int = 0) -> String {
            "openEntry(utf8.encode(canonical({ \(envelope) })), [], \"x\", \(needed))"
        }
        func envelope(_ payload: String, _ more: String = "") -> String {
            """
            payload: btoa(canonical(\(payload))), payloadType: "application/vnd.in-toto+json", signatures: []\(more)
            """
        }
        let good = #"{ _type: "https://in-toto.io/Statement/v1", subject: [] }"#
        try await Self.expect([
            (proof("c2sp.org/tlog-proof@v1\nindex 3\n\(hash)\n\nnote\n"), ""),
            (proof("c2sp.org/tlog-proof@v2\nindex 3\n\(hash)\n\nnote\n"), malformed),
            (proof("c2sp.org/tlog-proof@v1\nindex 3\n"), malformed),
            (proof("c2sp.org/tlog-proof@v1\nindex 03\n\nnote\n"), "has no index"),
            (proof("c2sp.org/tlog-proof@v1\n\(hash)\n\nnote\n"), "has no index"),
            (proof("c2sp.org/tlog-proof@v1\nindex 3\nAAAA\n\nnote\n"), "not 32 bytes"),
            (proof("c2sp.org/tlog-proof@v1\nextra AAAA\nindex 3\n\nnote\n"), "not 32 bytes"),
            (entry(envelope(good)), ""), (entry(envelope(good), 1), "not signed by the key"),
            (entry(envelope(#"{ _type: "other", subject: [] }"#)), statement),
            (entry(envelope(#"{ _type: "https://in-toto.io/Statement/v1" }"#)), statement),
            (entry(#"payload: "e30=", payloadType: "other", signatures: []"#), statement),
            (
                entry(#"payload: "e30=", payloadType: "application/vnd.in-toto+json", signatures: 1"#),
                statement
            ),
        ])
    }

    @Test func `archives that are none are refused`() async throws {
        let archive = try ZIPWriter.archive(["a", "b"].map { (name: $0, bytes: Array("data".utf8)) })
        let reader = try ZIPReader(ByteSource(archive))
        // Two headers with a name of one letter and four bytes of data lie before the directory.
        let directory = 2 * (30 + 1 + 4)
        let end = archive.count - 22
        #expect(reader.entries.count == 2 && archive[directory] == 0x50 && archive[end] == 0x50)
        func opening(_ place: Int, _ value: UInt8, then: String = "") -> String {
            var changed = archive
            changed[place] = value
            return "(await Archive.open(new Blob([\(Self.bytes(changed))])))\(then)"
        }
        try await Self.expect([
            (opening(0, 0x50, then: #".read("b")"#), ""),
            ("Archive.open(new Blob([\"hello\"]))", "no end of an archive"),
            (opening(end, 0), "no end of an archive"), (opening(end + 14, 0xFF), "does not fit into it"),
            (opening(directory, 0), "the directory of the archive is damaged"),
            (opening(end + 10, 3), "the directory of the archive is damaged"),
            (opening(directory + 10, 8), "is compressed"),
            (opening(directory + 46 + 1 + 46, UInt8(ascii: "a")), "a is twice in the archive"),
            (opening(directory + 24, 0xFE), "does not fit into the archive"),
            (opening(0, 0x50, then: #".read("c")"#), "the package lacks c"),
            (opening(0, 0, then: #".read("a")"#), "its place in the archive is damaged"),
            (opening(30 + 1, 0, then: #".read("a")"#), "a: the data does not match its checksum"),
            (opening(6, 1), "a is another file than"),
            (opening(30, UInt8(ascii: "c")), "a is another file than"),
            (opening(28, 1), "a is another file than"), (opening(directory + 8, 1), "a is not stored as"),
            (opening(end + 20, 1), "behind the directory of the archive belong to nothing"),
            (opening(end + 10, 1), "the directory of the archive is damaged"),
        ])
    }

    @Test func `files that the directory of an archive does not name, or in another order, are refused`()
        async throws
    {
        /// An archive whose directory is silent about one of its files.
        func hiding(_ place: Int?, _ names: [UInt8] = Array("0ab".utf8)) throws -> String {
            var archive = try ZIPWriter.archive(
                ["0", "a", "b"].map { (name: $0, bytes: Array("data".utf8)) })
            let (local, record) = (30 + 1 + 4, 46 + 1)
            for (index, name) in names.enumerated() {
                archive[index * local + 30] = name
                archive[3 * local + index * record + 46] = name
            }
            if let place {
                let start = 3 * local + place * record
                archive.removeSubrange(start..<start + record)
                let end = archive.count - 22
                (archive[end + 8], archive[end + 10], archive[end + 12]) = (2, 2, UInt8(2 * record))
            }
            return "Archive.open(new Blob([\(Self.bytes(archive))]))"
        }
        let order = "does not stand in the order of the names"
        try await Self.expect([
            (try hiding(nil), ""), (try hiding(0), "bytes in front of a belong to no file"),
            (try hiding(1), "bytes in front of b belong to no file"),
            (try hiding(2), "bytes behind the last file belong to no file"),
            (try hiding(nil, Array("0ba".utf8)), "a " + order),
            (try hiding(nil, Array("b0a".utf8)), "0 " + order),
            // By bytes, not by the units of JavaScript's strings.
            (#"precedes("\uffff", "\u{10000}") || fail("no")"#, ""),
            (#"precedes("\u{10000}", "\uffff") && fail("yes")"#, ""),
            (#"precedes("a", "ab") && !precedes("ab", "a") && !precedes("a", "a") || fail("no")"#, ""),
        ])
    }
}
