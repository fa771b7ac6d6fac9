import Evidence
import Formats
import Ledger
import Reports
import Testing

/// What is said of a package whose signer sealed what cannot be: hashes and signatures are right in all of them.
@Suite(.sealedPackage) struct ForgeryTests {
    private static let batch: Identifier = "urn:assay:batch:3"
    private static let program: Identifier = "urn:assay:program:2"
    private static let assessment: Identifier = "urn:assay:assessment:2"

    /// What is said of the package after a change; empty when it is found sound.
    private func objection(_ change: (inout Forgery) throws -> Void) throws -> String {
        var forgery = try Forgery(try SealedBytes.shared)
        try change(&forgery)
        let reader = try PackageReader(ByteSource(try forgery.sealed()))
        var verification = PackageVerification(reader, trusted: nil)
        return verification.run().claims.filter { $0.status == .failed }
            .map { "\($0.name): \($0.detail)" }.joined(separator: "; ")
    }

    @Test func `a package sealed anew without a change is the same`() throws {
        let sealed = try SealedBytes.shared
        #expect(try Forgery(sealed).sealed() == sealed.bytes)
    }

    /// What a package says of the entries between its log and its export.
    private func end(_ change: (inout Forgery) throws -> Void) throws -> Claim? {
        var forgery = try Forgery(try SealedBytes.shared)
        try change(&forgery)
        var verification = PackageVerification(
            try PackageReader(ByteSource(try forgery.sealed())), trusted: nil)
        return verification.run().claims.first { $0.name == "log's end" }
    }

    /// A package whose log says that entries were lost, and that there is another history; with what is to be said of it.
    static func recovered(_ sealed: SealedBytes) throws -> (bytes: [UInt8], told: [String]) {
        var forgery = try Forgery(sealed)
        let leaf = forgery.entries.count
        let recorded = try #require(forgery.newest)
        let witness = "w.example/w+0a0b0c0d"
        for (size, reason) in [(3, "disk\nlost"), (9, "it was made to forget")] {
            try forgery.append(
                RecoveryStatement(
                    size: size, witnessed: 9, witness: witness, reason: reason, recorded: recorded
                ).statement)
        }
        let told = [
            "log entry \(leaf) says that entries 3 to 8, which the witness \(witness) said it had signed, were "
                + "lost or are not known to be in this log: disk\\u{a}lost",
            "log entry \(leaf + 1) says that the witness \(witness) spoke of another history at 9 entries: "
                + "it was made to forget",
        ]
        return (try forgery.sealed(), told)
    }

    @Test func `what the log says was lost is told, and breaks nothing`() throws {
        let (bytes, told) = try Self.recovered(try SealedBytes.shared)
        var verification = PackageVerification(try PackageReader(ByteSource(bytes)), trusted: nil)
        let report = verification.run()
        #expect(report.isSound, "\(report.text)")
        let claims = report.claims.filter { $0.name == "recovery" }
        #expect(claims.map(\.detail) == told, "\(report.text)")
        #expect(claims.allSatisfy { $0.status == .notChecked })
    }

    @Test func `nothing but exports stands between the log and its export, and each is told`() throws {
        func told(_ forgery: inout Forgery) throws {
            forgery.between = try ([1, 2] as [UInt8]).map { try forgery.export(of: .sha256([$0])) }
        }
        #expect(try objection(told) == "")
        #expect(try end(told) == nil)
        let missing = try objection {
            try told(&$0)
            $0.tellsBetween = false
        }
        #expect(missing.contains("export: between the log and the export are entries (2)"), "\(missing)")
        let hidden = try objection { $0.between = [$0.entries[try $0.leaf(of: Self.assessment)]] }
        #expect(hidden.contains("export: log entry") && hidden.contains("is no export"), "\(hidden)")
        let stray = try objection {
            $0.publishing = { $0[Identifier(PackageManifest.exportsPath)] = [] }
        }
        #expect(stray.contains(PackageManifest.exportsPath), "\(stray)")
        // A package of the format before is read still, and says what it does not show.
        func former(_ forgery: inout Forgery) throws {
            try told(&forgery)
            (forgery.tellsBetween, forgery.isFormer) = (false, true)
        }
        #expect(try objection(former) == "")
        let claim = try #require(try end(former))
        #expect(claim.status == .notChecked && claim.detail.contains("entries (2)"), "\(claim)")
        #expect(try end { $0.isFormer = true } == nil)
    }

    @Test func `an assessment that a later one of the same period has replaced is told`() throws {
        func again(_ forgery: inout Forgery, subject: Digest?) throws {
            forgery.entries.append(forgery.entries[try forgery.leaf(of: Self.assessment)])
            try forgery.change(forgery.entries.count - 1, [:], subject: subject)
        }
        let later = try objection { try again(&$0, subject: .sha256([])) }
        #expect(later.contains("result: log entry") && later.contains("is a later assessment"), "\(later)")
        let same = try objection { try again(&$0, subject: nil) }
        #expect(same == "", "the same result once more replaces nothing: \(same)")
        let other = try objection { forgery in
            let leaf = try forgery.leaf(of: Self.assessment)
            forgery.entries.append(forgery.entries[leaf])
            try forgery.change(
                forgery.entries.count - 1, ["from": .string("2024-12-01T00:00:00Z")])
        }
        #expect(other == "", "\(other)")
    }

    @Test func `a look back logged behind an assessment that knew more is told, and replaces nothing`() throws
    {
        let known = "2026-01-01T00:00:00Z"
        // The one in the package knows less than a copy of it that stands in front.
        let sealed = try objection { forgery in
            let leaf = try forgery.leaf(of: Self.assessment)
            forgery.entries.append(forgery.entries[leaf])
            forgery.assessment = forgery.entries.count - 1
            try forgery.change(forgery.assessment, ["knownAt": .string(known)])
        }
        #expect(sealed.contains("is an assessment of the same period that knew more"), "\(sealed)")
        // The one in the package knows more than the copy behind it.
        let replaced = try objection { forgery in
            let leaf = try forgery.leaf(of: Self.assessment)
            forgery.entries.append(forgery.entries[leaf])
            try forgery.change(forgery.entries.count - 1, ["knownAt": .string(known)])
        }
        #expect(replaced == "", "\(replaced)")
    }

    @Test func `what was erased is gone, and was not while a hold covered it`() throws {
        #expect(try objection { try $0.erase(isGone: true) } == "")
        let told = try objection { try $0.erase(isGone: false) }
        #expect(told.contains("evidence: item 1 of batch 1 is still told, though log entry"), "\(told)")
        for kind: Identifier? in [nil, "uptime.probe"] {
            let held = try objection {
                try $0.hold(.place, kind: kind)
                try $0.erase(isGone: true)
            }
            #expect(held.contains("statements: log entry") && held.contains("legal hold case-1"), "\(held)")
        }
        let free = try objection {
            try $0.hold(.place, kind: nil)
            try $0.hold(.release, kind: nil)
            try $0.hold(.place, kind: "lab.sample")
            try $0.erase(isGone: true)
            // One that comes later keeps what is still there.
            try $0.hold(.place, kind: "uptime.probe")
        }
        #expect(free == "", "\(free)")
    }

    @Test func `labels that the content does not bear out are told`() throws {
        #expect(try objection { $0.isSynthetic = true }.contains("synthetic"))
        #expect(try objection { $0.personalFields = ["uptime.probe.service"] }.contains("personal"))
    }

    @Test func `a list that is not in order, or states other sizes, is told`() throws {
        #expect(try objection { $0.listing = { $0.reversed() } }.contains("order"))
        #expect(try objection { $0.listing = { $0 + $0.suffix(1) } }.contains("twice"))
        for difference in [-1, 1] {
            let said = try objection {
                $0.listing = { files in
                    files.map { .init(path: $0.path, size: $0.size + difference, digest: $0.digest) }
                }
            }
            #expect(said.contains("size"), "\(said)")
        }
    }

    @Test(arguments: [
        "batches/000000000.jsonl", "program/000000009.jsonl", "more.txt", "batches/x", "programs",
    ])
    func `a listed file that belongs to nothing is told by its name`(_ path: String) throws {
        let said = try objection { $0.files[Identifier(path)] = Array("{}\n".utf8) }
        #expect(said.contains(path), "\(said)")
    }

    @Test func `a report of another result, or of none, is told`() throws {
        let entry = try Forgery(try SealedBytes.shared)
        let result = entry.entries[try entry.leaf(of: Self.assessment)].statement.subjects[0].digest
        func page(_ digest: String) -> [UInt8] {
            Array(
                "<!doctype html><meta name=\"assay-result\" content=\"sha256:\(digest)\"><p>All is well.".utf8
            )
        }
        #expect(try objection { $0.files["report.html"] = page(result.hex) } == "")
        #expect(
            try objection { $0.files["report.html"] = page(Digest.sha256([]).hex) }.contains(
                "report: report.html is a report of the result"))
        #expect(
            try objection { $0.files["report.html"] = page("00") }.contains("does not say of which result"))
        #expect(
            try objection { $0.files["report.html"] = Array("<p>All is well.".utf8) }.contains(
                "does not say of which result"))
    }

    @Test func `a report that the evidence does not give is told by writing it again`() throws {
        var forgery = try Forgery(try SealedBytes.shared)
        let result = forgery.entries[try forgery.leaf(of: Self.assessment)].statement.subjects[0].digest
        forgery.files["report.html"] = Array(
            ("<!doctype html><meta name=\"assay-result\" content=\"sha256:\(result.hex)\">"
                + "<meta name=\"assay-report-form\" content=\"2\"><p>All is well.").utf8)
        var verification = PackageVerification(
            try PackageReader(ByteSource(try forgery.sealed())), trusted: nil)
        #expect(verification.run().isSound)
        let again = try verification.reperform()
        #expect(again.isEqual && !again.holds)
        guard case .different(let what)? = again.report else {
            Issue.record("\(String(describing: again.report))")
            return
        }
        #expect(what.contains("from byte"))
    }

    @Test(arguments: [nil, 7] as [Int?])
    func `a report of another form than is written here is told as not compared`(_ form: Int?) throws {
        var forgery = try Forgery(try SealedBytes.shared)
        let result = forgery.entries[try forgery.leaf(of: Self.assessment)].statement.subjects[0].digest
        let mark = form.map { "<meta name=\"assay-report-form\" content=\"\($0)\">" } ?? ""
        forgery.files["report.html"] = Array(
            ("<!doctype html><meta name=\"assay-result\" content=\"sha256:\(result.hex)\">"
                + mark + "<p>All is well.").utf8)
        var verification = PackageVerification(
            try PackageReader(ByteSource(try forgery.sealed())), trusted: nil)
        #expect(verification.run().isSound)
        let again = try verification.reperform()
        #expect(again.isEqual && !again.holds)
        #expect(again.report == .otherForm(named: form))
        let told = again.json["report"]?.string ?? ""
        #expect(told.contains("written by another form of the report") && told.contains("not compared"))
        #expect(again.summary.contains("The report in it was not compared with the evidence."))
    }

    @Test func `an entry of an unknown type is told`() throws {
        let said = try objection { try $0.change(try $0.leaf(of: Self.assessment), [:], type: "urn:other:1") }
        #expect(said.contains("urn:other:1"), "\(said)")
        let lacking = try objection { try $0.change(try $0.leaf(of: Self.batch), ["recorded": .null]) }
        #expect(lacking.contains("lacks"), "\(lacking)")
    }

    @Test func `times that run backwards along the log are told`() throws {
        let early: JSON = .string("2025-02-01T00:00:00Z")
        for type in [Self.batch, Self.assessment] {
            let said = try objection { try $0.change(try $0.leaf(of: type), ["recorded": early]) }
            #expect(said.contains("statements: log entry"), "\(said)")
        }
        let said = try objection {
            try $0.change(try $0.leaf(of: Self.assessment), ["knownAt": .string("2999-01-01T00:00:00Z")])
        }
        #expect(said.contains("later"), "\(said)")
    }

    @Test func `a count or an order of items that is not the stated one is told`() throws {
        let counts: JSON = .object([
            ("received", .integer(3)), ("facts", .integer(2)), ("unchanged", .integer(0)),
            ("setAside", .integer(0)),
        ])
        let counted = try objection { try $0.change(try $0.leaf(of: Self.batch), ["counts": counts]) }
        #expect(counted.contains("counted"), "\(counted)")

        let ordered = try objection { forgery in
            let leaf = try forgery.leaf(of: Self.batch)
            let path = Identifier(PackageLayout.path(PackageLayout.batches, leaf: leaf))
            let lines = try #require(forgery.files[path]).split(separator: 0x0A).reversed()
            forgery.files[path] = lines.flatMap { $0 + [0x0A] }
            let root = MemoryTree(lines.map { MerkleTree.leafHash(Array($0)) }).root
            let population: JSON = .object([
                ("root", .string(root.hex)), ("count", .integer(Int64(lines.count))),
                ("order", .string("any")),
            ])
            try forgery.change(leaf, ["population": population], subject: root)
        }
        #expect(ordered.contains("order of the population"), "\(ordered)")
    }

    @Test func `what is found wrong is printed for programs too`() async throws {
        let sealed = try SealedBytes.shared
        var late = try Forgery(sealed)
        try late.change(try late.leaf(of: Self.assessment), ["knownAt": .string("2999-01-01T00:00:00Z")])
        let desk = try Desk()
        let broken: [(name: String, bytes: [UInt8])] = [
            ("text", Array("not a package\n".utf8)), ("half", Array(sealed.bytes.prefix(8_000))),
            ("middle", sealed.flipped(sealed.bytes.count / 2)), ("late", try late.sealed()),
        ]
        for (name, bytes) in broken {
            try desk.scratch.write(name, bytes)
            for command in ["verify", "reperform"] {
                let outcome = try await desk.verify(command, name, "--format", "json")
                let json = try JSON(parsing: Array(outcome.output.utf8))
                #expect(outcome.status == 1 && json["sound"]?.bool == false, "\(name): \(outcome.said)")
                #expect(json["claims"]?.array?.contains { $0["status"]?.string == "failed" } == true)
            }
        }
    }

    /// A package with signatures by keys that nobody knows beside the log's own, and one with nothing else.
    static func signedByLaterAlgorithms(_ desk: Desk) async throws -> (foreign: [UInt8], unsigned: [UInt8]) {
        try await desk.expect(0, "package", "--out", "a.assay", "--profile", "auditor")
        var forgery = try Forgery(try SealedBytes(desk, "a.assay"))
        // As long as one of ML-DSA-44, ahead of the log's own and behind it.
        let later = SignedNote.Signature(
            name: "tiny.example/evidence", keyID: 0x0102_0304, bytes: Array(repeating: 6, count: 2_420))
        forgery.noting = { note in
            let own = note.signatures
            return note.keeping { _ in false }.adding([later] + own).adding([
                .init(name: "witness.example", keyID: 1, bytes: [1])
            ])
        }
        let leaf = try forgery.leaf(of: "urn:assay:assessment:2")
        let envelope = forgery.entries[leaf].envelope
        let extra = Envelope.Signature(keyID: "other+0a0b0c0d", bytes: Array(repeating: 7, count: 2_420))
        let nameless = Envelope.Signature(keyID: nil, bytes: [1])
        forgery.entries[leaf] = try LogEntry(
            bytes: Envelope(
                payloadType: envelope.payloadType, payload: envelope.payload,
                signatures: [extra] + envelope.signatures + [nameless]
            ).encoded)
        let foreign = try forgery.sealed()
        forgery.noting = { $0.keeping { _ in false }.adding([later]) }
        return (foreign, try forgery.sealed())
    }

    @Test func `signatures of algorithms to come are passed over, and named`() async throws {
        let (foreign, unsigned) = try await Self.signedByLaterAlgorithms(try await ProfileTests.desk())
        var verification = PackageVerification(try PackageReader(ByteSource(foreign)), trusted: nil)
        let report = verification.run()
        #expect(report.isSound, "\(report.text)")
        let told = Dictionary(uniqueKeysWithValues: report.claims.map { ($0.name, $0.detail) })
        #expect(
            told["log"]?.contains("not looked at: tiny.example/evidence+01020304, witness.example+00000001")
                == true, "\(report.text)")
        #expect(
            told["statements"]?.contains("not looked at: other+0a0b0c0d, a key without a name") == true,
            "\(report.text)")
        // What nobody known has signed is not signed.
        var second = PackageVerification(try PackageReader(ByteSource(unsigned)), trusted: nil)
        #expect(!second.run().isSound)
    }

    @Test func `an erasure excuses no report that says something else`() async throws {
        let desk = try await ProfileTests.desk()
        try await desk.expect(
            0, "erase", "lab.sample", "s-1", "--by", "privacy officer", "--reason", "request", "--basis",
            "GDPR Art. 17(1)(a)", "--early")
        try await desk.expect(1, "assess")
        try await desk.expect(0, "package", "--out", "a.assay", "--profile", "auditor", "--report")
        #expect(try await desk.verify("reperform", "a.assay").status == 0)
        var forgery = try Forgery(try SealedBytes(desk, "a.assay"))
        let page = String(decoding: try #require(forgery.files["report.html"]), as: UTF8.self)
        #expect(page.contains("Tiny Clinic"))
        forgery.files["report.html"] = Array(page.replacing("Tiny Clinic", with: "Grand Clinic").utf8)
        try desk.scratch.write("forged.assay", try forgery.sealed())
        #expect(try await desk.verify("verify", "forged.assay").status == 0)
        let outcome = try await desk.verify("reperform", "forged.assay")
        #expect(
            outcome.status == 1 && outcome.says("report.html: not the same", "not the report"),
            "\(outcome.said)")
    }
}
