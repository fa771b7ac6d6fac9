import Evidence
import Formats
import Ledger
import Reports
import Testing

/// A signer who withholds from the reader of a package what speaks against its result.
@Suite struct WithheldTests {
    /// A package, and what the program says against it; empty where it is sound.
    typealias Case = (what: String, said: String, bytes: [UInt8])

    private static let everything = "and a package for auditors holds everything"

    /// Packages that a signer has taken something out of: of each, page and program must find the same.
    static func forgeries(_ desk: Desk) async throws -> [Case] {
        var packages: [PackageProfile: SealedBytes] = [:]
        for profile in [PackageProfile.auditor, .buyer] {
            let name = "\(profile.rawValue).assay"
            try await desk.expect(0, "package", "--out", name, "--profile", profile.rawValue)
            packages[profile] = try SealedBytes(desk, name)
        }
        func forged(_ profile: PackageProfile, _ change: (inout Forgery) throws -> Void) throws -> [UInt8] {
            var forgery = try Forgery(try #require(packages[profile]))
            try change(&forgery)
            return try forgery.sealed()
        }
        // The first two lines are samples; the last one is the probe that failed.
        func without(_ name: String, at place: Int) -> (inout Forgery) throws -> Void {
            { forgery in
                try lines(&forgery) { lines in
                    let index = place < 0 ? lines.count + place : place
                    lines[index] = try hiding(name, in: lines[index])
                }
            }
        }
        let noKind = "is withheld, and of no kind of record that can stand there does the manifest say"
        return [
            ("an auditor's as it was", "", try forged(.auditor) { _ in }),
            ("a buyer's as it was", "", try forged(.buyer) { _ in }),
            ("a record withheld from an auditor", everything, try forged(.auditor, withoutLast)),
            ("a field withheld from an auditor", everything, try forged(.auditor, without("label", at: 0))),
            ("a record without personal fields", noKind, try forged(.buyer, withoutLast)),
            (
                "a field of a kind without personal ones",
                "withholds more fields of uptime.probe (1) than", try forged(.buyer, without("up", at: -1))
            ),
            (
                "a field beside the personal one", "withholds more fields of lab.sample (2) than",
                try forged(.buyer, without("label", at: 0))
            ),
            (
                "a list of withheld fields for an auditor", "which only a package for buyers does",
                try forged(.auditor) { $0.withheldFields = ["lab.sample.patient"] }
            ),
            (
                "no list of withheld fields for a buyer", "list of withheld fields (none) is not",
                try forged(.buyer) { $0.withheldFields = [] }
            ),
            ("a record that may be of a kind with personal fields", "", try forged(.buyer, possible)),
        ]
    }

    /// Withholds the last probe.
    private static func withoutLast(_ forgery: inout Forgery) throws {
        try lines(&forgery) { lines in
            let line = lines.popLast()
            let last = try PayloadLine(parsing: try #require(line))
            lines.append(PayloadLine(hiding: .withheld, leafHash: last.leafHash).bytes)
        }
    }

    /// The same, and says that records of a kind are withheld that would stand there.
    private static func possible(_ forgery: inout Forgery) throws {
        try withoutLast(&forgery)
        forgery.withheldFields += ["approvers", "author", "committer", "merged_by"].map { "vcs.change.\($0)" }
    }

    /// Changes the lines of the first batch, and states their root.
    private static func lines(
        _ forgery: inout Forgery, _ change: (inout [[UInt8]]) throws -> Void
    ) throws {
        let leaf = try forgery.leaf(of: BatchStatement.predicateType)
        let path = Identifier(PackageLayout.path(PackageLayout.batches, leaf: leaf))
        var lines = try #require(forgery.files[path]).split(separator: 0x0A).map { Array($0) }
        try change(&lines)
        forgery.files[path] = lines.flatMap { $0 + [0x0A] }
        let root = MemoryTree(try lines.map { try PayloadLine(parsing: $0).leafHash }).root
        let statement = try #require(BatchStatement(forgery.entries[leaf].statement))
        // Else the result would be of another batch.
        if statement.population.root == root { return }
        let population: JSON = .object([
            ("root", .string(root.hex)), ("count", .integer(Int64(lines.count))), ("order", .string("any")),
        ])
        try forgery.change(leaf, ["population": population], subject: root)
    }

    /// The line without one more field, for which a digest stands.
    private static func hiding(_ name: String, in line: [UInt8]) throws -> [UInt8] {
        let json = try JSON(parsing: line)
        let item = json["item"] ?? json
        let told = (item["fact"]?["value"]?.object?.members ?? []).filter { $0.name != name }
        let fact = (item["fact"]?.object?.members ?? []).map {
            ($0.name, $0.name == "value" ? JSON.object(JSONObject(told)) : $0.value)
        }
        let own = Base64URL.encode(Digest.sha256(Array(name.utf8)).bytes)
        let digests = ((item["_sd"]?.array ?? []).compactMap(\.string) + [own]).sorted()
        return try CanonicalJSON.encode(
            .object([
                ("disclosures", json["disclosures"] ?? .array([])),
                (
                    "item",
                    .object([
                        ("_sd", .array(digests.map { .string($0) })), ("_sd_alg", .string("sha-256")),
                        ("fact", .object(fact)), ("salt", item["salt"] ?? .null),
                    ])
                ),
            ]))
    }

    /// What is said of a package; empty when it is found sound.
    private static func objection(_ bytes: [UInt8]) throws -> String {
        var verification = PackageVerification(try PackageReader(ByteSource(bytes)), trusted: nil)
        return verification.run().claims.filter { $0.status == .failed }
            .map { "\($0.name): \($0.detail)" }.joined(separator: "; ")
    }

    @Test func `what a profile does not withhold is not withheld`() async throws {
        for (what, said, bytes) in try await Self.forgeries(try await ProfileTests.desk()) {
            let objection = try Self.objection(bytes)
            #expect(said.isEmpty ? objection.isEmpty : objection.contains(said), "\(what): \(objection)")
        }
    }

    @Test func `a list of withheld fields names nothing that is told`() async throws {
        let desk = try await ProfileTests.desk()
        try await desk.expect(0, "package", "--out", "b.assay")
        for more in ["uptime.probe.up", "vcs.change.author"] {
            var forgery = try Forgery(try SealedBytes(desk, "b.assay"))
            forgery.withheldFields.append(more)
            let said = try Self.objection(try forgery.sealed())
            #expect(said.contains("the manifest's list of withheld fields"), "\(said)")
        }
    }

    @Test func `a test over a kind of which a record may be withheld is not called repeated`() async throws {
        let desk = try await ProfileTests.desk()
        try await desk.expect(0, "package", "--out", "b.assay")
        try await desk.expect(0, "reperform", "b.assay")
        var forgery = try Forgery(try SealedBytes(desk, "b.assay"))
        try Self.possible(&forgery)
        try desk.scratch.write("f.assay", try forgery.sealed())
        let verified = try await desk.verify("verify", "f.assay")
        #expect(verified.status == 0 && verified.says("2 fields and 1 whole records"), "\(verified.said)")
        let again = try await desk.verify("reperform", "f.assay")
        #expect(
            again.status == 1 && again.says("0 of 1 tests were", "portal-up uptime.probe.*"), "\(again.said)")
    }

    @Test func `a field that some record with a digest left does not tell may be withheld`() async throws {
        func vial(_ id: String, _ label: String) -> String {
            #"{"kind":"lab.vial","id":"\#(id)","at":"2025-01-02T00:00:00Z","value":{\#(label)"patient":"p-9","tube":"t-1"}}"#
                + "\n"
        }
        func test(_ id: String, _ require: String) -> String {
            "test: \(id)\ntitle: Every vial has one\nkind: event\nof: lab.vial\nas: v\nrequire: \(require)\n"
        }
        let desk = try await ProfileTests().half(
            require: "has(s.label)",
            samples: ProfileTests.sample("s-1", "p-9") + vial("v-1", #""label":"blue","#) + vial("v-2", ""),
            more: ProfileTests.kind("{ type: string, phi: true }", "lab.vial") + "  tube: string\n",
            test("vials-labelled", "has(v.label)"), test("vials-in-tubes", "has(v.tube)"))
        let again = try await desk.verify("reperform", "b.assay")
        #expect(
            again.says(
                "3 of 4 tests were repeated and gave the same",
                "1 of 4 tests were not tried; they read fields that are withheld:\n  vials-labelled\n"
                    + "      lab.vial.label\nNothing"), "\(again.said)")
    }
}
