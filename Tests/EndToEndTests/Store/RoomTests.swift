import Formats
import Foundation
import Testing

/// A disk without room, and several programs on one workspace.
@Suite struct RoomTests {
    private static func probes(_ count: Int, prefix: String) -> String {
        let midnight = Instant(microseconds: 1_735_689_600 * 1_000_000)
        return (0..<count).map {
            TinyProgram.probe("\(prefix)-\($0)", at: (midnight + .seconds(Int64($0))).description)
        }.joined()
    }

    /// How far files may grow, in blocks of 512 bytes: from hardly at all to almost enough for the whole import.
    @Test(arguments: [1, 100, 400, 2_000, 6_000])
    func `an import that finds no room says so, loses nothing, and succeeds once there is some`(_ blocks: Int)
        async throws
    {
        let desk = try await Desk.tiny(facts: TinyProgram.facts)
        let count = 20_000
        try desk.scratch.write("many.jsonl", Self.probes(count, prefix: "many"))
        var command = try desk.command("assay", ["import", "many.jsonl"])
        // With the signal ignored, a write beyond the limit fails as on a full disk.
        let line = "trap '' XFSZ; ulimit -f \(blocks); exec \"$0\" \"$@\""
        command.arguments = ["-c", line, command.executable] + command.arguments
        command.executable = "/bin/sh"
        let outcome = try await command.run()
        #expect([0, 3].contains(outcome.status), "\(outcome.said)")
        if outcome.status == 3 { #expect(outcome.errors.contains("room"), "\(outcome.said)") }
        let left = try #require(try await desk.json(0, "fsck")["items"]?.integer)
        #expect(left >= 3)
        if outcome.status == 0 { #expect(left == 3 + Int64(count)) }
        try await desk.expect(0, "import", "many.jsonl")
        #expect(try await desk.json(0, "fsck")["items"]?.integer == 3 + Int64(count))
        try await desk.expect(0, "index", "--check")
    }

    /// The limit holds for each file: there is room for what the second source brings.
    @Test func `a source whose records find no room does not keep the others out`() async throws {
        let desk = try Desk()
        try desk.scratch.write("program/all.yaml", TinyProgram.complete())
        let sources = ["a-many", "b-few"].map { name in
            """
            source: \(name)
            connector: file
            params: { path: \(name).jsonl }
            kinds: [uptime.probe]

            """
        }
        try desk.scratch.write("program/sources.yaml", sources.joined(separator: "---\n"))
        try desk.scratch.write("a-many.jsonl", Self.probes(20_000, prefix: "many"))
        try desk.scratch.write("b-few.jsonl", Self.probes(3, prefix: "few"))
        try await desk.expect(0, "apply", "program")
        var command = try desk.command("assay", ["collect"])
        let line = "trap '' XFSZ; ulimit -f 2000; exec \"$0\" \"$@\""
        command.arguments = ["-c", line, command.executable] + command.arguments
        command.executable = "/bin/sh"
        let outcome = try await command.run()
        #expect(outcome.status == 3, "\(outcome.said)")
        #expect(outcome.says("what a-many brought could not be stored"), "\(outcome.said)")
        #expect(outcome.output.contains("b-few") && !outcome.output.contains("a-many"), "\(outcome.said)")
        #expect(try await desk.json(0, "fsck")["items"]?.integer == 3)
        try await desk.expect(0, "collect", "a-many")
        #expect(try await desk.json(0, "fsck")["items"]?.integer == 20_003)
    }

    @Test(.enabled(if: Mount.isAllowed, "skipped: no file system may be mounted here"))
    func `a file system that is full is told, and nothing acknowledged is lost`() async throws {
        let desk = try Desk()
        let mount = try Mount(at: desk.scratch.path("small"), bytes: 3 << 20)
        try desk.scratch.write("program/all.yaml", TinyProgram.complete())
        try desk.scratch.write("facts.jsonl", TinyProgram.facts)
        try desk.scratch.write("many.jsonl", Self.probes(20_000, prefix: "many"))
        let place = ["--workspace", desk.scratch.path("small/workspace")]
        for arguments in [["apply", "program"], ["import", "facts.jsonl"]] {
            #expect(try await desk.command("assay", arguments + place).run().status == 0)
        }
        let full = try await desk.command("assay", ["import", "many.jsonl"] + place).run()
        #expect(full.status == 3 && full.errors.contains("room"), "\(full.said)")
        let check = try await desk.command("assay", ["fsck", "--format", "json"] + place).run()
        #expect(check.status == 0, "\(check.said)")
        #expect(try JSON(parsing: Array(check.output.utf8))["items"]?.integer == 3)
        try mount.grow(to: 64 << 20)
        let again = try await desk.command("assay", ["import", "many.jsonl"] + place).run()
        #expect(again.status == 0, "\(again.said)")
        let whole = try await desk.command("assay", ["fsck", "--format", "json"] + place).run()
        #expect(try JSON(parsing: Array(whole.output.utf8))["items"]?.integer == 20_003)
    }

    @Test func `imports and assessments at once all succeed, and each assessment is of a state that was`()
        async throws
    {
        let desk = try await Desk.tiny(facts: TinyProgram.facts)
        for part in 0..<2 {
            try desk.scratch.write("part-\(part).jsonl", Self.probes(4_000, prefix: "part-\(part)"))
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for part in 0..<2 {
                group.addTask {
                    try await desk.expect(0, "import", "part-\(part).jsonl", "--source", "s\(part)")
                }
                group.addTask { for _ in 0..<3 { try await desk.expect(1, "assess") } }
            }
            try await group.waitForAll()
        }
        #expect(try await desk.json(0, "fsck")["items"]?.integer == 8_003)
        try await desk.expect(0, "index", "--check")
        try await desk.expect(0, "package", "--out", "p.assay")
        #expect(try await desk.verify("verify", "p.assay").status == 0)
    }
}

/// A small file system in memory, there for as long as this value is.
private final class Mount: Sendable {
    private let path: String

    static let isAllowed: Bool = {
        guard let scratch = try? Scratch() else { return false }
        return (try? Mount(at: scratch.path("mount"), bytes: 1 << 20)) != nil
    }()

    private struct Refused: Error {}

    init(at path: String, bytes: Int) throws {
        self.path = path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try Self.run("mount", "-t", "tmpfs", "-o", "size=\(bytes)", "assay", path)
    }

    func grow(to bytes: Int) throws {
        try Self.run("mount", "-o", "remount,size=\(bytes)", path)
    }

    private static func run(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        if process.terminationStatus != 0 { throw Refused() }
    }

    deinit { try? Self.run("umount", path) }
}
