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

    @Test(arguments: [0, 1, 256, 600])
    func `a store with a row for each hash goes on in tiles`(size: Int) throws {
        try withPath { path in
            let entries = try (0..<size + 1).map(entry)
            do {
                let database = try SQLiteDatabase(path: path, migrations: [LogTable.migration])
                try database.write { database in
                    for (leaf, entry) in entries.dropLast().enumerated() {
                        try database.execute(
                            "INSERT INTO entry (leaf, bytes) VALUES ($1, $2)",
                            [.integer(Int64(leaf)), .bytes(entry.bytes)])
                    }
                }
                try database.close()
            }
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
}
