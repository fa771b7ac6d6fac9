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

    /// Forgeries of the holder of both keys, and what the program says to each.
    static func forgeries(_ desk: Desk) async throws -> [(what: String, said: String, bytes: [UInt8])] {
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
        var stray = start
        stray.files[Identifier(PackageLayout.members(.sha256([])))] = []
        var bare = start
        bare.files[path] = nil
        var former = start
        let old = start.entries[leaf].statement
        former.files[path] = nil
        former.files[Identifier(PackageLayout.memberKeys)] = nil
        former.entries[leaf] = try LogEntry(
            Statement(
                subjects: old.subjects, predicateType: BatchStatement.formerType,
                predicate: JSONObject(old.predicate.members.filter { $0.name != "members" })),
            signedBy: [sealed.collector])
        return [
            ("no change", "", try start.sealed()), ("the former type", "", try former.sealed()),
            ("a record left out", "does not have", try forged(Array(codes.dropLast()))),
            ("another order", "not above", try forged(codes.reversed())),
            ("a name twice", "not above", try forged(codes + codes.suffix(1))),
            ("another count", "are listed", try forged(codes, count: codes.count - 1)),
            ("another key", "key", try forged(codes, key: .sha256([1]))),
            (
                "more than were received", "among",
                try forged((codes + [.sha256([1]), .sha256([2]), .sha256([3])]).sorted())
            ),
            ("a stray list", "list of no batch", try stray.sealed()),
            ("no list", "lacks", try bare.sealed()),
        ]
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
