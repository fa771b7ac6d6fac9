import Formats
import Foundation
import Ledger
import Storage
import StorageSQLite
import Testing

@testable import Evidence

@Suite struct LogTableTests {
    private let signer: NoteSigner

    init() throws {
        let key = try #require(SigningKey(seed: [UInt8](repeating: 5, count: 32)))
        signer = try NoteSigner(name: "log.example/evidence", key: key)
    }

    private func entry(_ index: Int) throws -> LogEntry {
        try LogEntry(
            Statement(
                subjects: [.init(name: "thing", digest: .sha256("\(index)".utf8))],
                predicateType: "urn:assay:test:1", predicate: JSONObject([])),
            signedBy: [signer])
    }

    private func withPath(_ body: (String) throws -> Void) rethrows {
        let path = NSTemporaryDirectory() + "log-" + UUID().uuidString + ".db"
        defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) } }
        try body(path)
    }

    @Test func `appends of any length sign the root of all entries, and any proof comes out`() throws {
        try withPath { path in
            let database = try SQLiteDatabase(path: path, migrations: [LogTable.migration, LogTable.tiles])
            let entries = try (0..<600).map(entry)
            let tree = MemoryTree(entries.map(\.leafHash))
            var next = 0
            for length in [1, 1, 253, 1, 1, 255, 2, 86] {
                let batch = Array(entries[next..<next + length])
                #expect(try database.write { try LogTable.append(batch, signer: signer, $0) } == next)
                next += length
                let note = try database.read { try #require(try LogTable.checkpoint($0)) }
                let signed = try Checkpoint.open(
                    Array(note.utf8), verifiers: [signer.verifier], origin: signer.name)
                #expect(signed.size == next)
                #expect(signed.root == MemoryTree(entries[..<next].map(\.leafHash)).root)
            }
            try database.read { database in
                let reader = DatabaseHashReader(database)
                for index in stride(from: 0, to: 600, by: 7) {
                    let proof = try MerkleTree.inclusionProof(index: index, size: 600, reader: reader)
                    #expect(try proof == tree.inclusionProof(index: index))
                }
                #expect(try reader.hashes(level: 0, indexes: 250..<520) == entries[250..<520].map(\.leafHash))
                #expect(throws: RecordError.missingTile(row: 0, index: 2)) {
                    try reader.hash(level: 0, index: 600)
                }
            }
            try database.close()
        }
    }

    @Test(arguments: [
        (
            "DELETE FROM tile WHERE hashes <> $1 AND level = 0 AND position = 1",
            RecordError.missingTile(row: 0, index: 1)
        ),
        ("UPDATE tile SET hashes = $1 WHERE level = 0 AND position = 1", .missingTile(row: 0, index: 1)),
        ("UPDATE tile SET hashes = $1 WHERE level = 1", .otherRoot),
        ("DELETE FROM checkpoint WHERE $1 <> '' AND size = 300", .otherRoot),
    ])
    func `nothing is appended to hashes that are not those signed last`(
        _ damage: String, _ error: RecordError
    )
        throws
    {
        try withPath { path in
            let database = try SQLiteDatabase(path: path, migrations: [LogTable.migration, LogTable.tiles])
            let entries = try (0..<301).map(entry)
            _ = try database.write { try LogTable.append(Array(entries[..<299]), signer: signer, $0) }
            _ = try database.write { try LogTable.append([entries[299]], signer: signer, $0) }
            let other = SQLValue.bytes([UInt8](repeating: 7, count: 32))
            #expect(try database.write { try $0.execute(damage, [other]) } == 1)
            var refused: RecordError?
            do {
                _ = try database.write { try LogTable.append([entries[300]], signer: signer, $0) }
            } catch let thrown as RecordError {
                refused = thrown
            }
            #expect(refused == error)
            #expect(try database.read { try LogTable.size($0) } == 300)
            try database.close()
        }
    }

    @Test(arguments: KeyPurpose.allCases)
    func `nothing is appended while it is not known which key is in use`(_ lost: KeyPurpose) throws {
        try withPath { path in
            let database = try SQLiteDatabase(
                path: path, migrations: [LogTable.migration, LogTable.tiles, KeyTable.migration])
            let entries = try (0..<2).map(entry)
            try database.write { database in
                for purpose in KeyPurpose.allCases { try KeyTable.set(purpose, signer.verifier, database) }
                _ = try LogTable.append([entries[0]], signer: signer, database)
                try database.execute(
                    "DELETE FROM signing_key WHERE purpose = $1", [.text(lost.rawValue)])
            }
            #expect(throws: RecordError.missingKey(lost)) {
                try database.write { try LogTable.append([entries[1]], signer: signer, $0) }
            }
            #expect(try database.read { try LogTable.size($0) } == 1)
            try database.close()
        }
    }

    /// A store as it was before tiles: entries, a row for each hash of one, the newest checkpoint.
    private func writeFormer(_ path: String, _ entries: [LogEntry]) throws {
        let database = try SQLiteDatabase(path: path, migrations: [LogTable.migration])
        try database.write { database in
            for (leaf, entry) in entries.enumerated() {
                try database.execute(
                    "INSERT INTO entry (leaf, bytes) VALUES ($1, $2)",
                    [.integer(Int64(leaf)), .bytes(entry.bytes)])
                try database.execute(
                    "INSERT INTO node (level, position, hash) VALUES (0, $1, $2)",
                    [.integer(Int64(leaf)), .bytes(entry.leafHash.bytes)])
            }
            if entries.isEmpty { return }
            let root = MemoryTree(entries.map(\.leafHash)).root
            let note = try Checkpoint(origin: signer.name, size: entries.count, root: root).signed(by: signer)
            try database.execute(
                "INSERT INTO checkpoint (size, note) VALUES ($1, $2)",
                [.integer(Int64(entries.count)), .text(String(decoding: note.encoded, as: UTF8.self))])
        }
        try database.close()
    }

    @Test(arguments: [0, 1, 256, 600])
    func `a store with a row for each hash goes on in tiles`(size: Int) throws {
        try withPath { path in
            let entries = try (0..<size + 1).map(entry)
            try writeFormer(path, entries.dropLast())
            let database = try SQLiteDatabase(path: path, migrations: [LogTable.migration, LogTable.tiles])
            try database.read { database in
                let root = try MerkleTree.root(size: size, reader: DatabaseHashReader(database))
                #expect(root == MemoryTree(entries.dropLast().map(\.leafHash)).root)
                #expect(try !database.hasTable("node"))
            }
            _ = try database.write { try LogTable.append([entries[size]], signer: signer, $0) }
            try database.read { database in
                let root = try MerkleTree.root(size: size + 1, reader: DatabaseHashReader(database))
                #expect(root == MemoryTree(entries.map(\.leafHash)).root)
            }
            try database.close()
        }
    }

    @Test(arguments: [
        "UPDATE node SET hash = $1 WHERE position = 3",
        "DELETE FROM node WHERE hash <> $1 AND position = 299",
        "UPDATE node SET hash = substr($1, 1, 31) WHERE position = 0",
        "DELETE FROM checkpoint WHERE $1 <> ''", "DELETE FROM entry WHERE $1 <> '' AND leaf = 299",
    ])
    func `a store that is not what was signed stays as it is`(_ damage: String) throws {
        try withPath { path in
            try writeFormer(path, try (0..<300).map(entry))
            var database = try SQLiteDatabase(path: path, migrations: [LogTable.migration])
            let other = SQLValue.bytes([UInt8](repeating: 7, count: 32))
            #expect(try database.write { try $0.execute(damage, [other]) } == 1)
            try database.close()
            #expect(throws: (any Error).self) {
                try SQLiteDatabase(path: path, migrations: [LogTable.migration, LogTable.tiles])
            }
            database = try SQLiteDatabase(path: path, migrations: [LogTable.migration])
            #expect(try database.read { try $0.hasTable("node") && !$0.hasTable("tile") })
            try database.close()
        }
    }

    @Test func `a key in use that was damaged is told with what to do`() throws {
        try withPath { path in
            let database = try SQLiteDatabase(path: path, migrations: [KeyTable.migration])
            try database.write { try KeyTable.set(.log, signer.verifier, $0) }
            #expect(try database.read { try KeyTable.current(.log, $0) } == signer.verifier)
            let changed = try database.write {
                try $0.execute("UPDATE signing_key SET vkey = 'm' || substr(vkey, 2)", [])
            }
            #expect(changed == 1)
            let error = try #require(throws: RecordError.self) {
                try database.read { try KeyTable.current(.log, $0) }
            }
            #expect("\(error)".contains("restore assay.db from a backup"))
            try database.close()
        }
    }
}
