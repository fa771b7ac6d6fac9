import Formats
import Foundation
import Ledger
import Storage
import StorageSQLite
import TestSupport
import Testing

@testable import Evidence

/// The check of the index pulls items as rows come; one that opens every batch whole says what it must find.
@Suite struct IndexCheckTests {
    private static let saltKey = [UInt8](repeating: 2, count: 32)

    /// Ways to damage what is stored, none of which the database itself tells; `HERE` is one row.
    private static let damages = [
        "UPDATE fact SET digest = zeroblob(16) WHERE HERE", "UPDATE fact SET digest = x'00' WHERE HERE",
        "UPDATE fact SET start = start + 1 WHERE HERE", "UPDATE fact SET record = 'x' WHERE HERE",
        "UPDATE fact SET item = item + 1 WHERE HERE", "UPDATE fact SET item = -1 WHERE HERE",
        "UPDATE fact SET item = 99999 WHERE HERE", "UPDATE fact SET batch = batch + 1 WHERE HERE",
        "UPDATE fact SET revision = revision + 5 WHERE HERE", "UPDATE fact SET revision = -1 WHERE HERE",
        "INSERT INTO stream VALUES (99999, 'one', 'other')", "DELETE FROM stretch_from",
        "INSERT INTO stretch_from VALUES (-1)", "INSERT INTO member_list VALUES ('00', zeroblob(32))",
        "UPDATE fact SET batch = 77 WHERE HERE", "UPDATE fact SET stream = 1 + stream % 3 WHERE HERE",
        "DELETE FROM fact WHERE HERE", "DELETE FROM fact", "DELETE FROM open_state",
        "UPDATE open_state SET since = since + 1 WHERE record = (SELECT max(record) FROM open_state)",
        "UPDATE open_state SET since = since - 1", "UPDATE open_state SET value_digest = zeroblob(16)",
        "UPDATE open_state SET value_digest = x''", "UPDATE open_state SET value_digest = x'0000'",
        "DELETE FROM open_state WHERE record = (SELECT max(record) FROM open_state)",
        "UPDATE open_state SET record = record || 'x' WHERE record = (SELECT min(record) FROM open_state)",
        "DELETE FROM snapshot", "UPDATE snapshot SET taken = taken + 1",
        "DELETE FROM stretch", "UPDATE stretch SET until = until - 1",
        "INSERT INTO stretch SELECT stream, record, since, since + 1 FROM open_state LIMIT 1",
        "UPDATE batch SET items = items + 1 WHERE leaf = 2",
        "UPDATE batch SET recorded = recorded + 1 WHERE leaf = 1",
        "UPDATE batch SET sequence = sequence + 900 WHERE leaf = 2",
        "UPDATE batch SET source = 'other' WHERE leaf = 1",
        "UPDATE batch SET payload = (SELECT payload FROM batch WHERE leaf = 3) WHERE leaf = 1",
        "DELETE FROM member_list WHERE root = (SELECT max(root) FROM member_list)",
        "UPDATE member_list SET codes = zeroblob(32)", "INSERT INTO set_aside VALUES (1, 0, 1, 'x')",
    ]
    private static let here = """
        (stream, record, start, digest, revision) = (SELECT stream, record, start, digest, revision FROM fact
        ORDER BY batch, item LIMIT 1 OFFSET $1)
        """

    @Test(arguments: 0..<40) func `what is damaged is found as by opening every batch`(_ seed: Int) throws {
        var samples = ColumnSamples(7_000 + seed)
        let recording = try Recording(kinds: try ColumnSamples.kinds())
        for batch in 0..<8 {
            // Now and then one that is longer than what is given to a core at once.
            let isLong = seed % 8 == 0 && batch == 3
            try samples.record(into: recording, at: 300 + batch * 3, facts: isLong ? 4_000 : 15)
        }
        let sound = try expectSame(recording, seed)
        #expect(sound.faults.isEmpty && sound.items > 0, "seed \(seed): \(sound.faults)")
        if seed % 4 == 1 {
            try Self.erase(recording, &samples.generator)
            #expect(try expectSame(recording, seed).erased.isEmpty == false, "seed \(seed)")
        }
        for _ in 0...samples.generator.below(2) {
            let damage = Self.damages[samples.generator.below(Self.damages.count)]
            let place = samples.generator.below(sound.items)
            try recording.database.write {
                // What breaks a constraint is no damage that can be stored.
                _ = try? $0.execute(
                    damage.replacing("HERE", with: Self.here),
                    damage.hasSuffix("HERE") ? [.integer(Int64(place))] : [])
            }
        }
        if seed % 3 == 0 { try Self.damage(aPayloadOf: recording, &samples.generator) }
        try expectSame(recording, seed)
    }

    @Test func `no payload is asked for as a whole`() throws {
        var samples = ColumnSamples(1)
        let recording = try Recording(kinds: try ColumnSamples.kinds())
        try samples.record(into: recording, at: 300, facts: 4_000)
        try recording.database.read { database in
            var check = IndexCheck(
                EvidenceReader(database, blobs: PulledBlobs(base: recording.blobs)), saltKey: Self.saltKey)
            try check.run(database)
            #expect(check.faults.isEmpty)
            #expect(check.items > 0)
        }
    }

    @Test func `a snapshot that brings nothing new is looked at in its place`() throws {
        let recording = try Recording()
        try recording.snapshot(["a": true, "b": true], at: 1)
        let second = try recording.snapshot(["a": true, "b": true], at: 2)
        // All that comes later says that "b" is gone: only in its own place can the second one be seen to lack it.
        try recording.snapshot(["a": true], at: 3)
        let key = MemberKey(source: "directory", saltKey: Self.saltKey)
        try Self.state(MemberList([key.code("account", "a")]), inEntry: second.leaf, of: recording)
        let faults = try expectSame(recording, 0).texts
        #expect(
            faults.contains { $0.hasPrefix("index: batch \(second.leaf)") && $0.contains("leaves out 1") },
            "\(faults)")
    }

    @Test(arguments: [
        ("UPDATE fact SET revision = 5", "has the revision 5, which follows none"),
        ("INSERT INTO stream VALUES (99999, 'q', 'r')", "1 streams are of no batch"),
        ("INSERT INTO member_list VALUES ('00', zeroblob(32))", "1 lists of members are of no batch"),
        ("DELETE FROM stretch_from", "is told 0 times, not once"),
    ])
    func `a row that nothing in the log calls for is a fault`(_ damage: String, _ fault: String) throws {
        let recording = try Recording()
        try recording.snapshot(["a": true], at: 1)
        try recording.snapshot(["a": true], at: 2)
        #expect(try expectSame(recording, 0).texts == [])
        _ = try recording.database.write { try $0.execute(damage) }
        let faults = try expectSame(recording, 0).texts
        #expect(faults.count == 1 && faults.allSatisfy { $0.contains(fault) }, "\(faults)")
    }

    @Test func `what came back is numbered as it came`() throws {
        let recording = try Recording()
        func account(_ isEnabled: Bool) throws {
            try recording.record(
                [.state("account", "a", from: hour(1), object(["enabled": .bool(isEnabled)]))], at: 2)
        }
        for isEnabled in [true, false, true, false, true] { try account(isEnabled) }
        let numbers = try recording.database.read {
            try $0.all("SELECT revision FROM fact ORDER BY batch") { try $0.integer(0) }
        }
        #expect(numbers == [0, 0, 1, 1, 2])
        #expect(try expectSame(recording, 0).texts == [])
        _ = try recording.database.write {
            try $0.execute("UPDATE fact SET revision = 3 WHERE revision = 1 AND batch = 2")
        }
        #expect(try expectSame(recording, 0).texts.count == 2)
    }

    @Test(arguments: [
        ("INSERT INTO batch VALUES (9999, 'x', 0, 0, '00', 0)", 1),
        ("UPDATE batch SET payload = 'none' WHERE leaf = 0", 1),
        ("UPDATE batch SET items = 'many' WHERE leaf = 0", 1),
        ("UPDATE fact SET item = 'first' WHERE batch = 1", 2),
    ])
    func `a row that cannot be read hides no other`(_ damage: String, _ count: Int) throws {
        let recording = try Recording()
        try recording.snapshot(["a": true], at: 1)
        try recording.snapshot(["a": false], at: 2)
        _ = try recording.database.write { try $0.execute(damage) }
        try recording.read { reader in
            var check = IndexCheck(reader, saltKey: Self.saltKey)
            try check.run(reader.database)
            #expect(check.texts.count == count, "\(check.texts)")
            #expect(check.texts.contains { $0.contains("cannot be read") }, "\(check.texts)")
            #expect(check.leaves.starts(with: [0, 1]) && check.items > 0)
        }
    }

    @Test func `a payload is at fault in its batch, a row in the index`() throws {
        let recording = try Recording()
        for hour in 1...2 { try recording.snapshot(["a": hour == 1], at: hour) }
        let newest = try #require(try recording.read { try EvidenceTables.batches($0.database) }.last)
        try recording.blobs.remove(newest.payload)
        _ = try recording.database.write { try $0.execute("DELETE FROM stretch_from") }
        try recording.read { reader in
            var check = IndexCheck(reader, saltKey: Self.saltKey)
            try check.run(reader.database)
            let batches = check.faults.compactMap { found -> Int? in
                guard case .batch(let leaf, _) = found else { return nil }
                return leaf
            }
            #expect(batches == [newest.leaf] && check.faults.count == 2, "\(check.texts)")
        }
    }

    @Test func `a row that tells another place in the series is a fault`() throws {
        let recording = try Recording()
        for hour in 1...3 { try recording.snapshot(["a": hour != 2], at: hour) }
        #expect(try expectSame(recording, 0).texts == [])
        _ = try recording.database.write {
            try $0.execute("UPDATE batch SET sequence = 900 WHERE leaf = 2")
        }
        #expect(
            try expectSame(recording, 0).texts == ["index: the row of batch 2 differs from the log"])
    }

    /// What both ways find, which must be the same.
    @discardableResult
    private func expectSame(_ recording: Recording, _ seed: Int) throws -> IndexCheck {
        try recording.read { reader in
            var check = IndexCheck(reader, saltKey: Self.saltKey)
            try check.run(reader.database)
            let whole = try WholeIndexCheck(reader, saltKey: Self.saltKey)
            #expect(check.texts.sorted() == whole.faults.sorted(), "seed \(seed)")
            #expect(check.items == whole.items && check.erased == whole.erased, "seed \(seed)")
            #expect(check.saltIsRight == whole.saltIsRight, "seed \(seed)")
            return check
        }
    }

    /// Erases a record as the workspace does.
    private static func erase(_ recording: Recording, _ generator: inout Seeded) throws {
        let row = try recording.read { reader in
            try #require(try EvidenceTables.batches(reader.database).first { $0.items > 0 })
        }
        let bytes = try recording.blobs.get(row.payload)
        let lines = try bytes.split(separator: 0x0A).map { try PayloadLine(parsing: Array($0)) }
        let gone = try #require(lines[generator.below(lines.count)].fact)
        for batch in try recording.read({ try EvidenceTables.batches($0.database) }) {
            let lines = try recording.blobs.get(batch.payload).split(separator: 0x0A).map { bytes in
                let line = try PayloadLine(parsing: Array(bytes))
                let isGone = line.fact?.kind == gone.kind && line.fact?.key == gone.key
                return isGone ? PayloadLine(hiding: .erased, leafHash: line.leafHash).bytes : line.bytes
            }
            let name = try recording.blobs.put(lines.flatMap { $0 + [0x0A] })
            try recording.database.write { try EvidenceTables.setPayload(name, ofBatch: batch.leaf, $0) }
        }
        try recording.database.write { try EvidenceTables.forget(gone.kind, gone.key, $0) }
    }

    /// Changes a byte of a file, or stores other bytes under another name.
    private static func damage(aPayloadOf recording: Recording, _ generator: inout Seeded) throws {
        let rows = try recording.read { try EvidenceTables.batches($0.database) }.filter { $0.items > 0 }
        let row = rows[generator.below(rows.count)]
        var bytes = try recording.blobs.get(row.payload)
        bytes[generator.below(bytes.count)] ^= 1
        if generator.below(2) == 0 {
            let name = try recording.blobs.put(bytes)
            try recording.database.write { try EvidenceTables.setPayload(name, ofBatch: row.leaf, $0) }
        } else {
            let text = row.payload.text
            try Data(bytes).write(
                to: URL(fileURLWithPath: recording.blobs.path + "/\(text.prefix(2))/\(text.dropFirst(2))"))
        }
    }

    /// Puts another entry in the place of a batch's, which states other members.
    private static func state(_ list: MemberList, inEntry leaf: Int, of recording: Recording) throws {
        let members = list.members(key: MemberKey(source: "directory", saltKey: saltKey))
        try recording.database.write { database in
            let statement = try #require(try LogTable.entry(leaf, database)).statement
            let predicate = statement.predicate.members.map { member in
                JSONObject.Member(
                    name: member.name, value: member.name == "members" ? members.json : member.value)
            }
            let entry = try LogEntry(
                Statement(
                    subjects: statement.subjects, predicateType: statement.predicateType,
                    predicate: JSONObject(predicate)), signedBy: [recording.signer])
            try MemberTable.put(list, root: members.root, database)
            try database.execute(
                "UPDATE entry SET bytes = $1 WHERE leaf = $2", [.bytes(entry.bytes), .integer(Int64(leaf))])
        }
    }
}

/// A store that hands payloads out in small pieces only.
private struct PulledBlobs: BlobStore {
    struct Whole: Error {}

    let base: any BlobStore

    func stage(_ write: (([UInt8]) throws -> Void) throws -> Void) throws -> any StagedBlob { throw Whole() }
    func get(_ name: BlobName) throws -> [UInt8] { throw Whole() }
    func read(_ name: BlobName, _ chunk: ([UInt8]) throws -> Void) throws { throw Whole() }
    func contains(_ name: BlobName) throws -> Bool { try base.contains(name) }
    func remove(_ name: BlobName) throws { throw Whole() }
    func all() throws -> [BlobName] { try base.all() }

    func pieces(of name: BlobName) throws -> () throws -> [UInt8] {
        var rest = try base.get(name)[...]
        return {
            let piece = rest.prefix(1_000)
            rest = rest.dropFirst(1_000)
            return Array(piece)
        }
    }
}

extension IndexCheck {
    fileprivate var texts: [String] { faults.map(\.description) }
}
