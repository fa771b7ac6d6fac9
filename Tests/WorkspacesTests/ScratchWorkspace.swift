import Formats
import Foundation
import Programs

@testable import Workspaces

/// A workspace in a folder of its own, gone with the test.
final class ScratchWorkspace {
    let folder = FileManager.default.temporaryDirectory.path + "/workspace-\(UUID().uuidString)"
    let workspace: Workspace

    /// A made-up organization, which is the smallest program.
    static let smallest = """
        organization: example
        name: Example (synthetic data)
        domain: example.test

        """

    /// The same, in whose program time may be set.
    static let organization =
        smallest + """
            synthetic: true
            zone: UTC

            """

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        workspace = try Workspace(creating: folder + "/.assay", origin: "example.test/evidence")
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// With the smallest program in force.
    func applied(clock: Clock = .system) throws -> Workspace {
        let file = ProgramFile(path: "program.yaml", bytes: Array(Self.smallest.utf8))
        let program = try Program(reading: [file])
        _ = try workspace.apply(program, clock: clock)
        return workspace
    }

    /// Puts a program with these sources in force, in which time may be set.
    func apply(_ sources: String..., clock: Clock) throws {
        _ = try workspace.apply(try Self.program(sources), clock: clock)
    }

    /// A program with these sources, in which time may be set.
    static func program(_ sources: [String]) throws -> Program {
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
        let files = [("program.yaml", smallest), ("sources/logs.yaml", text)]
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
