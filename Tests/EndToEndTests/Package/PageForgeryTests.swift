import Evidence
import Formats
import Foundation
import Ledger
import Reports
import Testing

/// Packages of the holder of both keys that are wrong in one place: the page tells of each what no other of its checks
/// does, and the program finds it as well.
@Suite(
    .serialized,
    .enabled(if: Browser.path != nil, "skipped: no Chromium is installed (Debian package chromium)"))
struct PageForgeryTests {
    /// A package, the check that must fail, and words of the one complaint that is meant.
    private typealias Case = (claim: String, said: String, bytes: [UInt8])
    private static let batch = BatchStatement.predicateType
    private static let assessment: Identifier = "urn:assay:assessment:2"

    private let desk: Desk
    private let sealed: SealedBytes

    init() async throws {
        desk = try await ProfileTests.desk()
        try await desk.expect(0, "import", "-", input: MemberTests.snapshot(day: 5, ["a-1", "a-2"]))
        try await desk.expect(0, "package", "--out", "a.assay", "--profile", "auditor")
        sealed = try SealedBytes(desk, "a.assay")
    }

    private func forged(_ change: (inout Forgery) throws -> Void) throws -> [UInt8] {
        var forgery = try Forgery(sealed)
        try change(&forgery)
        return try forgery.sealed()
    }

    private func expect(_ cases: [Case], key: String = "") async throws {
        let page = try await Browser.page(desk)
        let reports = try await page.findings(cases.map(\.bytes), key: key)
        for ((claim, said, bytes), report) in zip(cases, reports) {
            let found = report["claims"]?.array?.first { $0["claim"]?.string == claim }
            #expect(found?["status"]?.string == "failed", "\(said): \(report)")
            #expect(found?["detail"]?.string?.contains(said) == true, "\(said): \(report)")
            #expect(report["sound"]?.bool == false, "\(said)")
            #expect(try BrowserTests.isSoundByProgram(bytes) == false, "\(said)")
        }
    }

    private static func text(_ bytes: [UInt8]?) -> String { String(decoding: bytes ?? [], as: UTF8.self) }

    @Test func `manifest and keys`() async throws {
        let other = try Self.signer(sealed.signer.name, 7)
        let stranger = try Self.signer("other.example/log", 8)
        let key: Identifier = "trust/log.vkey"
        try await expect([
            (
                "manifest", "is of the format assay-package/9",
                try SealedBytes.rewritten(sealed.bytes) {
                    $0["manifest.json"] = Array(
                        Self.text($0["manifest.json"]).replacing("assay-package/3", with: "assay-package/9")
                            .utf8)
                }
            ),
            (
                "manifest", "more.txt is in the package but not in the manifest",
                try SealedBytes.rewritten(sealed.bytes) { $0["more.txt"] = [] }
            ),
            (
                "manifest", "README.txt was changed",
                try SealedBytes.rewritten(sealed.bytes) { $0["README.txt"]?.append(0x0A) }
            ),
            ("key", "does not end in a line end", try forged { $0.files[key]?.removeLast() }),
            (
                "key", "the key is of other.example/log",
                try forged { $0.files[key] = Array((stranger.verifier.vkey + "\n").utf8) }
            ),
            (
                "key", "is not about the key in",
                try forged { $0.files[key] = Array((other.verifier.vkey + "\n").utf8) }
            ),
        ])
    }

    private static func signer(_ name: Identifier, _ seed: UInt8) throws -> NoteSigner {
        try NoteSigner(
            name: name, key: try #require(SigningKey(seed: [UInt8](repeating: seed, count: 32))))
    }

    @Test func `the log and its export`() async throws {
        let proof = try ExportProof(parsing: try #require(try file("manifest.tlog-proof")))
        func proven(_ index: Int? = nil, extending: [Ledger::Digest]? = nil, path: [Ledger::Digest]? = nil)
            throws -> [UInt8]
        {
            try SealedBytes.rewritten(sealed.bytes) {
                $0["manifest.tlog-proof"] =
                    ProofFile(
                        index: index ?? proof.file.index, path: path ?? proof.file.path,
                        extra: (extending ?? proof.extending).flatMap(\.bytes),
                        checkpoint: proof.file.checkpoint
                    ).encoded
            }
        }
        let bundle = try #require(bundlePath)
        // Good signatures, and nothing wrong but that it is not the entry of the checkpoint.
        let resigned = try forged { forgery in
            let last = forgery.entries.count - 1
            let entry = try LogEntry(
                forgery.entries[last].statement,
                signedBy: [sealed.signer, try Self.signer("other.example/log", 8)])
            let entries = forgery.entries.dropLast().map(\.bytes) + [entry.bytes]
            forgery.publishing = { $0[bundle] = try TileLayout.bundle(entries) }
        }
        try await expect([
            (
                "export", "the signature is about another manifest",
                try SealedBytes.rewritten(sealed.bytes) {
                    let forgery = try Forgery(sealed)
                    $0["manifest.dsse.json"] = forgery.entries[try forgery.leaf(of: Self.assessment)].bytes
                }
            ),
            (
                "export", "the entry is not in the log",
                try proven(path: proof.file.path.map { _ in .sha256([]) })
            ),
            (
                "export", "does not go on from",
                try proven(extending: proof.extending.map { _ in .sha256([]) })
            ),
            (
                "log", "a bundle of entries is too long",
                try forged { $0.publishing = { $0[bundle]?.append(0) } }
            ),
            (
                "log", "a bundle of entries is cut off",
                try forged { $0.publishing = { $0[bundle]?.removeLast() } }
            ),
            ("log", "do not have the root in the checkpoint", resigned),
        ])
    }

    private func file(_ path: String) throws -> [UInt8]? {
        try PackageReader(ByteSource(sealed.bytes)).bytes(path)
    }

    /// The only bundle of the log's entries.
    private var bundlePath: Identifier? {
        get throws {
            try PackageReader(ByteSource(sealed.bytes)).paths.first { $0.hasPrefix("log/tile/entries/") }
                .map { Identifier($0) }
        }
    }

    @Test func `who signed what, and in which order`() async throws {
        let earlier = try Self.signer(sealed.signer.name, 7)
        try await expect([
            (
                "statements", "no plan before it names a collector",
                try forged { $0.entries.removeFirst() }
            ),
            (
                "statements", "a collection of import before it was left out",
                try forged { $0.entries.append($0.entries[try $0.leaf(of: Self.batch)]) }
            ),
            (
                "statements", "recorded before the entry ahead of it",
                try forged {
                    try $0.change(
                        try $0.leaf(of: Self.assessment), ["recorded": .string("2001-01-01T00:00:00Z")])
                }
            ),
            (
                "statements", "log entry 1 is not signed by the key",
                try forged {
                    $0.entries[1] = try LogEntry($0.entries[1].statement, signedBy: [sealed.signer])
                }
            ),
            (
                "statements", "tells of changes of keys that the log does not have",
                try forged { forgery in
                    forgery.entries[0] = try LogEntry(forgery.entries[0].statement, signedBy: [earlier])
                    let path: Identifier = "trust/trust.json"
                    let trust = try TrustFile(parsing: try #require(forgery.files[path]))
                    let terms =
                        [
                            KeyTerm(
                                .log, earlier.verifier, from: 0, last: 0,
                                ended: Instant("2025-01-01T00:00:00Z")),
                            KeyTerm(.log, sealed.signer.verifier, from: 1),
                        ] + trust.keys.terms(.collector)
                    forgery.files[path] = try CanonicalJSON.encode(
                        TrustFile(origin: trust.origin, keys: try KeyHistory(terms: terms)).json)
                }
            ),
        ])
    }

    @Test func `changes of keys`() async throws {
        let rotated = try await RotatedKeys()
        let packages = try rotated.packages().filter { $0.what == "terms that the log does not tell" }
        let good = try rotated.desk.scratch.read("new.assay")
        let early = try SealedBytes.rewritten(good) {
            let proof = try ProofFile(parsing: try #require($0["manifest.tlog-proof"]))
            $0["manifest.tlog-proof"] =
                ProofFile(index: 0, path: proof.path, extra: proof.extra, checkpoint: proof.checkpoint)
                .encoded
        }
        try await expect(
            packages.map { ("statements", "otherwise than trust/trust.json says", $0.bytes) } + [
                ("export", "the key of the package was not in use when it was exported", early)
            ])
    }

    @Test func `checkpoints with time stamps`() async throws {
        /// - Parameters:
        ///   - note: the checkpoint on file; the log states that of all entries.
        func anchored(
            size: Int? = nil, root: Ledger::Digest? = nil, note: [UInt8]? = nil, reply: [UInt8] = [1]
        ) throws -> [UInt8] {
            try forged { forgery in
                let tree = MemoryTree(forgery.entries.map(\.leafHash))
                let size = size ?? tree.size
                let stated = try Checkpoint(origin: sealed.signer.name, size: size, root: root ?? tree.root)
                    .signed(by: sealed.signer).encoded
                let recorded = try #require(
                    forgery.entries.last?.statement.predicate["recorded"]?.string.flatMap { Instant($0) })
                forgery.entries.append(
                    try LogEntry(
                        AnchorStatement(
                            size: size, note: .sha256(stated), reason: "manual", recorded: recorded,
                            stamps: [.init(authority: "a", reply: .sha256([1]), time: recorded)],
                            witnesses: []
                        ).statement, signedBy: [sealed.signer]))
                forgery.files[Identifier(PackageLayout.anchoredNote(size))] = note ?? stated
                forgery.files[Identifier(PackageLayout.reply(size, 0))] = reply
            }
        }
        let good = try await Browser.page(desk).findings([try anchored()], key: "")[0]
        #expect(good["sound"]?.bool == true, "\(good)")
        try await expect([
            ("anchors", "is not the note that log entry", try anchored(note: Array("x\n\n".utf8))),
            ("anchors", "is not a checkpoint of this log", try anchored(root: .sha256([]))),
            ("anchors", "is not a checkpoint of this log", try anchored(size: 2)),
            ("anchors", "is not the answer that log entry", try anchored(reply: [2])),
        ])
    }

    @Test func `items and what is disclosed of them`() async throws {
        let leaf = try Forgery(sealed).leaf(of: Self.batch)
        let path = Identifier(PackageLayout.path(PackageLayout.batches, leaf: leaf))
        func lines(_ change: (inout [String]) throws -> Void) throws -> [UInt8] {
            try forged { forgery in
                var lines = Self.text(forgery.files[path]).split(separator: "\n").map { String($0) }
                try change(&lines)
                forgery.files[path] = Array((lines.joined(separator: "\n") + "\n").utf8)
            }
        }
        let salted = try #require(
            try Self.text(file(path.text)).split(separator: "\n").firstIndex {
                $0.hasPrefix(#"{"disclosures""#)
            })
        /// Of the line with a disclosure: that one, and as the item has it.
        func disclosing(_ disclosure: String) throws -> [UInt8] {
            let told = Base64URL.encode(Array(disclosure.utf8))
            let digest = Base64URL.encode(Ledger::Digest.sha256(Array(told.utf8)).bytes)
            return try lines { lines in
                let line = try JSON(parsing: Array(lines[salted].utf8))
                let item = (line["item"]?.object?.members ?? []).map {
                    ($0.name, $0.name == "_sd" ? JSON.array([.string(digest)]) : $0.value)
                }
                lines[salted] = String(
                    decoding: try CanonicalJSON.encode(
                        .object([("disclosures", .array([.string(told)])), ("item", .object(item))])),
                    as: UTF8.self)
            }
        }
        let foreign = Base64URL.encode(Array(#"["c2FsdA","patient","p-0"]"#.utf8))
        try await expect([
            ("evidence", "the last line has no end", try forged { $0.files[path]?.removeLast() }),
            ("evidence", "holds another number of items", try lines { $0.removeLast() }),
            ("evidence", "do not have the root in the log", try lines { $0.swapAt(0, 1) }),
            (
                "evidence", "its digests are of an unknown kind",
                try lines { $0[salted] = $0[salted].replacing("sha-256", with: "sha-512") }
            ),
            (
                "evidence", "what is disclosed is not what the item has a digest of",
                try lines { lines in
                    let line = try JSON(parsing: Array(lines[salted].utf8))
                    let told = try #require(line["disclosures"]?.array?.first?.string)
                    lines[salted] = lines[salted].replacing(told, with: foreign)
                }
            ),
            ("evidence", "a disclosure is malformed", try disclosing(#"[1,"patient","p-9"]"#)),
            ("evidence", "a disclosure is malformed", try disclosing(#"["c2FsdA","label","red"]"#)),
            (
                "evidence", "is the payload of no entry",
                try forged { $0.files["batches/000000099.jsonl"] = [] }
            ),
            (
                "program", "is not what log entry 0 states",
                try forged { $0.files["program/000000000.jsonl"]?.append(0x0A) }
            ),
            ("result", "is no assessment", try forged { $0.assessment = 0 }),
            ("result", "result.json is not the result", try forged { $0.files["result.json"]?.append(0x20) }),
        ])
    }

    @Test func `what a log and its package say beside the assessment`() async throws {
        let result = try Forgery(sealed).entries[try Forgery(sealed).leaf(of: Self.assessment)]
        func page(_ digest: Ledger::Digest) -> [UInt8] {
            Array("<!doctype html><meta name=\"assay-result\" content=\"sha256:\(digest.hex)\">".utf8)
        }
        func assessed(_ members: [String: JSON], type: Identifier? = nil) throws -> [UInt8] {
            try forged { try $0.change(try $0.leaf(of: Self.assessment), members, type: type) }
        }
        let named = try forged { $0.files["report.html"] = page(result.statement.subjects[0].digest) }
        #expect(try await Browser.page(desk).findings([named], key: "")[0]["sound"]?.bool == true)
        try await expect([
            (
                "result", "states a summary that is not the one of its result",
                try forged {
                    try $0.change(
                        try $0.leaf(of: Self.assessment), [:], subject: .sha256([]), of: "summary")
                }
            ),
            (
                "result", "is a later assessment of the same period",
                try forged { forgery in
                    let newest = try #require(forgery.newest)
                    forgery.entries.append(result)
                    try forgery.change(
                        forgery.entries.count - 1, ["recorded": .string(newest.description)],
                        subject: .sha256([]))
                }
            ),
            (
                "result", "is an assessment of the same period that knew more",
                try forged { forgery in
                    let newest = try #require(forgery.newest)
                    forgery.entries.append(result)
                    forgery.assessment = forgery.entries.count - 1
                    try forgery.change(
                        forgery.assessment,
                        [
                            "recorded": .string(newest.description),
                            "knownAt": .string("2026-01-01T00:00:00Z"),
                        ])
                }
            ),
            ("statements", "is of the type urn:other:1", try assessed([:], type: "urn:other:1")),
            (
                "statements", "is an assessment with what was known later",
                try assessed(["knownAt": .string("2999-01-01T00:00:00Z")])
            ),
            (
                "statements", "which the legal hold case-1 covers",
                try forged {
                    try $0.hold(.place, kind: nil)
                    try $0.erase(isGone: true)
                }
            ),
            ("report", "does not say of which", try forged { $0.files["report.html"] = [0x20] }),
            ("report", "of another result", try forged { $0.files["report.html"] = page(.sha256([])) }),
            ("log", "is no file of a log of", try forged { $0.files["log/tile/0/009"] = [0x20] }),
            (
                "log", "is not the tile that the entries give",
                try forged { forgery in
                    forgery.publishing = { files in
                        let tile = try #require(files.keys.first { $0.text.hasPrefix("log/tile/0/") })
                        files[tile]?[0] ^= 1
                    }
                }
            ),
            ("manifest", "more.txt is no file of a package", try forged { $0.files["more.txt"] = [0x20] }),
            (
                "manifest", "not in the order of the paths",
                try forged { $0.listing = { $0.reversed() } }
            ),
            (
                "key", #"trust/trust.json has a member "formal""#,
                try forged { forgery in
                    let path: Identifier = "trust/trust.json"
                    forgery.files[path] = Array(
                        Self.text(forgery.files[path])
                            .replacing(#""format":"#, with: #""formal":true,"format":"#).utf8)
                }
            ),
        ])
    }

    @Test func `the entries between the log and its export`() async throws {
        let former = try forged {
            $0.between = [try $0.export(of: .sha256([]))]
            ($0.tellsBetween, $0.isFormer) = (false, true)
        }
        let told = try forged { $0.between = [try $0.export(of: .sha256([]))] }
        let good = try await Browser.page(desk).findings([former, told], key: "")
        #expect(good.allSatisfy { $0["sound"]?.bool == true }, "\(good)")
        let ends = good.map { report in
            report["claims"]?.array?.first { $0["claim"]?.string == "log's end" }?["status"]?.string
        }
        #expect(ends == ["not checked", nil])
        try await expect([
            (
                "export", "manifest.exports is missing",
                try forged {
                    $0.between = [try $0.export(of: .sha256([]))]
                    $0.tellsBetween = false
                }
            ),
            (
                "export", "is no export: the package ends before its export",
                try forged { $0.between = [$0.entries[try $0.leaf(of: Self.assessment)]] }
            ),
            (
                "export", "tells entries where there are none",
                try forged { $0.publishing = { $0["manifest.exports"] = [] } }
            ),
            (
                "export", "are not those in manifest.exports",
                try SealedBytes.rewritten(told) { files in
                    let other = try Forgery(sealed).export(of: .sha256([1]))
                    files["manifest.exports"] = try TileLayout.bundle([other.bytes])
                }
            ),
        ])
    }

    @Test func `items that are out of place, or should be gone`() async throws {
        let leaf = try Forgery(sealed).leaf(of: Self.batch)
        let path = Identifier(PackageLayout.path(PackageLayout.batches, leaf: leaf))
        try await expect([
            ("evidence", "is still told, though log entry", try forged { try $0.erase(isGone: false) }),
            (
                "evidence", "is not in the order of the population",
                try forged { forgery in
                    let lines = try #require(forgery.files[path]).split(separator: 0x0A).reversed()
                    forgery.files[path] = lines.flatMap { $0 + [0x0A] }
                    let leaves = try lines.map { try PayloadLine(parsing: Array($0)).leafHash }
                    let root = MemoryTree(leaves).root
                    let population: JSON = .object([
                        ("root", .string(root.hex)), ("count", .integer(Int64(leaves.count))),
                        ("order", .string("any")),
                    ])
                    try forgery.change(leaf, ["population": population], subject: root)
                }
            ),
            (
                "evidence", "more or less than a fact and its salt",
                try forged { forgery in
                    let text = Self.text(forgery.files[path])
                    let place = try #require(text.firstRange(of: #"{"disclosures""#))
                    forgery.files[path] = Array(
                        text.replacingCharacters(in: place, with: #"{"comment":"good","disclosures""#).utf8)
                }
            ),
        ])
    }

    @Test func `lists of records`() async throws {
        let start = try Forgery(sealed)
        let leaf = try start.leaf(of: Self.batch)
        let statement = try #require(BatchStatement(start.entries[leaf].statement))
        let list = Identifier(PackageLayout.members(try #require(statement.members).root))
        try await expect([
            ("evidence", "is no list of names", try forged { $0.files[list]?.append(0) }),
            (
                "evidence", "does not have the root that the log states",
                try forged { forgery in
                    forgery.files[list]?.removeLast(32)
                    forgery.files[list]? += [UInt8](repeating: 0xFF, count: 32)
                }
            ),
            (
                "evidence", "lacks a part of its type",
                try forged { try $0.change(leaf, [:], type: BatchStatement.formerType) }
            ),
            (
                "evidence", "a skipped collection has records",
                try forged { try $0.change(leaf, ["mode": .string("skipped")]) }
            ),
            (
                "evidence", "the key that names the records",
                try forged { forgery in
                    let keys: Identifier = "members/keys.json"
                    forgery.files[keys] = Array(
                        Self.text(forgery.files[keys]).replacing(
                            #/"import":"[0-9a-f]{64}"/#,
                            with: "\"import\":\"\(String(repeating: "ab", count: 32))\""
                        ).utf8)
                }
            ),
        ])
    }

    @Test func `packages for the public`() async throws {
        try await desk.expect(0, "package", "--out", "p.assay", "--profile", "public")
        let bytes = try desk.scratch.read("p.assay")
        func summary(_ path: Identifier, _ changed: @escaping ([UInt8]) throws -> [UInt8]) throws -> [UInt8] {
            try SealedBytes.rewritten(bytes) { files in
                let new = try changed(try #require(files[path]))
                files[path] = new
                let manifest = try JSON(parsing: try #require(files["manifest.json"]))
                let list = (manifest["files"]?.array ?? []).map { file -> JSON in
                    guard file["path"]?.string == path.text else { return file }
                    return .object([
                        ("path", .string(path.text)), ("sha256", .string(Ledger::Digest.sha256(new).hex)),
                        ("size", .integer(Int64(new.count))),
                    ])
                }
                files["manifest.json"] = try CanonicalJSON.encode(
                    .object(
                        (manifest.object?.members ?? []).map {
                            ($0.name, $0.name == "files" ? .array(list) : $0.value)
                        }))
            }
        }
        let stranger = try Self.signer("other.example/log", 8)
        try await expect([
            (
                "result", "is not the summary that the log states",
                try summary("summary.json") { $0 + [0x20] }
            ),
            (
                "result", "assessment.dsse.json is not signed by the key",
                try summary("assessment.dsse.json") {
                    try LogEntry(try LogEntry(bytes: $0).statement, signedBy: [stranger]).bytes
                }
            ),
            (
                "result", "the entry is not in the log",
                try summary("assessment.tlog-proof") {
                    let proof = try ProofFile(parsing: $0)
                    return ProofFile(
                        index: proof.index, path: proof.path.map { _ in .sha256([]) },
                        checkpoint: proof.checkpoint
                    )
                    .encoded
                }
            ),
            (
                "result", "the assessment is not in the log",
                try SealedBytes.rewritten(bytes) {
                    $0["manifest.json"] = Array(
                        Self.text($0["manifest.json"]).replacing(
                            #/"assessment":[0-9]+/#, with: "\"assessment\":0"
                        ).utf8)
                }
            ),
        ])
    }
}
