import Dispatch
import Formats
import Foundation
import Ledger
import Programs
import Storage
import Synchronization
import Testing

@testable import Workspaces

/// The hashes that the log keeps of its own entries, against those entries.
@Suite struct FsckTests {
    /// A key that two commands ended at once would leave a log that nobody could follow.
    @Test func `of changes of a key at the same time each follows the one before, or is refused`() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/keys-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let workspace = try Workspace(creating: folder + "/.assay", origin: "example.test/evidence")
        let text = "organization: example\nname: Example (synthetic data)\ndomain: example.test\n"
        let program = try Program(reading: [ProgramFile(path: "program.yaml", bytes: Array(text.utf8))])
        _ = try workspace.apply(program, clock: .system)
        for purpose in KeyPurpose.allCases {
            let done = Mutex(0)
            DispatchQueue.concurrentPerform(iterations: 6) { _ in
                let rotated = try? Workspace(opening: folder + "/.assay")
                    .rotate(purpose, reason: "test", protection: .mode, clock: .system)
                if rotated != nil { done.withLock { $0 += 1 } }
            }
            #expect(done.withLock { $0 } > 0)
            let opened = try Workspace(opening: folder + "/.assay")
            #expect(try opened.keys().terms(purpose).count == done.withLock { $0 } + 1)
        }
        #expect(try Workspace(opening: folder + "/.assay").fsck().faults == [])
    }

    @Test func `what a killed process left of a payload goes with the next erasure`() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/left-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let workspace = try Workspace(creating: folder + "/.assay", origin: "example.test/evidence")
        let left = folder + "/.assay/blobs/.blob.tmp-1-0"
        try Data("what was erased".utf8).write(to: URL(fileURLWithPath: left))
        #expect(try workspace.finishErasure() == 1)
        #expect(!FileManager.default.fileExists(atPath: left))
    }

    @Test(arguments: [
        ("UPDATE tile SET hashes = $1", "log: tile 0 of row 0 is missing, or not that of the entries"),
        ("DELETE FROM tile WHERE hashes <> $1", "log: 0 tiles are stored where 1 belong"),
        (
            "INSERT INTO tile (level, position, hashes) VALUES (1, 0, $1)",
            "log: 2 tiles are stored where 1 belong"
        ),
    ])
    func `a tile that is changed, lost or one too many is a fault`(_ sql: String, _ fault: String) throws {
        let folder = FileManager.default.temporaryDirectory.path + "/fsck-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let workspace = try Workspace(creating: folder + "/.assay", origin: "example.test/evidence")
        let text = "organization: example\nname: Example (synthetic data)\ndomain: example.test\n"
        let program = try Program(reading: [ProgramFile(path: "program.yaml", bytes: Array(text.utf8))])
        _ = try workspace.apply(program, clock: .system)
        let before = try workspace.fsck()
        #expect(before.faults == [] && before.entries == before.hashes && before.entries > 0)
        let other = SQLValue.bytes([UInt8](repeating: 7, count: 32))
        #expect(try workspace.database.write { try $0.execute(sql, [other]) } == 1)
        let after = try workspace.fsck()
        #expect(after.faults.contains(fault), "\(after.faults)")
        #expect(after.remedies.contains { $0.contains("restore it from a backup") })
    }
}
