import Evidence
import Formats
import Foundation
import Ledger
import Reports
import TestSupport
import Testing

/// Sources in their time, on a simulated clock: waits take none.
@Suite struct ScheduleTests {
    private static let start = "2025-01-01T00:00:00Z"
    private static let day =
        #"{"coverage":"uptime.probe","from":"2025-01-01T00:00:00Z","to":"2025-01-02T00:00:00Z"}"# + "\n"

    /// A synthetic workspace with this source beside the tiny program.
    private static func desk(_ source: String) async throws -> Desk {
        let desk = try Desk()
        try desk.scratch.write("program/all.yaml", TinyProgram.complete(synthetic: true))
        try desk.scratch.write("program/sources.yaml", source)
        try await desk.expect(0, "apply", "program", "--clock", start)
        return desk
    }

    private static func exec(_ script: String, every: String = "6h", freshness: String = "8h") -> String {
        """
        source: probes
        connector: exec
        command: ["/bin/sh", "-c", '\(script)']
        kinds: [uptime.probe]
        every: \(every)
        freshness: \(freshness)

        """
    }

    @Test func `a watch runs a source once in each slot, and ends when it is told`() async throws {
        let desk = try await Self.desk(Self.exec("cat day.jsonl; echo run >> runs"))
        try desk.scratch.write("day.jsonl", Self.day)
        let outcome = try await desk.expect(
            0, "collect", "--watch", "--clock", "2025-01-02T00:30:00Z", "--until", "2025-01-03T00:30:00Z")
        // At once, for the slot that has begun, and then every six hours.
        let runs = try desk.scratch.read("runs").split(separator: 0x0A).count
        #expect(runs == 5, "\(outcome.said)")
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.count { $0.contains("probes: log entry") } == 6, "and what was skipped before")
        #expect(lines.count { $0.contains("4 runs were missed") } == 1, "\(outcome.said)")
        try await desk.expect(0, "fsck")
    }

    @Test func `a watch that begins between two slots says once when the next one is`() async throws {
        let desk = try await Self.desk(Self.exec("cat day.jsonl"))
        try desk.scratch.write("day.jsonl", Self.day)
        let first = try await desk.expect(
            0, "collect", "--watch", "--clock", "2025-01-01T00:30:00Z", "--until", "2025-01-01T00:31:00Z")
        // There was something to do at once: nobody wonders, and nothing is said.
        let next = try #require(first.output.split(separator: "probes: next ").last?.prefix { $0 != "\n" })
        #expect(!first.says("Nothing is due"), "\(first.said)")
        let second = try await desk.expect(
            0, "collect", "--watch", "--clock", "2025-01-01T00:40:00Z", "--until", "2025-01-01T20:00:00Z")
        let lines = second.output.split(separator: "\n")
        #expect(lines.first == "Nothing is due before \(next); watching.", "\(second.said)")
        // However often it waits.
        #expect(lines.count { $0.contains("Nothing is due") } == 1)
        #expect(lines.count { $0.contains("probes: log entry") } > 1)
    }

    @Test func `slots in which nobody collected are on record as a failed batch`() async throws {
        let desk = try await Self.desk(Self.exec("cat day.jsonl"))
        try desk.scratch.write("day.jsonl", Self.day)
        try await desk.expect(0, "collect", "--clock", "2025-01-02T00:30:00Z")
        let before = try await desk.entries()
        let outcome = try await desk.expect(
            0, "collect", "--watch", "--clock", "2025-01-04T00:45:00Z", "--until", "2025-01-04T00:46:00Z")
        #expect(outcome.says("7 runs were missed between 2025-01-02T06:", "to") || outcome.says("7 runs"))
        // Nor does a slot that a slow source has used up look as if nobody had been there.
        #expect(outcome.says("nobody was collecting, or other sources took too long, or what they brought"))
        #expect(try await desk.entries() == before + 2, "the gap, and the run that was due")
        // Once recorded, the gap is not told again.
        let again = try await desk.expect(
            0, "collect", "--watch", "--clock", "2025-01-04T00:50:00Z", "--until", "2025-01-04T00:51:00Z")
        #expect(!again.says("missed"), "\(again.said)")
        try await desk.expect(0, "fsck")
    }

    @Test func `runs that the plan called for are on record as skipped, whoever comes next`() async throws {
        let desk = try await Self.desk(Self.exec("cat day.jsonl"))
        try desk.scratch.write("day.jsonl", TinyProgram.probe("p-1", at: "2024-12-31T00:00:00Z"))
        // The plan is on record since the first of January and nobody has ever collected.
        let first = try await desk.json(1, "collect", "--skipped", "--clock", "2025-01-01T13:00:00Z")
        let reason = try #require(first.array?.first?["failures"]?.array?.first?.string)
        #expect(reason.hasPrefix("2 runs were missed"), "\(reason)")
        try await desk.leavesRecordAlone {
            try await desk.expect(0, "collect", "--skipped", "--clock", "2025-01-01T13:30:00Z")
        }
        try await desk.expect(0, "collect", "--clock", "2025-01-01T14:00:00Z")
        let before = try await desk.entries()
        // Four days later somebody collects by hand: the gap is an entry before what was brought.
        let late = try await desk.expect(0, "collect", "--clock", "2025-01-05T14:00:00Z")
        #expect(late.says("15 runs were missed"), "\(late.said)")
        #expect(try await desk.entries() == before + 2)
        try await desk.expect(0, "fsck")
        #expect([0, 1].contains(try await desk.assay("assess", "--known-at", "2025-02-03T00:00:00Z").status))
        try await desk.expect(0, "package", "--out", "a.assay", "--profile", "auditor")
        let reader = try PackageReader(ByteSource(try desk.scratch.read("a.assay")))
        var verification = PackageVerification(reader, trusted: nil)
        let report = verification.run()
        #expect(report.isSound, "\(report.claims)")
        let batches = try verification.entries().compactMap { BatchStatement($0.statement) }
        #expect(batches.map(\.mode) == [.skipped, .changes, .skipped, .changes])
        #expect(batches.map(\.series.sequence) == [0, 1, 2, 3])
        #expect(batches[2].parameters["runs"] == "15" && batches[2].members?.count == 0)
        #expect(batches.dropFirst().allSatisfy { $0.series.previous != nil })
    }

    @Test func `silence is told, and has a status of its own`() async throws {
        let desk = try await Self.desk(Self.exec("cat day.jsonl", freshness: "1d2h"))
        let never = try await desk.expect(1, "sources", "--clock", "2025-01-02T00:00:00Z")
        #expect(never.says("probes", "never", "26h"), "\(never.said)")
        try desk.scratch.write("program/sources.yaml", Self.exec("cat day.jsonl"))
        try await desk.expect(0, "apply", "program", "--clock", "2025-01-02T00:00:00Z")
        try desk.scratch.write("day.jsonl", Self.day)
        try await desk.expect(0, "collect", "--clock", "2025-01-02T00:30:00Z")
        let fresh = try await desk.expect(0, "sources", "--clock", "2025-01-02T08:00:00Z")
        #expect(fresh.says("fresh"))
        let silent = try await desk.expect(1, "sources", "--clock", "2025-01-02T08:31:00Z")
        #expect(silent.says("silent", "2025-01-02T00:30Z"))
        // A run that fails does not make it fresh again.
        try FileManager.default.removeItem(atPath: desk.scratch.path("day.jsonl"))
        try await desk.expect(1, "collect", "--clock", "2025-01-02T09:00:00Z")
        let failed = try await desk.expect(1, "sources", "--clock", "2025-01-02T09:01:00Z")
        #expect(failed.says("silent", "not read whole, probes, uptime.probe", "exit code 1"))
    }

    @Test func `names and times of sources are whole, and one reason is told once for all kinds`()
        async throws
    {
        let kinds = [
            "policy.acknowledgement", "intake.reconciliation", "environment.boundary", "asset.reconciliation",
        ]
        let name = "exports-of-the-tools-without-connector"
        let source = Self.exec("cat day.jsonl").replacing("source: probes", with: "source: \(name)")
            .replacing("[uptime.probe]", with: "[uptime.probe, \(kinds.joined(separator: ", "))]")
        let desk = try await Self.desk(source)
        try desk.scratch.write("day.jsonl", Self.day)
        _ = try await desk.assay("collect", "--clock", "2025-01-02T00:30:00Z")
        try FileManager.default.removeItem(atPath: desk.scratch.path("day.jsonl"))
        try await desk.expect(1, "collect", "--clock", "2025-01-02T07:00:00Z")
        let outcome = try await desk.expect(1, "sources", "--clock", "2025-01-02T07:01:00Z")
        let lines = outcome.output.split(separator: "\n")
        for kind in kinds {
            #expect(lines.contains { $0.hasPrefix(name + "  " + kind + " ") }, "\(outcome.said)")
        }
        #expect(outcome.says("last whole 2025-01-02T00:30Z", "not read whole, \(name), "), "\(outcome.said)")
        #expect(lines.count { $0.hasPrefix("not read whole") } == 1, "\(outcome.said)")
        #expect(lines.allSatisfy { $0.count <= 100 && !$0.contains("…") }, "\(outcome.said)")
    }

    /// The states of all kinds, and why the last run was not whole.
    private static func states(_ desk: Desk, _ status: Int32, at time: String) async throws -> [String] {
        let all = try await desk.json(status, "sources", "--clock", time)
        return try #require(all.array).map {
            "\($0["source"]?.string ?? ""): \($0["state"]?.string ?? ""), \($0["failure"]?.string ?? "-")"
        }
    }

    @Test func `what brings nothing, and what breaks off behind its first part, is not fresh`() async throws {
        let half = Self.exec("cat many.jsonl; exit 3").replacing("source: probes", with: "source: half")
        let empty = Self.exec(":").replacing("source: probes", with: "source: empty")
        let desk = try await Self.desk(half + "---\n" + empty)
        // One more than stand in the first part, which fails in nothing.
        let many = (0...50_000).map { TinyProgram.probe("p-\($0)", at: "2025-01-01T00:00:00Z") }
        try desk.scratch.write("many.jsonl", many.joined())
        try await desk.expect(1, "collect", "--clock", "2025-01-01T00:30:00Z")
        let states = try await Self.states(desk, 1, at: "2025-01-01T00:31:00Z")
        #expect(states.count == 2 && states.allSatisfy { $0.contains(": never, ") }, "\(states)")
        #expect(states.contains { $0.hasPrefix("half: ") && $0.contains("exit code 3") }, "\(states)")
        #expect(states.contains { $0.hasPrefix("empty: never, coverage: ") }, "\(states)")
    }

    @Test func `a program that goes on to assert the same old stretch is silent`() async throws {
        let desk = try await Self.desk(Self.exec("cat day.jsonl"))
        try desk.scratch.write("day.jsonl", Self.day)
        try await desk.expect(0, "collect", "--clock", "2025-01-02T00:30:00Z")
        try await desk.expect(0, "collect", "--clock", "2025-01-05T00:30:00Z")
        let states = try await Self.states(desk, 1, at: "2025-01-05T00:31:00Z")
        #expect(
            states.count == 1 && states.first?.hasPrefix("probes: silent, coverage: ") == true, "\(states)")
    }

    @Test func `a file imported by hand makes no source fresh that is collected`() async throws {
        let desk = try await Self.desk(Self.exec("cat day.jsonl"))
        try desk.scratch.write("day.jsonl", Self.day)
        // While nothing was ever collected, files are all that there is to read.
        try await desk.expect(
            0, "import", "day.jsonl", "--source", "probes", "--clock", "2025-01-02T00:10:00Z")
        #expect(try await Self.states(desk, 0, at: "2025-01-02T00:20:00Z") == ["probes: fresh, -"])
        try desk.scratch.write("day.jsonl", Self.day.replacing("02T00:00", with: "02T00:20"))
        try await desk.expect(0, "collect", "--clock", "2025-01-02T00:30:00Z")
        let late = Self.day.replacing("2025-01-02", with: "2025-01-09").replacing(
            "2025-01-01", with: "2025-01-08")
        try desk.scratch.write("late.jsonl", late)
        try await desk.expect(
            0, "import", "late.jsonl", "--source", "probes", "--clock", "2025-01-09T00:30:00Z")
        let states = try await Self.states(desk, 1, at: "2025-01-09T00:31:00Z")
        #expect(states == ["probes: silent, -"])
        // Nor does it stand for the runs that were missed.
        let skipped = try await desk.json(1, "collect", "--skipped", "--clock", "2025-01-09T00:32:00Z")
        #expect(skipped.array?.first?["batches"]?.integer == 1)
    }

    @Test func `a watch on a simulated clock must have an end`() async throws {
        let desk = try Desk()
        let outcome = try await desk.expect(2, "collect", "--watch", "--clock", Self.start)
        #expect(outcome.says("--until"))
        try await desk.expect(2, "collect", "--until", Self.start)
    }

    @Test func `a date is its midnight for --until and --backfill too`() async throws {
        let desk = try await Self.desk(Self.exec("cat day.jsonl"))
        try desk.scratch.write("day.jsonl", Self.day)
        try await desk.expect(
            0, "collect", "--watch", "--clock", "2025-01-01T23:59:00Z", "--until", "2025-01-02")
        // Whether a source has a history to read is its own matter: the date was understood.
        let backfilled = try await desk.assay(
            "collect", "probes", "--backfill", "2024-12-01", "--clock", "2025-01-03T00:00:00Z")
        #expect(backfilled.status != 2, "\(backfilled.said)")
    }

    @Test(.enabled(if: Tool.path("systemd-analyze") != nil, "skipped: systemd-analyze is not installed"))
    func `systemd finds nothing wrong with the printed service, nor takes a path for anything else`()
        async throws
    {
        let desk = try Desk()
        // systemd would take these for a specifier and a variable.
        let folder = desk.scratch.path("100%d-$HOME")
        let unit = try await desk.expect(
            0, "source", "unit", "--user", "daemon", "--program", try Desk.path(of: "assay"), "--folder",
            folder)
        let path = try desk.scratch.write("assay-collect.service", unit.output)
        let outcome = try await Command(
            executable: "systemd-analyze", arguments: ["verify", path], folder: desk.scratch.path
        ).run()
        #expect(outcome.status == 0 && outcome.output.isEmpty && outcome.errors.isEmpty, "\(outcome)")
        #expect(unit.output.contains("ReadWritePaths=" + folder.replacing("%", with: "%%")))
        #expect(unit.says("--workspace", folder.replacing("%", with: "%%").replacing("$", with: "$$")))
        try await desk.expect(2, "source", "unit", "--folder", "/srv/a\"b")
    }

    @Test(.enabled(if: Tool.path("systemd-analyze") != nil, "skipped: systemd-analyze is not installed"))
    func `systemd finds nothing wrong with the printed alarm`() async throws {
        let desk = try Desk()
        let folder = desk.scratch.path("100%d-$HOME")
        let program = try Desk.path(of: "assay")
        var paths: [String] = []
        for name in ["assay-sources.service", "assay-sources.timer"] {
            let unit = try await desk.expect(
                0, "source", "unit", name, "--user", "daemon", "--program", program, "--folder", folder)
            paths.append(try desk.scratch.write(name, unit.output))
        }
        let outcome = try await Command(
            executable: "systemd-analyze", arguments: ["verify"] + paths, folder: desk.scratch.path
        ).run()
        #expect(outcome.status == 0 && outcome.output.isEmpty && outcome.errors.isEmpty, "\(outcome)")
        let service = String(decoding: try desk.scratch.read("assay-sources.service"), as: UTF8.self)
        #expect(service.contains(" sources --workspace ") && service.contains("#OnFailure="))
        let timer = String(decoding: try desk.scratch.read("assay-sources.timer"), as: UTF8.self)
        #expect(timer.contains("OnCalendar=") && timer.contains("Unit=assay-sources.service"))
        try await desk.expect(2, "source", "unit", "assay-other.service")
    }

    @Test(.enabled(if: Tool.path("systemd-analyze") != nil, "skipped: systemd-analyze is not installed"))
    func `systemd finds nothing wrong with the printed anchors`() async throws {
        let desk = try Desk()
        let folder = desk.scratch.path("100%d-$HOME")
        let program = try Desk.path(of: "assay")
        var paths: [String] = []
        for name in ["assay-anchor.service", "assay-anchor.timer"] {
            let unit = try await desk.expect(
                0, "source", "unit", name, "--user", "daemon", "--program", program, "--folder", folder)
            paths.append(try desk.scratch.write(name, unit.output))
        }
        let outcome = try await Command(
            executable: "systemd-analyze", arguments: ["verify"] + paths, folder: desk.scratch.path
        ).run()
        #expect(outcome.status == 0 && outcome.output.isEmpty && outcome.errors.isEmpty, "\(outcome)")
    }

    @Test func `the printed anchors are hourly and name each other, and the command is one`() async throws {
        let desk = try Desk()
        let service = try await desk.expect(0, "source", "unit", "assay-anchor.service")
        #expect(service.output.contains("\nExecStart=/usr/local/bin/assay log anchor --workspace /var/lib/"))
        #expect(service.output.contains("\nType=oneshot\n") && service.output.contains("\n#OnFailure=\n"))
        let timer = try await desk.expect(0, "source", "unit", "assay-anchor.timer")
        #expect(timer.output.contains("\nOnCalendar=hourly\n"))
        #expect(timer.output.contains("\nUnit=assay-anchor.service\n"))
        let alarm = try await desk.expect(0, "source", "unit", "assay-sources.timer")
        #expect(alarm.output.contains("\nUnit=assay-sources.service\n"))
    }

    @Test(.timeLimit(.minutes(10)), arguments: [false, true])
    func `whoever is told to end ends what it runs, and puts that on record`(_ isWatch: Bool) async throws {
        let slow = Self.exec("cat day.jsonl; echo $$ > pid; mv pid started; exec sleep 600").replacing(
            "every: 6h", with: "params: { timeout: 10m }\nevery: 6h")
        let next = Self.exec("touch asked").replacing("source: probes", with: "source: then")
        let desk = try await Self.desk(slow + "---\n" + next)
        try desk.scratch.write("day.jsonl", Self.day)
        let arguments = ["collect"] + (isWatch ? ["--watch"] : ["--clock", "2025-01-02T00:30:00Z"])
        let scratch = desk.scratch
        let outcome = try await desk.command("assay", arguments).runUntilTold { scratch.exists("started") }
        #expect(outcome.status == (isWatch ? 0 : 1), "\(outcome.said)")
        #expect(outcome.says("the collection was interrupted"), "\(outcome.said)")
        #expect(!desk.scratch.exists("asked"), "the next source is not begun any more")
        // A dead process that nobody has taken note of yet is still listed.
        let pid = String(decoding: try desk.scratch.read("started"), as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let state = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
        #expect(state == nil || state?.contains(") Z") == true)
        let sources = try await desk.expect(1, "sources")
        #expect(sources.says("not read whole, probes, uptime.probe", "the collection was interrupted"))
        try await desk.expect(0, "fsck")
    }

    @Test func `a second collector is refused while one runs`() async throws {
        let program = try Desk.path(of: "assay")
        // The source of the first starts the second: no sooner and no later can both be there.
        let desk = try await Self.desk(
            Self.exec(
                "\(program) collect --workspace workspace --clock \(Self.start) > second.txt 2>&1; echo $? > status; cat day.jsonl"
            ))
        try desk.scratch.write("day.jsonl", Self.day)
        try await desk.expect(0, "collect", "--clock", "2025-01-02T00:30:00Z")
        #expect(String(decoding: try desk.scratch.read("status"), as: UTF8.self) == "3\n")
        let said = String(decoding: try desk.scratch.read("second.txt"), as: UTF8.self)
        #expect(said.contains("collect.lock"), "\(said)")
        // The lock goes with its holder.
        try await desk.expect(0, "collect", "--clock", "2025-01-02T00:40:00Z")
    }
}
