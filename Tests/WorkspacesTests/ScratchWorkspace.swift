import Formats
import Foundation
import Programs

@testable import Workspaces

/// A workspace in a folder of its own, gone with the test.
final class ScratchWorkspace {
    let folder = FileManager.default.temporaryDirectory.path + "/workspace-\(UUID().uuidString)"
    let workspace: Workspace

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        workspace = try Workspace(creating: folder + "/.assay", origin: "example.test/evidence")
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// With the smallest program in force.
    func applied() throws -> Workspace {
        let text = "organization: example\nname: Example (synthetic data)\ndomain: example.test\n"
        let program = try Program(reading: [ProgramFile(path: "program.yaml", bytes: Array(text.utf8))])
        _ = try workspace.apply(program, clock: .system)
        return workspace
    }

    /// As another process would open it.
    func opened() throws -> Workspace { try Workspace(opening: folder + "/.assay") }
}
