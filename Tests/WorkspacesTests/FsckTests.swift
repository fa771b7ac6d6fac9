import Evidence
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
        let path = Workspace.keyPath(purpose, scratch.workspace.path)
        try Data("\(signer.privateText)\n".utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        return signer.verifier
    }
}
