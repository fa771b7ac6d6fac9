import Assessment
import Evidence
import Formats
import Ledger
import Reports
import Testing

/// Entries of the holder of both keys that cannot be true beside each other, or need not be: what both verifiers say.
@Suite(.serialized) struct FalseEntryTests {
    private static let batch = BatchStatement.predicateType

    private let desk: Desk
    private let sealed: SealedBytes

    /// A workspace with two probes and two snapshots of a directory.
    init() async throws {
        desk = try await Desk.tiny(facts: TinyProgram.facts)
        try await desk.expect(0, "import", "-", input: MemberTests.snapshot(day: 5, ["a-1", "a-2"]))
        try await desk.expect(0, "import", "-", input: MemberTests.snapshot(day: 7, ["a-1", "a-2"]))
        try await desk.expect(1, "assess")
        try await desk.expect(0, "package", "--out", "a.assay", "--profile", "auditor")
        sealed = try SealedBytes(desk, "a.assay")
    }

    /// What the program says of the package after a change, and the page where there is a browser.
    private func claims(_ change: (inout Forgery) throws -> Void) async throws -> [[Claim]] {
        var forgery = try Forgery(sealed)
        try change(&forgery)
        let bytes = try forgery.sealed()
        var verification = PackageVerification(try PackageReader(ByteSource(bytes)), trusted: nil)
        let program = verification.run().claims
        if Browser.path == nil { return [program] }
        let report = try await Browser.page(desk).findings([bytes], key: "")[0]
        let page = try (report["claims"]?.array ?? []).map { claim in
            Claim(
                try #require(claim["claim"]?.string),
                try #require(claim["status"]?.string.flatMap { Claim.Status(rawValue: $0) }),
                try #require(claim["detail"]?.string))
        }
        return [program, page]
    }

    /// Both refuse the package after a change, with these words.
    private func refused(_ words: String, _ change: (inout Forgery) throws -> Void) async throws {
        for found in try await claims(change) {
            let failed = found.filter { $0.status == .failed }
            #expect(failed.contains { $0.detail.contains(words) }, "\(words): \(failed)")
        }
    }

    /// Both take the package after a change for sound, and what they say of one thing.
    private func taken(
        _ name: String, _ change: (inout Forgery) throws -> Void
    ) async throws -> [String] {
        var details: [String] = []
        for claims in try await claims(change) {
            let failed = claims.filter { $0.status == .failed }
            #expect(failed.isEmpty, "\(claims)")
            details.append(claims.first { $0.name == name }?.detail ?? "")
        }
        return details
    }

    @Test func `a tombstone in front of the batch that it empties is refused`() async throws {
        func path(_ leaf: Int) -> Identifier {
            Identifier(PackageLayout.path(PackageLayout.batches, leaf: leaf))
        }
        try await refused("item 1 of batch 2 was erased, which is not in front of it") { forgery in
            try forgery.erase(isGone: true)
            let tombstone = try #require(ErasureStatement(forgery.entries.removeLast().statement))
            let recorded = try #require(ProgramStatement(forgery.entries[0].statement)).recorded
            try forgery.append(
                ErasureStatement(
                    recorded: recorded, kind: tombstone.kind, by: "officer", reason: "request", basis: "none",
                    retainedUntil: recorded,
                    items: tombstone.items.map { ErasedItem(leaf: 2, item: $0.item, hash: $0.hash) }
                ).statement)
            let early = forgery.entries.removeLast()
            forgery.entries.insert(early, at: 1)
            for leaf in (1...3).reversed() { forgery.files[path(leaf + 1)] = forgery.files[path(leaf)] }
            forgery.files[path(1)] = nil
            forgery.assessment += 1
        }
    }

    @Test func `a tombstone of a kind that its neighbours rule out is refused`() async throws {
        try await refused("says was of drill.run, stands between items of uptime.probe and uptime.probe") {
            try $0.erase(isGone: true, item: 1, as: "drill.run")
        }
        try await refused("says was of drill.run, stands behind an item of uptime.probe") {
            try $0.erase(isGone: true, item: 2, as: "drill.run")
        }
        for detail in try await taken("erased", { try $0.erase(isGone: true, item: 1) }) {
            #expect(!detail.contains("says of which kind"), "\(detail)")
        }
    }

    @Test func `where neighbours leave the kind open it is told, with the holds that may have covered it`()
        async throws
    {
        for detail in try await taken("erased", { try $0.erase(isGone: true, as: "drill.run") }) {
            #expect(detail.contains("of 1, only the entry that erased them says of which kind"), "\(detail)")
            #expect(!detail.contains("legal holds"), "\(detail)")
        }
        let held = try await taken("erased") { forgery in
            try forgery.hold(.place, kind: "uptime.probe")
            try forgery.erase(isGone: true, as: "drill.run")
        }
        for detail in held {
            #expect(detail.contains("may have covered them: case-1 (log entry"), "\(detail)")
        }
        let other = try await taken("erased") { forgery in
            try forgery.hold(.place, kind: "vuln.finding")
            try forgery.erase(isGone: true, as: "drill.run")
        }
        for detail in other { #expect(!detail.contains("legal holds"), "\(detail)") }
    }

    @Test func `an erasure within six years is early, whatever its tombstone says`() async throws {
        for detail in try await taken("erased", { try $0.erase(isGone: true, item: 1) }) {
            #expect(detail.contains("before its term ended (entry"), "\(detail)")
        }
    }

    /// The statement of an entry with other members of its predicate.
    private func statement(
        of leaf: Int, _ forgery: Forgery, with members: [String: JSON], without name: String? = nil,
        type: Identifier = Self.batch
    ) -> Statement {
        let old = forgery.entries[leaf].statement
        let predicate = old.predicate.members.filter { $0.name != name }
            .map { JSONObject.Member(name: $0.name, value: members[$0.name] ?? $0.value) }
        return Statement(
            subjects: old.subjects, predicateType: type, predicate: JSONObject(predicate))
    }

    /// Makes a batch one of the former type.
    private func fallBack(_ leaf: Int, _ forgery: inout Forgery) throws {
        let members = try #require(BatchStatement(forgery.entries[leaf].statement)?.members)
        let own = Identifier(PackageLayout.members(members.root))
        let isShared = forgery.entries.enumerated().contains { place, entry in
            place != leaf && BatchStatement(entry.statement)?.members?.root == members.root
        }
        if !isShared { forgery.files[own] = nil }
        forgery.entries[leaf] = try LogEntry(
            statement(of: leaf, forgery, with: [:], without: "members", type: BatchStatement.formerType),
            signedBy: [sealed.collector])
    }

    @Test func `no batch goes back to the type that lists no records`() async throws {
        try await refused(
            "is of the type urn:assay:batch:2, whose records no list names, behind a batch of the type"
        ) { try fallBack(3, &$0) }
        for detail in try await taken("evidence", { try fallBack(1, &$0) }) {
            #expect(detail.contains("so have the lists of the records of 2 of 3 batches"), "\(detail)")
        }
    }

    @Test func `a batch behind the assessment is not judged, whatever its time`() async throws {
        let details = try await taken("result") { forgery in
            let assessment = try forgery.leaf(of: AssessmentStatement.predicateType)
            let known = try #require(AssessmentStatement(forgery.entries[assessment].statement)).knownAt
            try forgery.change(assessment, ["recorded": .string(known.description)])
            let previous = forgery.entries[3]
            let key = try #require(BatchStatement(previous.statement)?.members).key
            let empty = MerkleAccumulator().root
            let none = ["received", "facts", "unchanged", "setAside"].map { ($0, JSON.integer(0)) }
            let told = statement(
                of: 3, forgery,
                with: [
                    "mode": .string("changes"), "recorded": .string(known.description),
                    "series": .object([
                        ("sequence", .integer(2)), ("previous", .string(previous.leafHash.hex)),
                    ]),
                    "counts": .object(none),
                    "population": .object([
                        ("root", .string(empty.hex)), ("count", .integer(0)), ("order", .string("any")),
                    ]),
                    "members": .object([
                        ("root", .string(empty.hex)), ("count", .integer(0)), ("key", .string(key.hex)),
                        ("order", .string("hmac-sha256")),
                    ]),
                ])
            let leaf = forgery.entries.count
            forgery.entries.append(try LogEntry(told, signedBy: [sealed.collector]))
            forgery.files[Identifier(PackageLayout.path(PackageLayout.batches, leaf: leaf))] = []
            forgery.files[Identifier(PackageLayout.members(empty))] = []
        }
        for detail in details {
            #expect(detail.contains("1 batch recorded after that is not judged"), "\(detail)")
        }
    }

    @Test func `a snapshot leaves out no record by stating a time before what it covers`() async throws {
        for started in [nil, "2019-01-01T00:00:00Z"] {
            try await refused("the list of a snapshot that was read whole leaves out 1 records") { forgery in
                forgery = try MemberTests.withoutUnchanged(forgery)
                if let started { try forgery.change(3, ["started": .string(started)]) }
            }
        }
    }

    /// Counts of the first batch, with the numbers of its reasons for what was set aside.
    private func count(
        pages: Int64 = 1, unchanged: Int64 = 0, setAside: Int64 = 0, _ reasons: [Int64],
        in forgery: inout Forgery
    ) throws {
        let list = reasons.enumerated().map { place, count -> JSON in
            .object([("reason", .string("r\(place)")), ("count", .integer(count))])
        }
        let counts: JSON = .object([
            ("received", .integer(3)), ("facts", .integer(3)), ("unchanged", .integer(unchanged)),
            ("setAside", .integer(setAside)),
        ])
        try forgery.change(1, ["pages": .integer(pages), "counts": counts, "setAside": .array(list)])
    }

    @Test func `counts that no collection gives are refused`() async throws {
        try await refused("counts 4 records as unchanged, but 3 as received") {
            try count(unchanged: 4, [], in: &$0)
        }
        for negative in [true, false] {
            try await refused("counts less than nothing") {
                try count(pages: negative ? -9 : 1, unchanged: negative ? 0 : -1, [], in: &$0)
            }
        }
        for (reasons, words) in [
            ([], "gives no reason for 2 of the 2"), ([1], "gives no reason for 1 of the 2"),
            ([1, 2], "gives reasons for more records than the 2"),
            ([-1, 3], "gives reasons for more records than the 2"),
        ] as [([Int64], String)] {
            try await refused(words) { try count(setAside: 2, reasons, in: &$0) }
        }
        for detail in try await taken("statements", { try count(setAside: 2, [1, 1], in: &$0) }) {
            #expect(!detail.contains("as unchanged"), "\(detail)")
        }
    }

    @Test func `times that do not agree, and counts that hardly do, are told`() async throws {
        for detail in try await taken("statements", { _ in }) {
            #expect(!detail.contains("do not agree") && !detail.contains("as unchanged"), "\(detail)")
        }
        for time in ["2019-01-01T00:00:00Z", "2099-01-01T00:00:00Z"] {
            for detail in try await taken("statements", { try $0.change(1, ["ended": .string(time)]) }) {
                #expect(detail.contains("of 1 of 3 batches the times do not agree"), "\(detail)")
            }
        }
        let many = try await taken("statements") { forgery in
            let counts = try #require(BatchStatement(forgery.entries[3].statement)).counts
            try forgery.change(
                3,
                [
                    "counts": .object([
                        ("received", .integer(Int64(counts.received))),
                        ("facts", .integer(Int64(counts.facts))), ("unchanged", .integer(99)),
                        ("setAside", .integer(0)),
                    ])
                ])
        }
        for detail in many { #expect(detail.contains("1 of 3 batches count more as unchanged"), "\(detail)") }
    }

    /// What the program alone says: the page reads no documents.
    private func objections(_ change: (inout Forgery) throws -> Void) throws -> String {
        var forgery = try Forgery(sealed)
        try change(&forgery)
        var verification = PackageVerification(
            try PackageReader(ByteSource(try forgery.sealed())), trusted: nil)
        return verification.run().claims.filter { $0.status == .failed }
            .map { "\($0.name): \($0.detail)" }.joined(separator: "; ")
    }

    @Test func `an entry about the program that is not that of its documents is refused`() throws {
        let start = try Forgery(sealed)
        let statement = try #require(ProgramStatement(start.entries[0].statement))
        #expect(statement.added > 1 && statement.collection.series.isEmpty)
        for (name, value) in [("added", statement.added - 1), ("changed", 1), ("removed", 1)] {
            let said = try objections { try $0.change(0, [name: .integer(Int64(value))]) }
            #expect(said.contains("program: log entry 0: it counts"), "\(said)")
        }
        let series: JSON = .object([
            ("source", .string("watcher")), ("connector", .string("file")), ("kinds", .array([])),
            ("cadence", .string("26h")),
        ])
        let said = try objections { forgery in
            try forgery.change(
                0,
                [
                    "collection": .object([
                        ("collector", .string(statement.collection.collector.vkey)),
                        ("series", .array([series])),
                    ])
                ])
        }
        #expect(said.contains("is not that of its documents: watcher"), "\(said)")
    }
}
