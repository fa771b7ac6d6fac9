import Evidence
import Formats
import Foundation
import Ledger
import Storage
import Testing

@testable import Workspaces

/// The hashes that the log keeps of its own entries, against those entries.
@Suite struct FsckTests {
    @Test(arguments: [
        ("UPDATE tile SET hashes = $1", "log: tile 0 of row 0 is missing, or not that of the entries"),
        ("DELETE FROM tile WHERE hashes <> $1", "log: 0 tiles are stored where 1 belong"),
        (
            "INSERT INTO tile (level, position, hashes) VALUES (1, 0, $1)",
            "log: 2 tiles are stored where 1 belong"
        ),
    ])
    func `a tile that is changed, lost or one too many is a fault`(_ sql: String, _ fault: String) throws {
        let scratch = try ScratchWorkspace()
        let workspace = try scratch.applied()
        let before = try workspace.fsck()
        #expect(before.faults == [] && before.entries == before.hashes && before.entries > 0)
        let other = SQLValue.bytes([UInt8](repeating: 7, count: 32))
        #expect(try workspace.database.write { try $0.execute(sql, [other]) } == 1)
        let after = try workspace.fsck()
        #expect(after.faults.contains(fault), "\(after.faults)")
        #expect(after.remedies.contains { $0.contains("restore it from a backup") })
    }

    @Test(arguments: [
        (
            "DELETE FROM checkpoint WHERE size = 1",
            "checkpoint: 1 are missing, the first of them that of 1 entries"
        ),
        ("INSERT INTO witnessed VALUES ('w', 99999)", "index: of 1 witnesses"),
        ("INSERT INTO witnessed VALUES ('w', 1)", "index: of 1 witnesses"),
        ("INSERT INTO stream VALUES (99999, 'q', 'r')", "index: 1 streams are of no batch"),
        ("DELETE FROM stretch_from", "is told 0 times, not once"),
    ])
    func `a row too many or too few is a fault`(_ sql: String, _ fault: String) throws {
        let scratch = try ScratchWorkspace()
        _ = try scratch.applied().rotate(.log, reason: "test", protection: .mode, clock: .system)
        let workspace = try scratch.opened()
        #expect(try workspace.fsck().faults == [])
        #expect(try workspace.database.write { try $0.execute(sql) } == 1)
        let faults = try workspace.fsck().faults
        #expect(faults.count == 1 && faults.allSatisfy { $0.contains(fault) }, "\(faults)")
    }

    @Test func `a list of records that is another one is a fault of the database, with the way out`()
        async throws
    {
        let scratch = try ScratchWorkspace()
        let workspace = try await Self.withPorts(scratch)
        #expect(try workspace.fsck().faults == [])
        let other = SQLValue.bytes([UInt8](repeating: 7, count: 32))
        let changed = try workspace.database.write {
            try $0.execute("UPDATE member_list SET codes = $1", [other])
        }
        #expect(changed == 1)
        let report = try workspace.fsck()
        #expect(
            report.faults.contains { $0.hasPrefix("index: batch") && $0.contains("list") }, "\(report.faults)"
        )
        #expect(
            report.remedies.contains { $0.contains("assay.db: restore it from a backup") },
            "\(report.remedies)")
    }

    @Test func `each fault has its own remedy, and of a payload the fault itself tells it`() async throws {
        let scratch = try ScratchWorkspace()
        let workspace = try await Self.withPorts(scratch)
        let payload = try #require(
            try workspace.database.read { try EvidenceTables.batches($0).first?.payload })
        try workspace.blobs.remove(payload)
        let lost = try workspace.fsck()
        #expect(lost.found.count == 1 && lost.remedies == [], "\(lost.found)")
        // One remedy for all that is wrong with one file.
        let changed = try workspace.database.write { database in
            try database.execute("DELETE FROM stretch_from")
                + database.execute("DELETE FROM checkpoint WHERE size = 1")
        }
        #expect(changed == 2)
        let begun = scratch.workspace.path + "/keys/begun"
        try Data("other.example/log\n".utf8).write(to: URL(fileURLWithPath: begun))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: begun)
        let report = try workspace.fsck()
        let expected: [(fault: String, remedy: String?)] = [
            ("batch ", nil), ("index: since which", "assay.db: restore it"),
            ("checkpoint: ", "assay.db: restore it"), ("\(begun): ", "\(begun): remove it"),
        ]
        for (fault, remedy) in expected {
            let found = try #require(report.found.first { $0.what.hasPrefix(fault) }, "\(report.found)")
            let isRight = remedy.map { found.remedy?.contains($0) == true } ?? (found.remedy == nil)
            #expect(isRight, "\(found)")
        }
        #expect(report.found.count == 4 && report.remedies.count == 2, "\(report.found)")
    }

    @Test func `a row that cannot be read hides no other fault`() throws {
        let scratch = try ScratchWorkspace()
        let workspace = try scratch.applied()
        try workspace.database.write { database in
            try database.execute("INSERT INTO batch VALUES (9999, 'x', 0, 0, '00', 0)")
            try database.execute("INSERT INTO stream VALUES (99999, 'q', 'r')")
            try database.execute("INSERT INTO set_aside VALUES ('x', 0, 1, 'y')")
        }
        let report = try workspace.fsck()
        for what in [
            "index: the row of batch 9999 cannot be read", "index: the batch row 9999 has no such log entry",
            "index: 1 streams are of no batch", "database: ",
        ] {
            #expect(report.faults.contains { $0.hasPrefix(what) }, "\(what): \(report.faults)")
        }
        #expect(report.batches == 1)
    }

    @Test(arguments: KeyPurpose.allCases)
    func `a key that the database no longer names is a fault, and no file is taken for it`(
        _ lost: KeyPurpose
    ) throws {
        let scratch = try ScratchWorkspace()
        let workspace = try scratch.applied()
        let gone = try workspace.database.write {
            try $0.execute("DELETE FROM signing_key WHERE purpose = $1", [.text(lost.rawValue)])
        }
        #expect(gone == 1)
        try Self.putForeignKey(lost, in: scratch)
        #expect(throws: RecordError.missingKey(lost)) { try scratch.opened() }
        #expect(throws: RecordError.missingKey(lost)) {
            try workspace.rotate(.log, reason: "test", protection: .mode, clock: .system)
        }
        let faults = try workspace.fsck().faults
        #expect(faults.contains("keys: \(RecordError.missingKey(lost))"), "\(faults)")
    }

    @Test func `a key that the log does not name is a fault, and nothing is recorded with it`() throws {
        let scratch = try ScratchWorkspace()
        let workspace = try scratch.applied()
        let known = workspace.collectorKey.verifier
        let foreign = try Self.putForeignKey(.collector, in: scratch)
        try workspace.database.write { try KeyTable.set(.collector, foreign, $0) }
        let error = RecordError.foreignKey(
            .collector, found: foreign.hint, named: known.hint, leaf: 0)
        #expect(throws: error) { try scratch.opened() }
        let faults = try workspace.fsck().faults
        #expect(faults.contains("keys: \(error)"), "\(faults)")
    }

    @Test func `a key that took over is the one that the log names`() throws {
        let scratch = try ScratchWorkspace()
        let (key, _) = try scratch.applied().rotate(
            .collector, reason: "test", protection: .mode, clock: .system)
        let workspace = try scratch.opened()
        #expect(workspace.collectorKey.verifier == key)
        #expect(try workspace.fsck().faults == [])
        let former = try #require(try workspace.keys().terms(.collector).first?.verifier)
        try workspace.database.write { try KeyTable.set(.collector, former, $0) }
        #expect(throws: RecordError.self) { try scratch.opened() }
    }

    @Test(arguments: KeyPurpose.allCases)
    func `of a log in which a key has two terms all but the signatures is read`(_ purpose: KeyPurpose) throws
    {
        let scratch = try ScratchWorkspace()
        let applied = try scratch.applied()
        let first = try purpose == .log ? applied.logSigner() : applied.collectorSigner()
        _ = try applied.rotate(purpose, reason: "test", protection: .mode, clock: .system)
        let workspace = try scratch.opened()
        let second = try purpose == .log ? workspace.logSigner() : workspace.collectorSigner()
        let before = try workspace.fsck()
        #expect(before.faults == [])
        // As earlier versions let it be done.
        try workspace.database.write { database in
            let event = KeyEvent(
                purpose, old: second.verifier, new: first.verifier, reason: "test",
                recorded: try LogTable.recorded(Clock.system.now(), database))
            let leaf = try LogTable.append(
                [try LogEntry(event.statement, signedBy: [second, first])], signer: try workspace.logSigner(),
                successor: purpose == .log ? first : nil, database)
            try KeyTable.insert(event: leaf, database)
            try KeyTable.set(purpose, first.verifier, database)
        }
        try Self.put(first, purpose, in: scratch)
        let report = try scratch.opened().fsck()
        #expect(report.faults.count == 1, "\(report.faults)")
        #expect(report.faults.allSatisfy { $0.contains("has two terms") }, "\(report.faults)")
        #expect(report.remedies.count == 1, "\(report.remedies)")
        #expect(report.remedies.allSatisfy { $0.contains("begin a new workspace") }, "\(report.remedies)")
        #expect(report.entries == before.entries + 1 && report.batches == before.batches)
    }

    @Test(arguments: KeyPurpose.allCases)
    func `without a private key all else is checked`(_ lost: KeyPurpose) throws {
        let scratch = try ScratchWorkspace()
        let before = try scratch.applied().fsck()
        let path = Workspace.keyPath(lost, scratch.workspace.path)
        try FileManager.default.removeItem(atPath: path)
        #expect(throws: WorkspaceError.self) { try scratch.opened() }
        let workspace = try Workspace(checking: scratch.workspace.path)
        let report = try workspace.fsck()
        #expect(report.faults == ["\(path): missing or unreadable; restore it from a backup"])
        #expect(report.entries == before.entries && report.hashes == before.hashes && report.entries > 0)
        #expect(throws: WorkspaceError.self) {
            try (lost == .log ? workspace.logKey : workspace.collectorKey).signer()
        }
        // Another key in its place is none.
        try Self.putForeignKey(lost, in: scratch)
        let foreign = try Workspace(checking: scratch.workspace.path).fsck().faults
        #expect(foreign.count == 1 && foreign.allSatisfy { $0.contains("is in use") }, "\(foreign)")
    }

    @Test func `of a lost or foreign row the log still tells the collector's key`() throws {
        let scratch = try ScratchWorkspace()
        let workspace = try scratch.applied()
        let foreign = try Self.putForeignKey(.collector, in: scratch)
        let known = workspace.collectorKey.verifier
        for sql in ["UPDATE signing_key SET vkey = $1", "DELETE FROM signing_key"] {
            try workspace.database.write { database in
                try KeyTable.set(.collector, known, database)
                let arguments: [SQLValue] = sql.contains("$1") ? [.text(foreign.vkey)] : []
                try database.execute("\(sql) WHERE purpose = 'collector'", arguments)
            }
            let check = try Workspace(checking: scratch.workspace.path)
            #expect(check.collectorKey.verifier == known)
            let faults = try check.fsck().faults
            #expect(faults.count == 2 && faults.contains { $0.hasPrefix("keys: ") }, "\(faults)")
        }
    }

    /// The workspace with one snapshot on record.
    private static func withPorts(_ scratch: ScratchWorkspace) async throws -> Workspace {
        let workspace = try scratch.applied()
        let file = scratch.folder + "/ports.jsonl"
        let snapshot = """
            {"batch":{"mode":"snapshot","kinds":["network.port"],"at":"2024-03-01T09:00:00Z"}}
            {"kind":"network.port","key":"a/tcp/22","value":{"host":"a","protocol":"tcp","port":22}}

            """
        try Data(snapshot.utf8).write(to: URL(fileURLWithPath: file))
        let recording = try Recording(workspace, clock: .system) { _ in }
        try await workspace.importFile(file, source: "scanner", into: recording, clock: .system)
        return workspace
    }

    /// Puts a key that nobody knows in the place of one that is in use.
    @discardableResult
    private static func putForeignKey(
        _ purpose: KeyPurpose, in scratch: ScratchWorkspace
    ) throws -> NoteVerifier {
        let key = try #require(SigningKey(seed: [UInt8](repeating: 9, count: 32)))
        let name =
            purpose == .log
            ? scratch.workspace.origin : Workspace.collectorName(scratch.workspace.origin)
        let signer = try NoteSigner(name: name, key: key)
        try put(signer, purpose, in: scratch)
        return signer.verifier
    }

    private static func put(
        _ signer: NoteSigner, _ purpose: KeyPurpose, in scratch: ScratchWorkspace
    ) throws {
        let path = Workspace.keyPath(purpose, scratch.workspace.path)
        try Data("\(signer.privateText)\n".utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }
}
