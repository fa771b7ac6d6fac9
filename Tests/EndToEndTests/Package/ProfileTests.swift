import Assessment
import Evidence
import Formats
import Ledger
import Reports
import Testing

/// What a package tells depends on who gets it; what it proves does not.
@Suite struct ProfileTests {
    /// A workspace with two samples of patients and an assessment.
    static func desk() async throws -> Desk {
        let desk = try Desk()
        try desk.scratch.write("program/all.yaml", TinyProgram.complete())
        try desk.scratch.write("program/kind.yaml", kind("{ type: string, phi: true }"))
        try await desk.expect(0, "apply", "program")
        try await desk.expect(
            0, "import", "-", input: TinyProgram.facts + sample("s-1", "p-9") + sample("s-2", "p-8"))
        try await desk.expect(1, "assess")
        return desk
    }

    static func kind(_ patient: String, _ name: String = "lab.sample") -> String {
        """
        kind: \(name)
        title: A sample
        mode: event
        fields:
          label: string
          patient: \(patient)

        """
    }

    static func sample(_ id: String, _ patient: String, _ kind: String = "lab.sample") -> String {
        #"{"kind":"\#(kind)","id":"\#(id)","at":"2025-01-02T00:00:00Z","value":{"label":"blue","patient":"\#(patient)"}}"#
            + "\n"
    }

    /// The values of a field in a package.
    static func told(_ field: String, in bytes: [UInt8]) throws -> [String] {
        let reader = try PackageReader(ByteSource(bytes))
        var found: [String] = []
        for path in reader.paths where path.hasPrefix(PackageLayout.batches) {
            var reading = PayloadReading()
            let take = { (_: Int, lines: [PayloadLine]) in
                found += lines.compactMap { $0.fact?.value?[field]?.string }
            }
            try reading.append(try reader.bytes(path), take)
            try reading.drain(take)
        }
        return found.sorted()
    }

    @Test func `what is as of one instant is packaged with a Type I report, repeated to the byte`()
        async throws
    {
        let desk = try await Desk.tiny(facts: TinyProgram.facts)
        _ = try await desk.command("assay", ["assess", "--at", "2025-01-05T00:00:00Z"]).run()
        let packaged = try await desk.expect(0, "package", "--out", "instant.assay", "--report")
        #expect(packaged.says("of what held at 2025-01-05T00:00:00Z"), "\(packaged.said)")
        let report = try Forgery(try SealedBytes(desk, "instant.assay")).files["report.html"]
        let page = String(decoding: try #require(report), as: UTF8.self)
        #expect(page.contains("SOC 2 Type I:") && !page.contains("SOC 2 Type II:"))
        let repeated = try await desk.expect(0, "reperform", "instant.assay")
        #expect(repeated.says("report.html: made again, and the same"), "\(repeated.said)")
    }

    @Test func `an auditor gets all, a buyer no personal field, and both can prove and repeat it`()
        async throws
    {
        let desk = try await Self.desk()
        try await desk.expect(0, "package", "--out", "a.assay", "--profile", "auditor")
        try await desk.expect(0, "package", "--out", "b.assay")
        #expect(try Self.told("patient", in: desk.scratch.read("a.assay")) == ["p-8", "p-9"])
        #expect(try Self.told("patient", in: desk.scratch.read("b.assay")) == [])
        #expect(try Self.told("label", in: desk.scratch.read("b.assay")) == ["blue", "blue"])
        for (name, isSaid) in [("a.assay", false), ("b.assay", true)] {
            let readme = try PackageReader(ByteSource(try desk.scratch.read(name))).bytes("README.txt")
            let text = String(decoding: readme, as: UTF8.self)
            #expect(text.contains("Keys of records (account names, ticket numbers) are not") == isSaid)
        }
        let help = try await desk.expect(0, "package", "--help")
        #expect(help.says("Keys of records (account names, say)", "holds the program as it was applied"))
        let buyer = try await desk.verify("verify", "b.assay")
        #expect(buyer.status == 0 && buyer.says("withheld", "2 fields and 0 whole records"), "\(buyer.said)")
        let auditor = try await desk.verify("verify", "a.assay")
        #expect(auditor.status == 0 && !auditor.says("withheld"), "\(auditor.said)")
        for name in ["a.assay", "b.assay"] {
            let again = try await desk.verify("reperform", name)
            let simple = try await desk.verify("reperform", name, "--simple")
            #expect(simple.said == again.said, "\(simple.said)")
            #expect(again.status == 0, "\(again.said)")
        }
    }

    private static let marked = "{ type: string, phi: true }"

    /// A package for a buyer, of two tests: one reads what it withholds.
    func half(
        require: String = #"s.label == "blue" && s.patient != """#, patient: String = marked,
        samples: String = sample("s-1", "p-9") + sample("s-2", "p-8"), more documents: String...
    ) async throws -> Desk {
        let desk = try Desk()
        try desk.scratch.write(
            "program/all.yaml",
            TinyProgram.file(
                TinyProgram.organization(), TinyProgram.system,
                TinyProgram.control(tests: "portal-up, samples-named"), TinyProgram.test(),
                TinyProgram.period,
                """
                test: samples-named
                title: Every sample says whose it is
                kind: event
                of: lab.sample
                as: s
                require: \(require)

                """))
        try desk.scratch.write("program/kind.yaml", Self.kind(patient))
        for (number, document) in documents.enumerated() {
            try desk.scratch.write("program/more-\(number).yaml", document)
        }
        try await desk.expect(0, "apply", "program")
        try await desk.expect(0, "import", "-", input: TinyProgram.facts + samples)
        try await desk.expect(1, "assess")
        try await desk.expect(0, "package", "--out", "b.assay")
        return desk
    }

    @Test func `a buyer repeats the tests that read nothing withheld, and is told the others`() async throws {
        let desk = try await half()
        let again = try await desk.verify("reperform", "b.assay")
        #expect(again.status == 1, "\(again.said)")
        #expect(
            again.says(
                "1 of 2 tests were repeated and gave the same",
                "1 of 2 tests were not tried; they read fields that are withheld:\n  samples-named\n"
                    + "      lab.sample.patient",
                "Nothing that can be repeated from this package contradicts it."), "\(again.said)")
        let simple = try await desk.verify("reperform", "b.assay", "--simple")
        #expect(simple.said == again.said, "\(simple.said)")
        let json = try JSON(
            parsing: Array(try await desk.verify("reperform", "b.assay", "--format", "json").output.utf8))
        #expect(json["equal"] == .null && json["computed"] == .null)
        #expect(json["tests"]?["same"] == .array([.string("portal-up")]))
        #expect(json["tests"]?["different"] == .array([]))
        #expect(
            json["tests"]?["untried"]
                == .array([
                    .object([
                        ("fields", .array([.string("lab.sample.patient")])),
                        ("test", .string("samples-named")),
                    ])
                ]))
        try await desk.expect(0, "package", "--out", "a.assay", "--profile", "auditor")
        try await desk.expect(0, "reperform", "a.assay")
    }

    @Test func `every kind of which something is withheld is seen, also beside others in one collection`()
        async throws
    {
        let tubes = Self.sample("t-1", "p-9", "lab.tube") + Self.sample("t-2", "p-9", "lab.tube")
        let desk = try await half(
            samples: Self.sample("s-1", "p-9") + tubes,
            more: Self.kind("{ type: string, personal: true }", "lab.tube"),
            """
            test: tubes-named
            title: Every tube says whose it is
            kind: event
            of: lab.tube
            as: t
            require: has(t.patient)

            """)
        let again = try await desk.verify("reperform", "b.assay")
        #expect(
            again.says(
                "2 of 3 tests were not tried", "samples-named lab.sample.patient",
                "tubes-named lab.tube.patient"), "\(again.said)")
    }

    @Test func `a record all of whose fields are withheld is not taken for one that could not be read`()
        async throws
    {
        let bare =
            #"{"kind":"lab.sample","id":"s-3","at":"2025-01-04T00:00:00Z","value":{"patient":"p-7"}}"# + "\n"
        let desk = try await half(require: "has(s.label)", samples: Self.sample("s-1", "p-9") + bare)
        let again = try await desk.verify("reperform", "b.assay")
        #expect(
            again.says(
                "1 of 2 tests were repeated and gave the same", "samples-named\n      lab.sample.patient"),
            "\(again.said)")
        let labelled = try await half(require: "has(s.label)")
        try await labelled.expect(0, "reperform", "b.assay")
    }

    @Test func `of records that are withheld whole nobody knows what a test would make`() async throws {
        let desk = try await half(require: "has(s.label)", patient: "string")
        try await desk.expect(0, "reperform", "b.assay")
        try desk.scratch.write("program/kind.yaml", Self.kind(Self.marked))
        try await desk.expect(0, "apply", "program")
        try await desk.expect(1, "assess")
        try await desk.expect(0, "package", "--out", "b.assay")
        let again = try await desk.verify("reperform", "b.assay")
        #expect(
            again.says("1 of 2 tests were repeated and gave the same", "samples-named lab.sample.patient"),
            "\(again.said)")
        #expect(again.status == 1 && !again.says("SOMETHING ELSE"), "\(again.said)")
    }

    @Test func `where a test comes out otherwise, what was erased is named as a possible reason`()
        async throws
    {
        let desk = try await half()
        try await desk.expect(
            0, "erase", "uptime.probe", "p-2", "--by", "privacy", "--reason", "not meant for us", "--basis",
            "GDPR Art. 17", "--early")
        try await desk.expect(0, "package", "--out", "b.assay")
        let again = try await desk.verify("reperform", "b.assay")
        #expect(
            again.says(
                "gave SOMETHING ELSE:\n  portal-up\n", "The reason may be what was erased (items: 1)."),
            "\(again.said)")
        #expect(again.status == 1)
    }

    @Test func `a result that a buyer's evidence does not give is told by its test`() async throws {
        let desk = try await half()
        var forgery = try Forgery(try SealedBytes(desk, "b.assay"))
        let result = try #require(forgery.files["result.json"])
        let text = String(decoding: result, as: UTF8.self)
        let better = Array(text.replacing(#""failing":1,"#, with: #""failing":0,"#).utf8)
        try #require(better != result)
        forgery.files["result.json"] = better
        try forgery.change(
            try forgery.leaf(of: AssessmentStatement.predicateType), [:], subject: .sha256(better),
            of: "assessment")
        try desk.scratch.write("f.assay", try forgery.sealed())
        #expect(try await desk.verify("verify", "f.assay").status == 0)
        let again = try await desk.verify("reperform", "f.assay")
        #expect(again.status == 1, "\(again.said)")
        #expect(
            again.says(
                "1 of 2 tests were repeated and gave SOMETHING ELSE:\n  portal-up\n",
                "Some tests came out otherwise."), "\(again.said)")
        #expect(!again.says("erased"), "\(again.said)")
    }

    @Test func `the public gets conclusions and the proof that they are on record`() async throws {
        let desk = try await Self.desk()
        try await desk.expect(0, "package", "--out", "p.assay", "--profile", "public")
        let outcome = try await desk.verify("verify", "p.assay")
        #expect(outcome.status == 0 && outcome.says("summary.json is what log entry"), "\(outcome.said)")
        let reader = try PackageReader(ByteSource(try desk.scratch.read("p.assay")))
        #expect(
            reader.paths == [
                "README.txt", "assessment.dsse.json", "assessment.tlog-proof", "manifest.dsse.json",
                "manifest.json", "manifest.tlog-proof", "summary.json", "trust/log.vkey", "trust/trust.json",
            ])
        let summary = String(decoding: try reader.bytes("summary.json"), as: UTF8.self)
        #expect(summary.contains("OPS-01") && !summary.contains("p-1") && !summary.contains("rows"))
        let again = try await desk.verify("reperform", "p.assay")
        #expect(again.status == 1 && again.says("cannot be repeated"), "\(again.said)")
    }

    @Test func `every export is an entry, and the same export is one`() async throws {
        let desk = try await Self.desk()
        let before = try await desk.entries()
        let first = try await desk.expect(0, "package", "--out", "1.assay")
        #expect(first.says("log entry \(before)"), "\(first.said)")
        try await desk.expect(0, "package", "--out", "2.assay")
        try await desk.expect(0, "package", "--out", "3.assay", "--profile", "auditor")
        try await desk.expect(0, "package", "--out", "4.assay")
        #expect(try await desk.entries() == before + 2)
        #expect(try desk.scratch.read("1.assay") == desk.scratch.read("2.assay"))
        #expect(try desk.scratch.read("1.assay") == desk.scratch.read("4.assay"))
        for name in ["1.assay", "3.assay"] { try await desk.expect(0, "verify", name) }
        // The second is told by what the first one's entry is.
        let second = try PackageReader(ByteSource(try desk.scratch.read("3.assay")))
        #expect(second.paths.contains(PackageManifest.exportsPath))
        #expect(try await desk.expect(0, "verify", "3.assay").says("1 earlier export between the log and it"))
        try await desk.expect(0, "fsck")
    }

    @Test func `what the holder asks of witnesses must be met`() async throws {
        let desk = try await Self.desk()
        let witness = try NoteSigner(
            name: "w.example/w", key: try #require(SigningKey(seed: Array(repeating: 7, count: 32))),
            algorithm: .ed25519Cosignature)
        let told = try TrustFile(parsing: Array(try await desk.expect(0, "log", "trust").output.utf8))
        let asking = TrustFile(
            origin: told.origin, keys: told.keys,
            policy: try WitnessPolicy(parsing: "witness w \(witness.verifier.vkey)\nquorum w\n"))
        try desk.scratch.write("asking.json", try CanonicalJSON.encode(asking.json))
        try desk.scratch.write("log.vkey", try await desk.expect(0, "log", "key").output)
        for profile in PackageProfile.allCases {
            try await desk.expect(0, "package", "--out", "p.assay", "--profile", profile.rawValue)
            for command in ["verify", "reperform"] {
                let asked = try await desk.verify(command, "p.assay", "--trust", "asking.json")
                #expect(asked.status == 1, "\(asked.said)")
                #expect(asked.says("FAILED witness", "is not vouched for as your trust file asks"))
            }
            let json = try await desk.verify(
                "verify", "p.assay", "--trust", "asking.json", "--format", "json")
            let report = try JSON(parsing: Array(json.output.utf8))
            #expect(report["sound"]?.bool == false && report["assurance"]?.string == "not vouched for")
            // Who asks nobody is told that nobody was asked.
            let unasked = try await desk.verify("verify", "p.assay", "--key", "log.vkey")
            #expect(unasked.status == 0 && unasked.says("is self-consistent"), "\(unasked.said)")
        }
    }

    @Test func `a record from before its field was marked is withheld whole`() async throws {
        let desk = try Desk()
        try desk.scratch.write("program/all.yaml", TinyProgram.complete())
        try desk.scratch.write("program/kind.yaml", Self.kind("string"))
        try await desk.expect(0, "apply", "program")
        try await desk.expect(0, "import", "-", input: TinyProgram.facts + Self.sample("s-1", "p-9"))
        try desk.scratch.write("program/kind.yaml", Self.kind("{ type: string, phi: true }"))
        try await desk.expect(0, "apply", "program")
        try await desk.expect(1, "assess")
        try await desk.expect(0, "package", "--out", "b.assay")
        let outcome = try await desk.expect(0, "verify", "b.assay")
        #expect(outcome.says("0 fields and 1 whole records"), "\(outcome.said)")
        #expect(try Self.told("label", in: desk.scratch.read("b.assay")) == [])
    }

    @Test func `a package that says it is for buyers and tells a personal field is refused`() async throws {
        let desk = try await Self.desk()
        try await desk.expect(0, "package", "--out", "a.assay", "--profile", "auditor")
        var forgery = try Forgery(try SealedBytes(desk, "a.assay"))
        forgery.profile = .buyer
        forgery.withheldFields = forgery.personalFields
        forgery.personalFields = []
        // Lists of records are for auditors, and would be told first.
        forgery.files = forgery.files.filter { !$0.key.text.hasPrefix(PackageLayout.members) }
        try desk.scratch.write("forged.assay", try forgery.sealed())
        let outcome = try await desk.verify("verify", "forged.assay")
        #expect(
            outcome.status == 1 && outcome.says("tells a field that is marked personal"), "\(outcome.said)")
    }

    @Test func `a collection that was left out is missed`() async throws {
        let desk = try await Self.desk()
        try await desk.expect(0, "import", "-", input: TinyProgram.probe("p-7", at: "2025-01-05T00:00:00Z"))
        try await desk.expect(1, "assess")
        try await desk.expect(0, "package", "--out", "a.assay", "--profile", "auditor")
        var forgery = try Forgery(try SealedBytes(desk, "a.assay"))
        let second = try #require(
            forgery.entries.lastIndex { $0.statement.predicateType == BatchStatement.predicateType })
        let first = try forgery.leaf(of: BatchStatement.predicateType)
        forgery.entries[second] = forgery.entries[first]
        try desk.scratch.write("forged.assay", try forgery.sealed())
        let outcome = try await desk.verify("verify", "forged.assay")
        #expect(outcome.status == 1 && outcome.says("was left out"), "\(outcome.said)")
    }

    @Test func `a batch that the collector did not sign is refused`() async throws {
        let desk = try await Self.desk()
        try await desk.expect(0, "package", "--out", "a.assay", "--profile", "auditor")
        let sealed = try SealedBytes(desk, "a.assay")
        var forgery = try Forgery(
            SealedBytes(bytes: sealed.bytes, signer: sealed.signer, collector: sealed.signer))
        try forgery.change(try forgery.leaf(of: BatchStatement.predicateType), [:])
        try desk.scratch.write("forged.assay", try forgery.sealed())
        let outcome = try await desk.verify("verify", "forged.assay")
        #expect(outcome.status == 1 && outcome.says("FAILED", "statements"), "\(outcome.said)")
    }
}
