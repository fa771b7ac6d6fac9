import Formats
import Testing

/// Collections from a real repository, this machine and programs.
@Suite struct SourceTests {
    /// A workspace whose program has these sources beside the tiny program.
    private static func desk(_ sources: String...) async throws -> Desk {
        let desk = try Desk()
        try desk.scratch.write("program/all.yaml", TinyProgram.complete())
        try desk.scratch.write("program/sources.yaml", sources.joined(separator: "\n---\n") + "\n")
        try await desk.expect(0, "apply", "program")
        return desk
    }

    /// What `collect --format json` says of one source.
    private static func collected(
        _ desk: Desk, _ status: Int32, _ source: String, at location: SourceLocation = #_sourceLocation
    ) async throws -> JSON {
        let all = try await desk.json(status, "collect", source, at: location)
        return try #require(all.array?.first { $0["source"]?.string == source }, sourceLocation: location)
    }

    // MARK: git

    @Test func `every commit of a repository is a change, as git counts them`() async throws {
        let desk = try Desk()
        let repository = try await Repository(desk.scratch)
        for minute in 0..<9 {
            try await repository.commit(
                "Change \(minute)\n\nReviewed-by: Ben <ben@clinic.example>", file: "file-\(minute % 3).txt",
                minute: minute)
        }
        try await repository.git("checkout", "--quiet", "-b", "topic")
        try await repository.commit("On a branch", file: "topic.txt", by: "cy", minute: 10)
        try await repository.commit("On it still", file: "topic.txt", by: "cy", minute: 11)
        try await repository.git("checkout", "--quiet", "main")
        try await repository.commit("Beside it", file: "file-0.txt", minute: 12)
        try await repository.git(
            "merge", "--quiet", "--no-ff", "-m", "Merge topic", "topic", by: "ben", minute: 13)
        try await repository.git("tag", "-a", "v1.0", "-m", "First release", minute: 14)
        let count = try #require(Int64(try await repository.git("rev-list", "--count", "HEAD")))
        #expect(count == 13)

        try desk.scratch.write("program/all.yaml", TinyProgram.complete())
        let source = """
            source: code
            connector: git
            params: { path: "\(repository.path)" }
            kinds: [vcs.change, vcs.release]

            """
        try desk.scratch.write("program/sources.yaml", source)
        try await desk.expect(0, "apply", "program")

        let first = try await Self.collected(desk, 0, "code")
        let coverage: ClosedRange<Int64> = 0...2
        let facts = try #require(first["facts"]?.integer)
        // The commits, the tag, and a line of coverage for each of the two kinds.
        #expect(coverage.contains(facts - count - 1), "\(facts) facts of \(count) commits and a tag")
        #expect(first["setAside"]?.integer == 0 && first["failures"]?.array?.isEmpty == true)

        let second = try await Self.collected(desk, 0, "code")
        #expect(coverage.contains(try #require(second["facts"]?.integer)), "nothing new but coverage")

        try await repository.commit("One more", file: "more.txt", minute: 20)
        let third = try await Self.collected(desk, 0, "code")
        #expect((1...3).contains(try #require(third["facts"]?.integer)))
        try await desk.expect(0, "fsck")
    }

    @Test func `a folder without a repository is on record as not covered`() async throws {
        let desk = try await Self.desk(
            """
            source: code
            connector: git
            params: { path: "nowhere" }
            kinds: [vcs.change]
            """)
        let before = try await desk.entries()
        let outcome = try await desk.expect(1, "collect")
        #expect(outcome.says("not covered, code", "path"))
        #expect(try await desk.entries() == before + 1)
        try await desk.expect(0, "fsck")
    }

    // MARK: This machine

    @Test func `this machine is read, and what cannot be read is told as not covered`() async throws {
        let desk = try await Self.desk(
            """
            source: machine
            connector: host
            kinds: [host.account, host.sshd, host.update, host.socket, host.clock, host.volume]
            """)
        let outcome = try await desk.assay("collect", "machine")
        let uncovered = outcome.output.split(separator: "\n").filter { $0.hasPrefix("not covered, machine:") }
        #expect(outcome.status == (uncovered.isEmpty ? 0 : 1), "\(outcome.said)")
        #expect(uncovered.allSatisfy { $0.contains("host.") })
        // Every Linux machine has accounts.
        let items = try #require(try await desk.json(0, "fsck")["items"]?.integer)
        #expect(items > 0)
        let again = try await desk.assay("collect", "machine", "--format", "json")
        let totals = try #require(try JSON(parsing: Array(again.output.utf8)).array?.first)
        #expect(totals["failures"]?.array?.count == uncovered.count)
    }

    // MARK: Programs

    private static func exec(_ id: String, _ script: String, timeout: String = "30s") -> String {
        """
        source: \(id)
        connector: exec
        command: ["/bin/sh", "-c", '\(script)']
        params: { timeout: \(timeout) }
        kinds: [uptime.probe]
        """
    }

    @Test func `what a program prints is evidence; a failure, a flood and a hang are on record`() async throws
    {
        let fact = TinyProgram.probe("p-1").replacing("\n", with: "")
        let desk = try await Self.desk(
            Self.exec("fine", "cat fact.jsonl"), Self.exec("fails", "cat fact.jsonl; echo alas >&2; exit 3"),
            Self.exec("hangs", "cat fact.jsonl; exec tail -f /dev/null", timeout: "1s"),
            Self.exec("noise", "echo this is no fact; cat fact.jsonl"),
            Self.exec("silent", ":"),
            """
            source: missing
            connector: exec
            command: ["/nowhere/program"]
            kinds: [uptime.probe]
            """)
        try desk.scratch.write("fact.jsonl", fact + "\n")

        let fine = try await Self.collected(desk, 0, "fine")
        #expect(fine["facts"]?.integer == 1 && fine["failures"]?.array?.isEmpty == true)

        let fails = try await desk.expect(1, "collect", "fails")
        #expect(fails.says("not covered, fails", "exit code 3") && !fails.says("alas"))

        let hangs = try await desk.expect(1, "collect", "hangs")
        #expect(hangs.says("not covered, hangs", "1s", "timeout"))

        let noise = try await desk.expect(1, "collect", "noise")
        #expect(noise.says("set aside, noise: line 1"))

        try await desk.expect(0, "collect", "silent")
        let missing = try await desk.expect(1, "collect", "missing")
        #expect(missing.says("not covered, missing", "/nowhere/program"))

        // One source that fails does not keep the others from being run.
        let all = try await desk.expect(1, "collect")
        #expect(all.says("not covered, fails", "not covered, hangs", "not covered, missing", "noise"))
        try await desk.expect(0, "fsck")
    }

    @Test func `an unknown source is named beside those there are, and nothing is run`() async throws {
        let desk = try await Self.desk(Self.exec("fine", "touch ran"))
        try await desk.leavesRecordAlone {
            let outcome = try await desk.expect(3, "collect", "fine", "fin")
            #expect(outcome.says("\"fin\"", "fine"))
        }
        #expect(!desk.scratch.exists("ran"))
    }
}
