import Evidence
import Formats
import Foundation
import Ledger
import Reports
import Testing

/// The page that verifies packages, in a real browser: it agrees with the program on what is sound and what is not.
@Suite(
    .serialized,
    .enabled(if: Browser.path != nil, "skipped: no Chromium is installed (Debian package chromium)"))
struct BrowserTests {
    @Test func `the page finds good packages sound, of every profile`() async throws {
        let desk = try await ProfileTests.desk()
        try await desk.expect(0, "hold", "place", "case-1", "--by", "counsel", "--reason", "dispute")
        try await desk.expect(0, "hold", "release", "case-1", "--by", "counsel", "--reason", "settled")
        try await desk.expect(
            0, "erase", "lab.sample", "s-1", "--by", "officer", "--reason", "request", "--basis",
            "GDPR Art. 17",
            "--early")
        let page = try await Browser.page(desk)
        var packages: [[UInt8]] = []
        for profile in PackageProfile.allCases {
            try await desk.expect(0, "package", "--out", "x.assay", "--profile", profile.rawValue)
            packages.append(try desk.scratch.read("x.assay"))
        }
        let key = try await desk.expect(0, "log", "key").output.trimmingCharacters(in: .newlines)
        for (profile, report) in zip(PackageProfile.allCases, try await page.findings(packages, key: key)) {
            #expect(report["sound"]?.bool == true, "\(profile): \(report)")
            #expect(status("key", report) == "verified" && status("export", report) == "verified")
            #expect(status("result", report) == "verified")
        }
        let buyer = try await page.findings([packages[1]], key: key)[0]
        #expect(
            status("personal data", buyer) == "withheld" && status("erased", buyer) == "erased", "\(buyer)")
        let keyless = try await page.findings([packages[0]], key: "")[0]
        #expect(detail("key owner", keyless).contains("the organization's trust file"), "\(keyless)")
        let source = String(decoding: try desk.scratch.read("verifier.html"), as: UTF8.self)
        #expect(source.contains("trust file (assay log trust); else ask for a new copy"))
        let other = try await page.findings([packages[0]], key: "tiny.example/evidence+00000000+AAAA")[0]
        #expect(other["sound"]?.bool == false && status("key", other) == "failed")
    }

    @Test func `the page follows keys that were changed, and nothing that was signed with a retired one`()
        async throws
    {
        let rotated = try await RotatedKeys()
        let packages = try rotated.packages()
        let page = try await Browser.page(rotated.desk)
        let reports = try await page.findings(packages.map(\.bytes), key: rotated.first)
        for ((what, isGood, _), report) in zip(packages, reports) {
            #expect(report["sound"]?.bool == isGood, "\(what): \(report)")
            #expect(status("statements", report) == (isGood ? "verified" : "failed"), "\(what): \(report)")
        }
        let misfits = try rotated.misfits().filter { !$0.needsTrust }
        for (misfit, report) in zip(misfits, try await page.findings(misfits.map(\.bytes), key: "")) {
            #expect(status("log", report) == "failed", "\(misfit.what): \(report)")
        }
        // A package for the public has no log that shows the change of keys.
        try await rotated.desk.expect(0, "package", "--out", "p.assay", "--profile", "public")
        let bytes = try rotated.desk.scratch.read("p.assay")
        let second = try await rotated.desk.expect(0, "log", "key").output.trimmingCharacters(in: .newlines)
        #expect(try await page.findings([bytes], key: second)[0]["sound"]?.bool == true)
        #expect(try await page.findings([bytes], key: rotated.first)[0]["sound"]?.bool == false)
        try rotated.desk.scratch.write("first.vkey", rotated.first + "\n")
        try rotated.desk.scratch.write("second.vkey", second + "\n")
        #expect(try await rotated.desk.verify("verify", "p.assay", "--key", "second.vkey").status == 0)
        #expect(try await rotated.desk.verify("verify", "p.assay", "--key", "first.vkey").status == 1)
    }

    @Test func `the page finds every forgery that the program finds`() async throws {
        let desk = try await ProfileTests.desk()
        try await desk.expect(0, "import", "-", input: TinyProgram.probe("p-7", at: "2025-01-05T00:00:00Z"))
        try await desk.expect(1, "assess")
        try await desk.expect(0, "package", "--out", "a.assay", "--profile", "auditor")
        let sealed = try SealedBytes(desk, "a.assay")
        let batch = BatchStatement.predicateType
        func forged(_ change: (inout Forgery) throws -> Void) throws -> [UInt8] {
            var forgery = try Forgery(sealed)
            try change(&forgery)
            return try forgery.sealed()
        }
        var cases: [(what: String, claim: String, bytes: [UInt8])] = [
            ("no change", "", try forged { _ in }),
            ("a stray file", "evidence", try forged { $0.files["batches/000000099.jsonl"] = [0x0A] }),
            (
                "a collection left out", "statements",
                try forged { forgery in
                    let last = try #require(forgery.entries.lastIndex { $0.statement.predicateType == batch })
                    forgery.entries[last] = forgery.entries[try forgery.leaf(of: batch)]
                }
            ),
            (
                "another result", "result",
                try forged { $0.files["result.json"] = Array(#"{"controls":[]}"#.utf8) }
            ),
            (
                "another program", "program",
                try forged { forgery in
                    let path = try #require(forgery.files.keys.first { $0.text.hasPrefix("program/") })
                    forgery.files[path]?.append(0x0A)
                }
            ),
            ("the export of another package", "export", try await exported(sealed, as: .buyer, desk)),
            (
                "another count", "evidence",
                try forged {
                    try $0.change(try $0.leaf(of: batch), ["counts": .object([("facts", .integer(99))])])
                    // The series goes on from the entry as it was.
                    $0.entries.removeLast($0.entries.count - 1 - (try $0.leaf(of: batch)))
                }
            ),
            (
                "a time that runs backwards", "statements",
                try forged {
                    try $0.change(
                        try $0.leaf(of: "urn:assay:assessment:2"),
                        ["recorded": .string("2001-01-01T00:00:00Z")])
                }
            ),
            (
                "an item gone without a tombstone", "evidence",
                try forged { forgery in
                    let path = try #require(forgery.files.keys.first { $0.text.hasPrefix("batches/") })
                    var lines = try #require(forgery.files[path]).split(separator: 0x0A).map { Array($0) }
                    lines[0] =
                        PayloadLine(
                            hiding: .erased, leafHash: try PayloadLine(parsing: lines[0]).leafHash
                        ).bytes
                    forgery.files[path] = lines.flatMap { $0 + [0x0A] }
                }
            ),
            ("half of it", "archive", Array(sealed.bytes.prefix(sealed.bytes.count / 2))),
            ("no package", "archive", Array("hello".utf8)),
        ]
        for place in stride(from: 100, to: sealed.bytes.count, by: sealed.bytes.count / 12) {
            cases.append(("byte \(place)", "", sealed.flipped(place)))
        }
        let page = try await Browser.page(desk)
        let reports = try await page.findings(cases.map(\.bytes), key: "")
        for ((what, claim, bytes), report) in zip(cases, reports) {
            let isSound = try Self.isSoundByProgram(bytes)
            if what.hasPrefix("byte") {
                // A byte that only the archive's own bookkeeping has is none of the page's business.
                if report["sound"]?.bool == true {
                    #expect(try Self.isSameContent(bytes, sealed.bytes), "\(what)")
                }
            } else {
                #expect(report["sound"]?.bool == isSound, "\(what): \(report)")
                #expect(isSound == (what == "no change"), "\(what)")
            }
            if !claim.isEmpty { #expect(status(claim, report) == "failed", "\(what): \(report)") }
        }
    }

    @Test func `the page finds every list of records that the program finds false`() async throws {
        let desk = try await ProfileTests.desk()
        let cases = try await MemberTests.forgeries(desk)
        let page = try await Browser.page(desk)
        for ((what, said, _), report) in zip(cases, try await page.findings(cases.map(\.bytes), key: "")) {
            #expect(report["sound"]?.bool == said.isEmpty, "\(what): \(report)")
            if !said.isEmpty { #expect(status("evidence", report) == "failed", "\(what): \(report)") }
        }
    }

    @Test func `the page finds withheld what must not be, as the program does`() async throws {
        let desk = try await ProfileTests.desk()
        let cases = try await WithheldTests.forgeries(desk)
        let page = try await Browser.page(desk)
        for ((what, said, _), report) in zip(cases, try await page.findings(cases.map(\.bytes), key: "")) {
            #expect(report["sound"]?.bool == said.isEmpty, "\(what): \(report)")
        }
    }

    @Test func `the page checks proofs that stand alone as the program does`() async throws {
        let desk = try await ProfileTests.desk()
        let key = try await desk.expect(0, "log", "key").output
        try desk.scratch.write("log.vkey", key)
        let good = try await desk.expect(0, "log", "absence", "import", "lab.sample", "s-9").output
        let proof = try AbsenceProof(parsing: Array(good.utf8))
        let foreign = try SignedNote(text: Array("other.example/log\n1\nAAAA\n".utf8))
        let first = try #require(proof.neighbours.first)
        func absence(
            _ neighbours: [AbsenceProof.Neighbour], memberKey: MemberKey = proof.memberKey,
            _ file: ProofFile = proof.proof
        ) throws -> [UInt8] {
            try AbsenceProof(
                kind: proof.kind, key: proof.key, memberKey: memberKey, neighbours: neighbours,
                entry: proof.entry, proof: file
            ).encoded()
        }
        let moved = AbsenceProof.Neighbour(code: first.code, index: first.index + 1, path: first.path)
        let other = ProofFile(index: proof.proof.index, path: proof.proof.path, checkpoint: foreign)
        let cases: [(what: String, said: String, bytes: [UInt8])] = [
            ("as it was made", "is not among the 4 records", Array(good.utf8)),
            (
                "about a record that is there", "",
                Array(good.replacing(#""key":"s-9""#, with: #""key":"s-1""#).utf8)
            ),
            ("without neighbours", "are not the two", try absence([])),
            ("with another place", "", try absence([moved])),
            ("with one twice", "are not the two", try absence([first, first])),
            (
                "with another key", "key that names the records is not",
                try absence(
                    proof.neighbours,
                    memberKey: try #require(MemberKey(Array(repeating: 1, count: 32))))
            ),
            ("of another log", "", try absence(proof.neighbours, other)),
            ("cut off", "the proof is not JSON", Array(good.utf8.prefix(good.utf8.count / 2))),
            (
                "of another format", "is of the format assay-absence/9",
                Array(good.replacing("assay-absence/1", with: "assay-absence/9").utf8)
            ),
        ]
        let page = try await Browser.page(desk)
        let trusted = key.trimmingCharacters(in: .newlines)
        let reports = try await page.findings(cases.map(\.bytes), key: trusted)
        for ((what, said, bytes), report) in zip(cases, reports) {
            try desk.scratch.write("absent.json", bytes)
            let program = try await desk.verify("absence", "absent.json", "--key", "log.vkey").status == 0
            #expect(program == (what == "as it was made"), "\(what)")
            #expect(report["sound"]?.bool == program, "\(what): \(report)")
            #expect(status("absence", report) == (program ? "verified" : "failed"), "\(what): \(report)")
            #expect(said.isEmpty || detail("absence", report).contains(said), "\(what): \(report)")
        }
        // A proof that an entry is in the log comes with the entry, in any order.
        let inclusion = proof.proof.encoded
        let changed = try LogEntry(
            proof.entry.statement,
            signedBy: [
                NoteSigner(
                    name: "other.example/log",
                    key: try #require(SigningKey(seed: Array(repeating: 1, count: 32))))
            ])
        let chosen = [
            [inclusion, proof.entry.bytes], [proof.entry.bytes, inclusion], [inclusion, changed.bytes],
            [inclusion], [inclusion, inclusion],
        ]
        let found = try await page.findings(chosen: chosen, key: trusted).map { status("entry", $0) }
        #expect(found == ["verified", "verified", "failed", "failed", "failed"])
        let untrusting = try await page.findings(chosen: [chosen[0], [Array(good.utf8)]], key: "")
        #expect(untrusting.allSatisfy { $0["sound"]?.bool == false })
    }

    @Test func `signatures of algorithms to come are passed over by both`() async throws {
        let desk = try await ProfileTests.desk()
        let (foreign, unsigned) = try await ForgeryTests.signedByLaterAlgorithms(desk)
        let page = try await Browser.page(desk)
        let pages = try await page.findings([foreign, unsigned], key: "")
        #expect(pages[0]["sound"]?.bool == true, "\(pages[0])")
        #expect(status("log", pages[1]) == "failed", "\(pages[1])")
    }

    @Test func `what the log says was lost is told by both`() async throws {
        let desk = try await ProfileTests.desk()
        try await desk.expect(0, "package", "--out", "a.assay", "--profile", "auditor")
        let (bytes, told) = try ForgeryTests.recovered(try SealedBytes(desk, "a.assay"))
        let report = try await Browser.page(desk).findings([bytes], key: "")[0]
        #expect(report["sound"]?.bool == true, "\(report)")
        let claims = report["claims"]?.array?.filter { $0["claim"]?.string == "recovery" } ?? []
        #expect(claims.compactMap { $0["detail"]?.string } == told, "\(report)")
    }

    /// A package with what stands for the export of the same log to others.
    private func exported(
        _ sealed: SealedBytes, as profile: PackageProfile, _ desk: Desk
    ) async throws -> [UInt8] {
        try await desk.expect(0, "package", "--out", "other.assay", "--profile", profile.rawValue)
        let other = try PackageReader(ByteSource(try desk.scratch.read("other.assay")))
        return try SealedBytes.rewritten(sealed.bytes) { files in
            for path in [PackageManifest.signaturePath, PackageManifest.proofPath] {
                files[Identifier(path)] = try other.bytes(path)
            }
        }
    }

    private func detail(_ claim: String, _ report: JSON) -> String {
        report["claims"]?.array?.first { $0["claim"]?.string == claim }?["detail"]?.string ?? ""
    }

    private func status(_ claim: String, _ report: JSON) -> String? {
        report["claims"]?.array?.first { $0["claim"]?.string == claim }?["status"]?.string
    }

    static func isSoundByProgram(_ bytes: [UInt8]) throws -> Bool {
        guard let reader = try? PackageReader(ByteSource(bytes)) else { return false }
        var verification = PackageVerification(reader, trusted: nil)
        return verification.run().isSound
    }

    /// Whether the files in two archives are the same: read past checksums and headers.
    private static func isSameContent(_ left: [UInt8], _ right: [UInt8]) throws -> Bool {
        guard left.count == right.count else { return false }
        let reader = try PackageReader(ByteSource(right))
        var isData = Set<Int>()
        for entry in reader.archive.entries {
            let start = Int(entry.offset) + 30 + entry.name.utf8.count
            isData.formUnion(start..<start + Int(entry.size))
        }
        return !left.indices.contains { left[$0] != right[$0] && isData.contains($0) }
    }
}
