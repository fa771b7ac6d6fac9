import Formats
import Testing

/// Programs that are not fit to be applied.
@Suite struct ProgramFaultTests {
    /// What is wrong, the program that has it, and what the message must tell: place, cause and remedy.
    struct Fault: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let file: String
        let words: [String]

        init(_ name: String, _ documents: [String], _ words: String...) {
            testDescription = name
            file = documents.joined(separator: "---\n")
            self.words = words
        }
    }

    private static let head = [TinyProgram.organization(), TinyProgram.system]

    static let faults = [
        Fault(
            "unknown key",
            head + [
                TinyProgram.control().replacing("owner:", with: "onwer:"), TinyProgram.test(),
                TinyProgram.period,
            ],
            "faulty/all.yaml:14:1", "onwer", "did you mean \"owner\"?"),
        Fault(
            "dangling reference",
            head + [TinyProgram.control(tests: "portal-upp"), TinyProgram.test(), TinyProgram.period],
            "faulty/all.yaml:17:9", "portal-upp", "did you mean \"portal-up\"?"),
        Fault(
            "expression that ends too early",
            head + [TinyProgram.control(), TinyProgram.test(require: "p.up && ("), TinyProgram.period],
            "faulty/all.yaml:23:19", "expression"),
        Fault(
            "expression over a field that the kind has not",
            head + [TinyProgram.control(), TinyProgram.test(require: "p.upp"), TinyProgram.period],
            "faulty/all.yaml:23:12", "upp", "did you mean \"up\"?"),
        Fault(
            "two documents of one id",
            head + [TinyProgram.control(), TinyProgram.test(), TinyProgram.test(), TinyProgram.period],
            "faulty/all.yaml:25:1", "portal-up", "faulty/all.yaml:19:1", "rename or remove"),
        Fault(
            "no organization", [TinyProgram.system, TinyProgram.control(), TinyProgram.test()],
            "faulty/all.yaml:1:1", "organization", "domain"),
        Fault("not YAML", head + ["control: [\n"], "faulty/all.yaml:"),
    ]

    @Test(arguments: faults)
    func `a program with a fault is refused with place and remedy`(_ fault: Fault) async throws {
        let desk = try await Desk.tiny()
        try desk.scratch.write("faulty/all.yaml", fault.file)
        try await desk.leavesRecordAlone {
            for command in [["check", "faulty"], ["apply", "faulty"], ["apply", "faulty", "--dry-run"]] {
                let outcome = try await desk.command("assay", command).run()
                #expect(outcome.status == 1, "\(outcome.said)")
                for word in fault.words { #expect(outcome.said.contains(word), "\(outcome.said)") }
            }
        }
        let findings = try await desk.json(1, "check", "faulty")
        #expect(findings["findings"]?.array?.contains { $0["severity"]?.string == "error" } == true)
    }

    @Test func `a faulty program makes no workspace`() async throws {
        let desk = try Desk()
        try desk.scratch.write("program/all.yaml", TinyProgram.system)
        try await desk.expect(1, "apply", "program")
        #expect(!desk.scratch.exists("workspace"))
        #expect(try await desk.expect(3, "apply", "elsewhere").says("elsewhere", "assay init"))
        #expect(!desk.scratch.exists("workspace"))
    }

    @Test(arguments: [nil, "# nothing yet\n"])
    func `a folder without a program is named, and how to make one is told`(_ file: String?) async throws {
        let desk = try Desk()
        try desk.scratch.write("bare/notes.txt", "none of the program")
        if let file { try desk.scratch.write("bare/all.yaml", file) }
        for command in ["check", "apply"] {
            let outcome = try await desk.expect(3, command, "bare")
            #expect(outcome.says("bare: no document of a program", "assay init bare"), "\(outcome.said)")
            #expect(!outcome.says("(stored)"))
        }
        #expect(!desk.scratch.exists("workspace"))
    }

    @Test func `a workspace takes no other organization's program`() async throws {
        let desk = try await Desk.tiny()
        try desk.scratch.write(
            "other/all.yaml", TinyProgram.complete().replacing("tiny.example", with: "other.example"))
        try await desk.leavesRecordAlone {
            let refused = try await desk.expect(3, "apply", "other")
            #expect(refused.says("tiny.example", "other.example", "--workspace"))
        }
    }

    @Test func `a clock set by hand is refused outside synthetic workspaces`() async throws {
        let desk = try Desk()
        try desk.scratch.write("program/all.yaml", TinyProgram.complete())
        try desk.scratch.write("facts.jsonl", TinyProgram.facts)
        let clock = "2025-02-01T00:00:00Z"
        let new = try await desk.expect(3, "apply", "program", "--clock", clock)
        #expect(new.says("--clock", "synthetic") && !desk.scratch.exists("workspace"))
        try await desk.expect(0, "apply", "program")
        try await desk.leavesRecordAlone {
            for command in [
                ["apply", "program"], ["import", "facts.jsonl"], ["collect"],
                ["package", "--out", "p.assay"],
                ["erase", "uptime.probe", "p-1", "--by", "officer", "--reason", "request", "--basis", "law"],
                ["hold", "place", "case-1", "--by", "counsel", "--reason", "dispute"],
                ["log", "rotate", "--reason", "yearly change"], ["log", "recover", "--reason", "disk lost"],
                ["log", "anchor"],
            ] {
                let outcome = try await desk.command("assay", command + ["--clock", clock]).run()
                #expect(outcome.status == 3 && outcome.says("--clock", "synthetic"), "\(outcome.said)")
            }
        }
    }
}
