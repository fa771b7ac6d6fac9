import Examples
import Formats
import Foundation
import Ledger
import Testing

/// The way of the demonstration, on the invented company.
@Suite(.exampleYear) struct ExampleYearTests {
    let year: ExampleYear
    var desk: Desk { year.desk }

    init() throws {
        year = try ExampleYear.shared
    }

    @Test func `the program writes the files that the generator makes`() throws {
        for file in ExampleCompany(seed: ExampleYear.seed).files() {
            #expect(try desk.scratch.read("example/" + file.path) == file.bytes, "\(file.path)")
        }
    }

    /// One row of a test's result.
    private struct Row {
        let key, verdict: String
        let from, to: Instant

        /// A row as `explain` shows it.
        init(_ json: JSON, of key: String) throws {
            self.key = key
            from = try #require(json["from"]?.string.flatMap { Instant($0) })
            to = try #require(json["to"]?.string.flatMap { Instant($0) })
            verdict = try #require(json["verdict"]?.string)
        }

        /// - Parameter exception: whether it is one of the exceptions, which fail, and not one of the further rows.
        init(_ json: JSON, isException: Bool) throws {
            let list = try #require(json.array)
            key = try #require(list[0].string)
            from = try #require(list[2].string.flatMap { Instant($0) })
            to = list[3].string.flatMap { Instant($0) } ?? from
            verdict = isException ? "fail" : try #require(list[4].string)
        }

        /// A failed obligation stands from when it fell due, so touching is meeting.
        func tells(_ story: Story) -> Bool {
            let expected = story.expectation == .unknown ? "none" : story.expectation.rawValue
            return (story.key.isEmpty || key == story.key) && verdict == expected
                && from <= story.when.end && to >= story.when.start
        }
    }

    @Test func `every story has the verdict that was meant for it`() async throws {
        let result = try JSON(parsing: year.result)
        var rows: [String: [Row]] = [:]
        for test in try #require(result["tests"]?.array) {
            let id = try #require(test["test"]?.string)
            rows[id] =
                try #require(test["rows"]?.array).map { try Row($0, isException: false) }
                + #require(test["exceptions"]?.array).map { try Row($0, isException: true) }
        }
        let stories = ExampleCompany(seed: ExampleYear.seed).stories
        #expect(stories.count > 30)
        for story in stories {
            var found = try #require(rows[story.test], "no test \(story.test)")
            if !found.contains(where: { $0.tells(story) }), !story.key.isEmpty {
                // The result lists no unit that only passes or was not watched; an explanation does.
                let explained = try await desk.json(0, "explain", story.test, story.key)
                found = try #require(explained["rows"]?.array).map { try Row($0, of: story.key) }
            }
            let near = found.filter { $0.key == story.key }.map {
                "\($0.verdict) from \($0.from) to \($0.to)"
            }
            #expect(found.contains { $0.tells(story) }, "\(story): \(near.prefix(8))")
        }
    }

    /// Runs a script in SQLite, by a program that has nothing of ours, and prints where units fail.
    private static let inSQLite = """
        import sqlite3, sys
        tables, query = sys.stdin.read().rsplit("WITH RECURSIVE", 1)
        database = sqlite3.connect(":memory:")
        database.executescript(tables)
        for key, _, start, _, verdict in database.execute("WITH RECURSIVE" + query):
            if verdict == "fail":
                print(key, start, sep="\\t")
        """

    @Test(
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3"), "needs python3"),
        arguments: [
            "store-encrypted", "key-age-90d", "change-peer-review", "backup-daily", "leaver-removal-24h",
        ])
    func `a test of the example fails in SQLite where it fails here`(test: String) async throws {
        let script = try await desk.expect(0, "explain", test, "--sql", "--include", "personal").output
        let run = Command(
            executable: "/usr/bin/python3", arguments: ["-c", Self.inSQLite], input: Array(script.utf8),
            folder: desk.scratch.path)
        let outcome = try await run.run()
        #expect(outcome.status == 0, "\(outcome.errors)")
        let result = try JSON(parsing: year.result)
        let own = try #require(result["tests"]?.array?.first { $0["test"]?.string == test })
        let rows = try #require(own["exceptions"]?.array).map { try Row($0, isException: true) }
        #expect(!rows.isEmpty)
        #expect(
            Set(outcome.output.split(separator: "\n").map(String.init))
                == Set(rows.map { "\($0.key)\t\($0.from.microseconds)" }))
    }

    @Test func `earlier knowledge gives the same result again, and another one than all knowledge`()
        async throws
    {
        // Listing evaluates without putting anything on record.
        let early = [
            "explain", "leaver-removal-24h", "--known-at", "2025-12-01T00:00:00Z", "--format", "json",
        ]
        let first = try await desk.command("assay", early).run()
        let second = try await desk.command("assay", early).run()
        let late = try await desk.assay("explain", "leaver-removal-24h", "--format", "json")
        #expect(first.status == 0 && first.output == second.output && first.output != late.output)
    }

    @Test func `the workspace is clean`() async throws {
        let report = try await desk.json(0, "fsck")
        #expect(report["clean"]?.bool == true && report["faults"]?.array?.isEmpty == true)
        #expect(try #require(report["items"]?.integer) > 5_000)
    }

    @Test func `an explanation goes from the verdict to the log and withholds what is personal`() async throws
    {
        let late = try #require(
            ExampleCompany(seed: ExampleYear.seed).stories.first {
                $0.test == "leaver-removal-24h" && $0.expectation == .fail
            })
        let explained = try await desk.expect(0, "explain", late.test, late.key)
        #expect(explained.says(late.key, "hr.employment", "idp.account", "log entry", "withheld"))
        let shown = try await desk.expect(0, "explain", late.test, late.key, "--show-personal")
        #expect(!shown.says("withheld"))
    }

    @Test func `what is printed fits a page, and columns stay columns`() async throws {
        let package = year.package
        try desk.scratch.write("lines-trust.json", try await desk.expect(0, "log", "trust").output)
        let verified = try await desk.verify("verify", package)
        let outcomes = [
            verified, try await desk.verify("verify", package, "--trust", "lines-trust.json"),
            try await desk.verify("reperform", package), try await desk.assay("sources"),
            try await desk.assay("explain", "store-encrypted", "store-website"),
            try await desk.assay("log", "key", "--all"),
        ]
        for line in outcomes.flatMap({ $0.output.split(separator: "\n") }) {
            #expect(line.count <= 100, "\(line)")
        }
        #expect(outcomes[4].says("waiver website-store: "), "\(outcomes[4].said)")
        let claims = verified.output.split(separator: "\n").filter { $0.hasPrefix("ok       ") }
        #expect(claims.contains { $0.hasPrefix("ok       log ") } && claims.count > 5, "\(verified.said)")
    }

    @Test func `example prints the commands that load it, and they do`() async throws {
        let desk = try Desk()
        let written = try await desk.expect(0, "example", "one/", "--seed", "7")
        let lines = written.output.split(separator: "\n")
        let commands = lines.filter { $0.hasPrefix("  assay ") }
        #expect(lines.contains("  export ASSAY_WORKSPACE=one-workspace"), "\(written.output)")
        #expect(commands.count == 5 && lines.allSatisfy { $0.count <= 100 }, "\(written.output)")
        for command in commands {
            // Two spaces divide a command from what it does.
            let text = try #require(command.dropFirst(2).firstRange(of: "  ")).lowerBound
            let words = command.dropFirst(2)[..<text].split(separator: " ").dropFirst().map(String.init)
            let outcome = try await desk.command("assay", words).run()
            #expect([0, 1].contains(outcome.status), "\(words)\n\(outcome.said)")
        }
    }

    // MARK: Package

    @Test func `a package for a buyer withholds personal fields, and every proof holds`() async throws {
        try await desk.expect(0, "package", "--out", "buyer.assay")
        #expect(try ProfileTests.told("person_id", in: desk.scratch.read("buyer.assay")) == [])
        let verified = try await desk.verify("verify", "buyer.assay")
        #expect(verified.status == 0 && verified.says("withheld", "for: buyer"), "\(verified.said)")
        let again = try await desk.verify("reperform", "buyer.assay")
        #expect(
            again.says(
                "14 of 18 tests were repeated and gave the same",
                "training-30d hr.employment.person_id training.completion.person_id",
                "Nothing that can be repeated from this package contradicts it."), "\(again.said)")
        #expect(again.status == 1 && !again.says("SOMETHING ELSE"), "\(again.said)")
    }

    @Test func `the package verifies, and says what was not checked`() async throws {
        let verified = try await desk.expect(0, "verify", year.package)
        #expect(verified.says("SYNTHETIC", "not checked", "self-consistent"))
        #expect(!verified.says("FAILED"))
        let json = try await desk.json(0, "verify", year.package)
        let claims = try #require(json["claims"]?.array)
        #expect(json["sound"]?.bool == true && json["synthetic"]?.bool == true)
        #expect(claims.contains { $0["status"]?.string == "not checked" })
        let small = try await desk.verify("verify", year.package)
        #expect(small.status == 0 && small.output == verified.output)
    }

    @Test func `the re-run gives the digest on record, also of a copy and by the small program`() async throws
    {
        let recorded = Digest.sha256(year.result).hex
        let json = try await desk.json(0, "reperform", year.package)
        #expect(json["equal"]?.bool == true)
        #expect(json["stated"]?.string == recorded && json["computed"]?.string == recorded)
        let simple = try await desk.json(0, "reperform", year.package, "--simple")
        #expect(simple == json)

        let elsewhere = try Desk()
        try elsewhere.scratch.write("somewhere/else.zip", try desk.scratch.read(year.package))
        let copy = try await elsewhere.verify("reperform", "somewhere/else.zip")
        #expect(copy.status == 0 && copy.says("computed   sha256 \(recorded)"), "\(copy.said)")
        #expect(try elsewhere.scratch.files() == ["somewhere/else.zip"])
    }

    @Test func `a key from elsewhere is compared with the one in the package`() async throws {
        let elsewhere = try Desk()
        let package = desk.scratch.path(year.package)
        try elsewhere.scratch.write("right.vkey", year.key)
        let right = try await elsewhere.verify("verify", package, "--key", "right.vkey")
        #expect(right.status == 0 && !right.says("key owner"), "\(right.said)")

        let stranger = try await Desk.tiny()
        let key = try await stranger.expect(0, "log", "key").output
        try elsewhere.scratch.write("wrong.vkey", key)
        for command in ["verify", "reperform"] {
            let wrong = try await elsewhere.verify(command, package, "--key", "wrong.vkey")
            #expect(wrong.status == 1 && wrong.says("FAILED", "key"), "\(wrong.said)")
        }
        let missing = try await elsewhere.verify("verify", package, "--key", "none.vkey")
        #expect(missing.status == 3 && missing.says("none.vkey"), "\(missing.said)")
    }

    @Test func `two sealings of one assessment are the same to the byte`() async throws {
        try await desk.expect(0, "package", "--out", "again.assay", "--include", "personal")
        #expect(try desk.scratch.read("again.assay") == desk.scratch.read(year.package))
    }
}
