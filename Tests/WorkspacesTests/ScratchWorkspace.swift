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
    func applied(clock: Clock = .system) throws -> Workspace {
        let text = "organization: example\nname: Example (synthetic data)\ndomain: example.test\n"
        let program = try Program(reading: [ProgramFile(path: "program.yaml", bytes: Array(text.utf8))])
        _ = try workspace.apply(program, clock: clock)
        return workspace
    }

    /// Puts a program with these sources in force, in which time may be set.
    func apply(_ sources: String..., clock: Clock) throws {
        _ = try workspace.apply(try Self.program(sources), clock: clock)
    }

    /// A program with these sources, in which time may be set.
    static func program(_ sources: [String]) throws -> Program {
        let organization = """
            organization: example
            name: Example (synthetic data)
            domain: example.test
            synthetic: true
            zone: UTC
            """
        let files = ([organization] + sources).enumerated().map {
            ProgramFile(path: "\($0.offset).yaml", bytes: Array($0.element.utf8))
        }
        return try Program(reading: files)
    }

    static let fileSource = """
        source: logs
        connector: file
        params: { path: logs.jsonl }
        kinds: [phi.access]
        freshness: 1d
        """

    /// A source as a program names it.
    static func source(_ text: String = fileSource) throws -> Source? {
        let files = [
            ("program.yaml", "organization: example\nname: Example (synthetic data)\ndomain: example.test\n"),
            ("sources/logs.yaml", text),
        ]
        return try Program(reading: files.map { ProgramFile(path: $0, bytes: Array($1.utf8)) }).sources.first
    }

    /// As another process would open it.
    func opened() throws -> Workspace { try Workspace(opening: folder + "/.assay") }
}

extension Workspace {
    /// Checks everything, by the time of the machine.
    func fsck(progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }) throws -> FsckReport {
        try fsck(now: Clock.system.now(), progress: progress)
    }
}
