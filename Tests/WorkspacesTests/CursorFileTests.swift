import Foundation
import Ledger
import Programs
import Storage
import Testing

@testable import Workspaces

/// A cursor that a log did not write itself, or no longer holds, would leave a stretch of time out for ever.
@Suite struct CursorFileTests {
    private let scratch: ScratchWorkspace
    private let source: Source

    init() throws {
        scratch = try ScratchWorkspace()
        _ = try scratch.applied()
        source = try #require(try ScratchWorkspace.fileSource())
    }

    private func read(_ workspace: Workspace) throws -> String? {
        let file = CursorFile(source, in: workspace)
        return try workspace.database.read { try file.read($0) }
    }

    @Test func `a log that has grown since goes on with its cursor`() throws {
        let workspace = scratch.workspace
        try workspace.database.read { try CursorFile(source, in: workspace).write("page 7", $0) }
        #expect(try read(workspace) == "page 7")
        _ = try workspace.rotate(.log, reason: "test", protection: .mode, clock: .system)
        #expect(try read(workspace) == "page 7")
    }

    @Test func `another log of the same size begins anew`() throws {
        let workspace = scratch.workspace
        try workspace.database.read { try CursorFile(source, in: workspace).write("page 7", $0) }
        let other = try ScratchWorkspace()
        // Entries name their time, so that no other log has this one's root.
        _ = try other.applied()
        _ = try other.workspace.rotate(.log, reason: "test", protection: .mode, clock: .system)
        try FileManager.default.copyItem(
            atPath: scratch.folder + "/.assay/cursors", toPath: other.folder + "/.assay/cursors")
        #expect(try read(other.workspace) == nil)
    }
}
