import Evidence
import Formats
import Ledger
import Storage
import StorageSQLite
import TestSupport
import Testing

/// Whether a record was among those of a batch can be shown either way, and nothing else can.
@Suite struct AbsenceTests {
    private let recording: Recording
    private let memberKey = MemberKey(source: "directory", saltKey: Array(repeating: 2, count: 32))

    init() throws {
        recording = try Recording()
    }

    private var keys: KeyHistory {
        KeyHistory(log: recording.signer.verifier, collector: recording.signer.verifier)
    }

    private func list(_ receipt: BatchReceipt) throws -> MemberList {
        let members = try #require(receipt.statement.members)
        return try recording.database.read { try MemberTable.list(members, $0) }
    }

    private func isThere(_ key: Identifier, _ receipt: BatchReceipt) throws -> Bool {
        try list(receipt).place(of: memberKey.code("account", key)).isThere
    }

    /// A proof about an account, with the neighbours as they are or changed.
    private func proof(
        _ key: Identifier, _ receipt: BatchReceipt, memberKey given: MemberKey? = nil,
        neighbours: [AbsenceProof.Neighbour]? = nil
    ) throws -> AbsenceProof {
        let own =
            try neighbours ?? AbsenceProof.neighbours(of: memberKey.code("account", key), in: list(receipt))
        return try recording.database.read { database in
            let size = try LogTable.size(database)
            let path = try MerkleTree.inclusionProof(
                index: receipt.leaf, size: size, reader: DatabaseHashReader(database)
            ).path
            let note = try #require(try LogTable.checkpoint(database))
            return AbsenceProof(
                kind: "account", key: key, memberKey: given ?? memberKey, neighbours: own,
                entry: try #require(try LogTable.entry(receipt.leaf, database)),
                proof: ProofFile(
                    index: receipt.leaf, path: path, checkpoint: try SignedNote(parsing: Array(note.utf8))))
        }
    }

    private func verify(_ proof: AbsenceProof) throws {
        let read = try AbsenceProof(parsing: try proof.encoded())
        _ = try read.verify(keys: keys, origin: recording.signer.name, isCollectorKnown: true)
    }

    @Test func `what a snapshot found again is a member, what it found gone is not`() throws {
        let first = try recording.snapshot(["a": true, "b": true], at: 1)
        let second = try recording.snapshot(["b": true, "c": true], at: 2)
        #expect(try ["a", "b", "c"].map { try isThere($0, first) } == [true, true, false])
        #expect(try ["a", "b", "c"].map { try isThere($0, second) } == [false, true, true])
        #expect(first.statement.members?.count == 2 && second.statement.members?.count == 2)
        // What a snapshot finds as it was costs nothing to store.
        let third = try recording.snapshot(["c": true, "b": true], at: 3)
        #expect(third.statement.members == second.statement.members && third.statement.counts.facts == 0)
        let stored = try recording.database.read { try $0.integer("SELECT count(*) FROM member_list") }
        #expect(stored == 2)
    }

    @Test func `names differ between sources and kinds, and cannot run into each other`() {
        let other = MemberKey(source: "hr", saltKey: Array(repeating: 2, count: 32))
        let codes = [
            memberKey.code("a", "bc"), memberKey.code("ab", "c"), memberKey.code("a\",\"b", "c"),
            other.code("a", "bc"), memberKey.code("a", ""),
        ]
        #expect(Set(codes).count == codes.count)
        #expect(other.commitment != memberKey.commitment)
    }

    /// Computed with Python's hmac module.
    @Test func `a name is the HMAC of kind and key`() throws {
        let key = try #require(MemberKey(Array(0..<32)))
        #expect(
            key.code("idp.account", "a-17\"é").hex
                == "6a5bd52a241deef4c3cde6c7a1382cd5a88504ced5896bf753f0d5167f1ecc73")
        #expect(MemberKey(Array(0..<31)) == nil)
    }

    @Test(arguments: [0, 1, 2, 3, 7, 8, 20])
    func `every absence is proven and no presence denied`(_ size: Int) throws {
        let facts = (0..<size).map {
            Fact.state("account", Identifier("k-\($0)"), from: hour(1), object(["enabled": .bool(true)]))
        }
        let receipt = try recording.record(facts, mode: .snapshot, at: 1)
        for number in 0..<20 {
            try verify(try proof(Identifier("absent-\(number)"), receipt))
        }
        for number in 0..<size {
            #expect(throws: AbsenceError.present) { try proof(Identifier("k-\(number)"), receipt) }
        }
    }

    @Test func `a forged absence is found`() throws {
        let facts = (0..<9).map {
            Fact.state("account", Identifier("k-\($0)"), from: hour(1), object(["enabled": .bool(true)]))
        }
        let receipt = try recording.record(facts, mode: .snapshot, at: 1)
        let list = try list(receipt)
        let tree = MemoryTree(
            list.codes.map { code in code.withUnsafeBytes { MerkleTree.leafHash(Array($0)) } })
        func neighbour(_ index: Int) throws -> AbsenceProof.Neighbour {
            .init(
                code: list.codes[index], index: index, path: try tree.inclusionProof(index: index).path)
        }
        for number in 0..<9 {
            let key = Identifier("k-\(number)")
            let place = list.place(of: memberKey.code("account", key)).index
            var attempts: [[AbsenceProof.Neighbour]] = [[], [try neighbour(place)]]
            // Those on both sides of it, as if it were not there; and ends of the list that are none.
            if place > 0, place < 8 {
                attempts.append([try neighbour(place - 1), try neighbour(place + 1)])
                attempts.append([try neighbour(place - 1)])
                attempts.append([try neighbour(place + 1)])
                attempts.append([try neighbour(place - 1), try neighbour(place)])
            }
            for attempt in attempts {
                let forged = try proof(key, receipt, neighbours: attempt)
                #expect(throws: (any Error).self, "\(key) \(attempt.map(\.index))") { try verify(forged) }
            }
            // A key under which the record's name falls somewhere else.
            let other = MemberKey(source: "other", saltKey: [1])
            if case let near = list.place(of: other.code("account", key)), !near.isThere, near.index > 0,
                near.index < 9
            {
                let around = [try neighbour(near.index - 1), try neighbour(near.index)]
                let forged = try proof(key, receipt, memberKey: other, neighbours: around)
                #expect(throws: MemberError.key) { try verify(forged) }
            }
        }
    }

    @Test func `a changed byte of a proof is found`() throws {
        let receipt = try recording.snapshot(["a": true, "b": true, "c": true], at: 1)
        let whole = try proof("absent", receipt)
        let bytes = try whole.encoded()
        var generator = Seeded(7)
        for _ in 0..<300 {
            let place = generator.below(bytes.count)
            var changed = bytes
            changed[place] ^= 1 << UInt8(generator.below(7))
            guard let read = try? AbsenceProof(parsing: changed) else { continue }
            // Another record may be absent as well, and digits have one spelling only.
            if read.kind != whole.kind || read.key != whole.key { continue }
            #expect(throws: (any Error).self, "byte \(place)") {
                _ = try read.verify(keys: keys, origin: recording.signer.name, isCollectorKnown: true)
            }
        }
    }

    @Test func `a list in another order, with a name twice or cut off is refused`() throws {
        let codes = ["a", "b", "c"].map { memberKey.code("account", $0) }.sorted()
        let list = MemberList(codes + codes)
        #expect(list.codes == codes)
        #expect(try MemberList(parsing: list.encoded).codes == codes)
        func bytes(_ codes: [Ledger::Digest]) -> [UInt8] { codes.flatMap(\.bytes) }
        #expect(throws: MemberError.order(place: 1)) {
            try MemberList(parsing: bytes([codes[1], codes[0], codes[2]]))
        }
        #expect(throws: MemberError.order(place: 2)) {
            try MemberList(parsing: bytes([codes[0], codes[1], codes[1]]))
        }
        #expect(throws: MemberError.length(95)) { try MemberList(parsing: list.encoded.dropLast()) }
        let members = list.members(key: memberKey)
        #expect(throws: MemberError.count(found: 2, stated: 3)) {
            try MemberList(Array(codes.dropLast())).check(against: members)
        }
        #expect(throws: MemberError.root) {
            try MemberList(codes.dropLast() + [memberKey.code("account", "z")]).check(against: members)
        }
    }

    @Test func `a list that lacks a record of the batch is a fault of the index`() throws {
        let receipt = try recording.snapshot(["a": true, "b": true], at: 1)
        func faults() throws -> [String] {
            try recording.database.read { database in
                var check = IndexCheck(
                    EvidenceReader(database, blobs: recording.blobs),
                    saltKey: Array(repeating: 2, count: 32))
                try check.run(database)
                #expect(check.saltIsRight)
                return check.faults.map(\.description)
            }
        }
        #expect(try faults().isEmpty)
        let short = try list(receipt).encoded.dropLast(32)
        _ = try recording.database.write {
            try $0.execute("UPDATE member_list SET codes = $1", [.bytes(Array(short))])
        }
        #expect(try faults().contains { $0.contains("1 records are listed, but the log states 2") })
        _ = try recording.database.write { try $0.execute("DELETE FROM member_list") }
        #expect(try faults().contains { $0.contains("missing") })
    }

    @Test func `another secret is told by the names`() throws {
        try recording.snapshot(["a": true], at: 1)
        try recording.database.read { database in
            var check = IndexCheck(
                EvidenceReader(database, blobs: recording.blobs), saltKey: Array(repeating: 3, count: 32))
            try check.run(database)
            #expect(!check.saltIsRight)
        }
    }

    @Test func `a batch of the former type is still read, and has no members`() throws {
        let predicate = try recording.snapshot(["a": true], at: 1).statement.predicate
        let former = JSONObject(predicate.members.filter { $0.name != "members" })
        #expect(BatchStatement(former, type: BatchStatement.formerType)?.members == nil)
        #expect(BatchStatement(former, type: BatchStatement.formerType) != nil)
        #expect(BatchStatement(predicate, type: BatchStatement.formerType) == nil)
        #expect(BatchStatement(former) == nil)
    }

    @Test func `a skipped collection has a reason and no records`() throws {
        let failure = CollectionFailure(kind: nil, scope: "schedule", reason: "2 runs were missed")
        let receipt = try recording.record([], mode: .skipped, at: 1, failures: [failure])
        let predicate = receipt.statement.predicate
        #expect(BatchStatement(predicate)?.mode == .skipped)
        func changed(_ name: String, _ value: JSON) -> BatchStatement? {
            BatchStatement(
                JSONObject(
                    predicate.members.map { .init(name: $0.name, value: $0.name == name ? value : $0.value) })
            )
        }
        #expect(changed("failures", .array([])) == nil)
        #expect(
            changed(
                "counts",
                .object([
                    ("received", .integer(1)), ("facts", .integer(0)), ("unchanged", .integer(1)),
                    ("setAside", .integer(0)),
                ])) == nil)
    }

    @Test func `a salt goes with its line`() throws {
        // The same fact under the same workspace secret: nobody can compute the leaf again once the line is gone.
        let other = try Recording()
        let leaves = try [recording, other].map { one in
            try one.snapshot(["a": true], at: 1).statement.population.root
        }
        #expect(leaves[0] != leaves[1])
    }
}
