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
}
