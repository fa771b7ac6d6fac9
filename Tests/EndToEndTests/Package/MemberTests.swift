import Evidence
import Formats
import Foundation
import Ledger
import Reports
import Testing

/// That a record was not among those of a collection, from the command line to both verifiers.
@Suite struct MemberTests {
    private static func desk() async throws -> Desk {
        let desk = try await ProfileTests.desk()
        let trust = try await desk.expect(0, "log", "trust").output
        try desk.scratch.write("trust.json", trust)
        try desk.scratch.write("log.vkey", try await desk.expect(0, "log", "key").output)
        return desk
    }

    @Test func `an absence is proven to whoever has the trust file, and a presence is not`() async throws {
        let desk = try await Self.desk()
        let proof = try await desk.expect(0, "log", "absence", "import", "lab.sample", "s-9").output
        try desk.scratch.write("absent.json", proof)
        let told = try await desk.verify("absence", "absent.json", "--trust", "trust.json")
        #expect(told.status == 0 && told.says("absent   lab.sample s-9", "may have had it"), "\(told.said)")
        let json = try await desk.verify(
            "absence", "absent.json", "--key", "log.vkey", "--format", "json")
        let report = try JSON(parsing: Array(json.output.utf8))
        #expect(report["status"]?.string == "absent" && report["records"]?.integer == 4, "\(json.said)")
        #expect(report["collectorChecked"]?.bool == false && report["whole"]?.bool == false)

        let there = try await desk.expect(1, "log", "absence", "import", "lab.sample", "s-1")
        #expect(there.says("is among the records"), "\(there.said)")
        // The same neighbours do not speak for another record.
        try desk.scratch.write(
            "forged.json", proof.replacingOccurrences(of: #""key":"s-9""#, with: #""key":"s-1""#))
        let forged = try await desk.verify("absence", "forged.json", "--trust", "trust.json")
        #expect(forged.status == 1 && forged.says("FAILED"), "\(forged.said)")
        let untrusting = try await desk.verify("absence", "absent.json")
        #expect(untrusting.status == 2 && untrusting.says("--key or --trust"), "\(untrusting.said)")
        try await desk.expect(3, "log", "absence", "nobody", "lab.sample", "s-9")
    }

    @Test func `of a snapshot that was read whole it is said that the source did not have the record`()
        async throws
    {
        let desk = try await Self.desk()
        let header =
            #"{"batch":{"source":"directory","mode":"snapshot","kinds":["idp.account"],"at":"2025-01-05T00:00:00Z"}}"#
        let account =
            #"{"kind":"idp.account","key":"a-1","at":"2025-01-05T00:00:00Z","value":{"enabled":true}}"#
        try await desk.expect(0, "import", "-", input: header + "\n" + account + "\n")
        try desk.scratch.write(
            "absent.json",
            try await desk.expect(0, "log", "absence", "directory", "idp.account", "a-2").output)
        let told = try await desk.verify("absence", "absent.json", "--trust", "trust.json")
        #expect(told.status == 0 && told.says("directory did not have it then"), "\(told.said)")
    }

    @Test func `auditors get the lists, and nobody else does`() async throws {
        let desk = try await Self.desk()
        try await desk.expect(0, "package", "--out", "a.assay", "--profile", "auditor")
        try await desk.expect(0, "package", "--out", "b.assay")
        func lists(_ name: String) throws -> [String] {
            try PackageReader(ByteSource(try desk.scratch.read(name))).paths.filter {
                $0.hasPrefix(PackageLayout.members)
            }
        }
        #expect(try lists("a.assay").count == 2 && lists("b.assay").isEmpty)
        let auditor = try await desk.verify("verify", "a.assay")
        #expect(auditor.status == 0 && auditor.says("so have the lists of their records"), "\(auditor.said)")
        let buyer = try await desk.verify("verify", "b.assay")
        #expect(
            buyer.status == 0 && buyer.says("the lists of their records are for auditors"), "\(buyer.said)")
    }

    @Test func `a record that was erased, and one that has ended, are not missed`() async throws {
        let desk = try await Self.desk()
        try await desk.expect(0, "import", "-", input: Self.snapshot(day: 5, ["a-1", "a-2", "a-3"]))
        try await desk.expect(0, "import", "-", input: Self.snapshot(day: 6, ["a-1", "a-2"]))
        try await desk.expect(
            0, "erase", "idp.account", "a-3", "--by", "officer", "--reason", "request", "--basis",
            "GDPR Art. 17", "--early")
        try await desk.expect(
            0, "erase", "idp.account", "a-2", "--by", "officer", "--reason", "request", "--basis",
            "GDPR Art. 17", "--early")
        try await desk.expect(0, "import", "-", input: Self.snapshot(day: 7, ["a-1"]))
        try await desk.expect(0, "import", "-", input: Self.snapshot(day: 8, ["a-1"]))
        try await desk.expect(0, "fsck")
        try await desk.expect(0, "package", "--out", "a.assay", "--profile", "auditor")
        let found = try await desk.verify("verify", "a.assay")
        #expect(found.status == 0 && found.says("erased"), "\(found.said)")
    }

    @Test func `a late word about a record that has ended does not bring it back`() async throws {
        let desk = try await Self.desk()
        try await desk.expect(0, "import", "-", input: Self.snapshot(day: 4, ["a-1", "a-2"]))
        try await desk.expect(0, "import", "-", input: Self.snapshot(day: 7, ["a-1"]))
        let late =
            #"{"kind":"idp.account","key":"a-2","at":"2025-01-05T00:00:00Z","value":{"enabled":false}}"#
            + "\n"
        try await desk.expect(0, "import", "-", "--source", "directory", input: late)
        try await desk.expect(0, "import", "-", input: Self.snapshot(day: 8, ["a-1"]))
        // A snapshot from before: what began later says nothing about it.
        try await desk.expect(0, "import", "-", input: Self.snapshot(day: 9, ["a-1", "a-3"]))
        try await desk.expect(0, "import", "-", input: Self.snapshot(day: 6, ["a-1", "a-2"]))
        try await desk.expect(0, "import", "-", input: Self.snapshot(day: 9, ["a-1", "a-3"]))
        try await desk.expect(0, "fsck")
        try await desk.expect(0, "package", "--out", "a.assay", "--profile", "auditor")
        let found = try await desk.verify("verify", "a.assay")
        #expect(found.status == 0, "\(found.said)")
        if Browser.path != nil {
            let report = try await Browser.page(desk).findings([desk.scratch.read("a.assay")], key: "")[0]
            #expect(report["sound"]?.bool == true, "\(report)")
        }
    }

    /// A snapshot of a directory that was read whole.
    static func snapshot(day: Int, _ accounts: [String]) -> String {
        let time = "2025-01-0\(day)T00:00:00Z"
        let header =
            #"{"batch":{"source":"directory","mode":"snapshot","kinds":["idp.account"],"at":"\#(time)"}}"#
        let lines = accounts.map {
            #"{"kind":"idp.account","key":"\#($0)","at":"\#(time)","value":{"enabled":true}}"#
        }
        return ([header] + lines).joined(separator: "\n") + "\n"
    }

    /// Forgeries of the holder of both keys, and what the program says to each.
    static func forgeries(_ desk: Desk) async throws -> [(what: String, said: String, bytes: [UInt8])] {
        try await desk.expect(0, "import", "-", input: snapshot(day: 5, ["a-1", "a-2", "a-3"]))
        try await desk.expect(0, "import", "-", input: snapshot(day: 6, ["a-1", "a-2"]))
        try await desk.expect(0, "import", "-", input: snapshot(day: 7, ["a-1", "a-2"]))
        try await desk.expect(0, "package", "--out", "a.assay", "--profile", "auditor")
        let sealed = try SealedBytes(desk, "a.assay")
        let start = try Forgery(sealed)
        let leaf = try start.leaf(of: BatchStatement.predicateType)
        let statement = try #require(BatchStatement(start.entries[leaf].statement))
        let members = try #require(statement.members)
        let path = Identifier(PackageLayout.members(members.root))
        let codes = try MemberList(parsing: try #require(start.files[path])).codes

        /// The list changed, and the entry with it: only what the list itself says can give it away.
        func forged(_ codes: [Ledger::Digest], count: Int? = nil, key: Ledger::Digest? = nil) throws
            -> [UInt8]
        {
            var forgery = start
            var tree = MerkleAccumulator()
            for code in codes { tree.append(code.withUnsafeBytes { MerkleTree.leafHash(Array($0)) }) }
            forgery.files[path] = nil
            forgery.files[Identifier(PackageLayout.members(tree.root))] = codes.flatMap(\.bytes)
            try forgery.change(
                leaf,
                [
                    "members": .object([
                        ("root", .string(tree.root.hex)), ("count", .integer(Int64(count ?? codes.count))),
                        ("key", .string((key ?? members.key).hex)), ("order", .string("hmac-sha256")),
                    ])
                ])
            return try forgery.sealed()
        }
        let unchanged = try withoutUnchanged(start)
        // As many names in order as the log states, one of them another one.
        var renamed = start
        renamed.files[path] =
            codes.dropLast().flatMap(\.bytes) + [UInt8](repeating: 0xFF, count: Ledger::Digest.length)
        var stray = start
        stray.files[Identifier(PackageLayout.members(.sha256([])))] = []
        var bare = start
        bare.files[path] = nil
        var former = start
        let old = start.entries[leaf].statement
        former.files[path] = nil
        former.entries[leaf] = try LogEntry(
            Statement(
                subjects: old.subjects, predicateType: BatchStatement.formerType,
                predicate: JSONObject(old.predicate.members.filter { $0.name != "members" })),
            signedBy: [sealed.collector])
        return [
            ("no change", "", try start.sealed()), ("the former type", "", try former.sealed()),
            ("a record left out", "does not have", try forged(Array(codes.dropLast()))),
            ("an unchanged record left out", "leaves out 1 records", try unchanged.sealed()),
            ("another order", "not above", try forged(codes.reversed())),
            ("a name twice", "not above", try forged(codes + codes.suffix(1))),
            ("another count", "are listed", try forged(codes, count: codes.count - 1)),
            ("another name", "the root that the log states", try renamed.sealed()),
            ("another key", "key", try forged(codes, key: .sha256([1]))),
            (
                "more than were received", "among",
                try forged((codes + [.sha256([1]), .sha256([2]), .sha256([3])]).sorted())
            ),
            ("a stray list", "list of no batch", try stray.sealed()),
            ("no list", "lacks", try bare.sealed()),
        ]
    }

    /// The newest snapshot, which found nothing new, lists a record less.
    static func withoutUnchanged(_ start: Forgery) throws -> Forgery {
        var forgery = start
        let leaf = try #require(
            start.entries.lastIndex { $0.statement.predicateType == BatchStatement.predicateType })
        let statement = try #require(BatchStatement(start.entries[leaf].statement))
        let members = try #require(statement.members)
        #expect(statement.mode == .snapshot && members.count == 2 && statement.counts.unchanged == 2)
        let bytes = try #require(start.files[Identifier(PackageLayout.members(members.root))])
        let list = MemberList(try MemberList(parsing: bytes).codes.suffix(1))
        let key = try JSON(parsing: try #require(start.files[Identifier(PackageLayout.memberKeys)]))
        let memberKey = try #require(
            key["directory"]?.string.flatMap { Hex.decode($0) }.flatMap { MemberKey($0) })
        let fewer = list.members(key: memberKey)
        forgery.files[Identifier(PackageLayout.members(fewer.root))] = list.encoded
        try forgery.change(
            leaf,
            [
                "members": .object([
                    ("root", .string(fewer.root.hex)), ("count", .integer(1)),
                    ("key", .string(fewer.key.hex)), ("order", .string("hmac-sha256")),
                ])
            ])
        return forgery
    }

    @Test func `a list that leaves out, repeats or invents is told`() async throws {
        for (what, said, bytes) in try await Self.forgeries(Self.desk()) {
            var verification = PackageVerification(
                try PackageReader(ByteSource(bytes)), trusted: nil)
            let failed = verification.run().claims.filter { $0.status == .failed }
            #expect(failed.isEmpty == said.isEmpty, "\(what): \(failed)")
            #expect(said.isEmpty || failed.contains { $0.detail.contains(said) }, "\(what): \(failed)")
        }
    }
}
