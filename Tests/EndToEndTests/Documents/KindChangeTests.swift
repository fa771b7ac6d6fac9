import Formats
import Foundation
import Testing

/// What was recorded stays what it was, whatever becomes of the kind that it was recorded under.
@Suite struct KindChangeTests {
    private static func kind(_ fields: String...) -> String {
        """
        kind: lab.run
        title: A run
        mode: event
        fields:
        \(fields.map { "  \($0)\n" }.joined())
        """
    }

    private static func test(_ field: String) -> String {
        """
        test: runs
        title: No run broke
        kind: event
        of: lab.run
        require: "!has(r.\(field))"

        """
    }

    private static let broken = "broken_at: timestamp"
    private static let person = "operator: { type: string, personal: true }"

    /// Made-up runs; the second one broke, and is named as its operator is.
    private static let facts = """
        {"kind":"lab.run","id":"r-1","at":"2025-01-02T00:00:00Z","value":{"operator":"u-7"}}
        {"kind":"lab.run","id":"u-8","at":"2025-01-03T00:00:00Z","value":{"broken_at":"2025-01-03T00:00:00Z","operator":"u-8"}}
        {"coverage":"lab.run","from":"2025-01-01T00:00:00Z","to":"2025-02-01T00:00:00Z"}

        """

    /// A workspace in which one of two runs is an exception.
    private static func desk() async throws -> Desk {
        let desk = try Desk()
        try desk.scratch.write(
            "program/all.yaml",
            TinyProgram.file(
                TinyProgram.organization(), TinyProgram.system, TinyProgram.control(tests: "runs"),
                TinyProgram.period))
        try desk.scratch.write("program/kind.yaml", kind(broken, person))
        try desk.scratch.write("program/test.yaml", test("broken_at"))
        try await desk.expect(0, "apply", "program")
        try await desk.expect(0, "import", "-", input: facts)
        try await desk.expect(1, "assess")
        return desk
    }

    @Test func `a field that is renamed after a period stays in what was recorded before`() async throws {
        let desk = try await Self.desk()
        try desk.scratch.write("program/kind.yaml", Self.kind("failed_at: timestamp", Self.person))
        try desk.scratch.write("program/test.yaml", Self.test("failed_at"))
        try await desk.expect(0, "apply", "program")
        let assessed = try await desk.expect(1, "assess")
        #expect(assessed.says("assay explain runs u-8"), "\(assessed.said)")
        // From the payloads as from the columns, and for who holds nothing but the package.
        let explained = try await desk.expect(0, "explain", "runs", "u-8")
        #expect(explained.says("exception"), "\(explained.said)")
        try await desk.expect(0, "package", "--out", "a.assay", "--include", "personal", "--report")
        try await desk.expect(0, "verify", "a.assay")
        let again = try await desk.expect(0, "reperform", "a.assay")
        #expect(again.says("report.html: made again, and the same"), "\(again.said)")
        try await desk.expect(0, "fsck")
    }

    @Test func `a kind that is taken out keeps its exceptions`() async throws {
        let desk = try await Self.desk()
        try desk.scratch.write("program/kind.yaml", "")
        try desk.scratch.write("program/test.yaml", TinyProgram.test("runs"))
        try await desk.expect(0, "apply", "program")
        let assessed = try await desk.expect(1, "assess")
        #expect(assessed.says("assay explain runs u-8"), "\(assessed.said)")
        let explained = try await desk.expect(0, "explain", "runs", "u-8")
        #expect(explained.says("operator = withheld (personal)"), "\(explained.said)")
        try await desk.expect(0, "package", "--out", "a.assay", "--include", "personal")
        try await desk.expect(0, "reperform", "a.assay")
    }

    @Test func `what is on record keeps the mode of its kind and the types of its fields`() async throws {
        let desk = try await Self.desk()
        let kind = Self.kind("broken_at: string", Self.person)
        try desk.scratch.write("program/kind.yaml", kind)
        try await desk.leavesRecordAlone {
            for mode in [["--dry-run"], []] {
                let refused = try await desk.command("assay", ["apply", "program"] + mode).run()
                #expect(refused.status == 1, "\(refused.said)")
                #expect(
                    refused.says(
                        "program/kind.yaml:1:1:", "\"broken_at\" is of the type timestamp, not string",
                        "choose a new id, or a new name for the field", "nothing was applied"),
                    "\(refused.said)")
            }
            try desk.scratch.write(
                "program/kind.yaml",
                Self.kind(Self.broken, Self.person).replacing("mode: event", with: "mode: state"))
            try desk.scratch.write("program/test.yaml", TinyProgram.test("runs"))
            let refused = try await desk.expect(1, "apply", "program")
            #expect(refused.says("with the mode event, not state; choose a new id"), "\(refused.said)")
        }
        // A field that was given up is on record still.
        try desk.scratch.write("program/kind.yaml", Self.kind("label: string"))
        try await desk.expect(0, "apply", "program")
        try desk.scratch.write("program/kind.yaml", Self.kind("label: string", "broken_at: bool"))
        try await desk.expect(1, "apply", "program")
        try desk.scratch.write("program/kind.yaml", Self.kind("label: string", Self.broken))
        try await desk.expect(0, "apply", "program")
        // No fact tells this field, but those of its kind could.
        try desk.scratch.write("program/kind.yaml", Self.kind("label: int", Self.broken))
        try await desk.expect(1, "apply", "program")
    }

    @Test func `a report says which kinds changed in the period`() async throws {
        let desk = try Desk()
        try desk.scratch.write(
            "program/all.yaml",
            TinyProgram.file(
                TinyProgram.organization(synthetic: true), TinyProgram.system,
                TinyProgram.control(tests: "runs"), TinyProgram.period, Self.test("broken_at")))
        try desk.scratch.write("program/kind.yaml", Self.kind(Self.broken, Self.person))
        try await desk.expect(0, "apply", "program", "--clock", "2024-12-01T00:00:00Z")
        try desk.scratch.write("program/kind.yaml", Self.kind(Self.broken, "label: string"))
        try await desk.expect(0, "apply", "program", "--clock", "2025-01-10T00:00:00Z")
        let report = try await desk.expect(0, "report", "type-2", "--output", "md")
        #expect(
            report.output.contains("| 2025-01-10 00:00Z | kind lab.run | changed: fields |"),
            "\(report.said)")
    }

    @Test func `a kind that was only looked at keeps its mode, not the types of its fields`() async throws {
        let desk = try Desk()
        try desk.scratch.write(
            "program/all.yaml",
            TinyProgram.file(TinyProgram.organization(), Self.kind(Self.broken), TinyProgram.period))
        try await desk.expect(0, "apply", "program")
        // That it was looked at is no fact, but of states it says something else than of events.
        let coverage = try #require(Self.facts.split(separator: "\n").last)
        try await desk.expect(0, "import", "-", input: String(coverage) + "\n")
        let other = TinyProgram.file(
            TinyProgram.organization(), Self.kind("broken_at: string"), TinyProgram.period)
        try desk.scratch.write("program/all.yaml", other.replacing("mode: event", with: "mode: state"))
        let refused = try await desk.expect(1, "apply", "program")
        #expect(
            refused.says("lab.run is on record with the mode event, not state; choose a new id"),
            "\(refused.said)")
        try desk.scratch.write("program/all.yaml", other)
        try await desk.expect(0, "apply", "program")
    }

    @Test func `who looks back sees nothing that has been marked since`() async throws {
        let desk = try Desk()
        try desk.scratch.write(
            "program/all.yaml",
            TinyProgram.file(
                TinyProgram.organization(), TinyProgram.system, TinyProgram.control(tests: "runs"),
                TinyProgram.period,
                Self.test("broken_at").replacing(
                    "!has(r.broken_at)", with: "!has(r.broken_at) && has(r.operator)")))
        try desk.scratch.write("program/kind.yaml", Self.kind(Self.broken, "operator: string"))
        try await desk.expect(0, "apply", "program")
        try await desk.expect(0, "import", "-", input: Self.facts)
        let then = Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1e6)).description
        try desk.scratch.write("program/kind.yaml", Self.kind(Self.broken, Self.person))
        try await desk.expect(0, "apply", "program")

        let sample = try await desk.expect(
            0, "sample", "runs", "--seed", "s", "--size", "2", "--format", "json", "--known-at", then)
        #expect(sample.output.contains("r-1") && !sample.output.contains("u-7"), "\(sample.said)")
        let script = try await desk.expect(3, "explain", "runs", "--sql", "--known-at", then)
        #expect(script.says("reads lab.run.operator, which is personal"), "\(script.said)")
        let report = try await desk.expect(0, "report", "type-2", "--output", "md", "--known-at", then)
        #expect(report.says("E-runs-1<br>withheld 1") && !report.output.contains("u-8"), "\(report.said)")

        // A packaged report is written by the marks of its log, also where the assessment knew less.
        try await desk.expect(1, "assess", "--known-at", then)
        try await desk.expect(0, "package", "--out", "b.assay", "--report")
        let packaged = try Forgery(try SealedBytes(desk, "b.assay")).files["report.html"]
        let page = String(decoding: try #require(packaged), as: UTF8.self)
        #expect(page.contains("withheld 1") && !page.contains("u-8"))
        try await desk.expect(0, "package", "--out", "a.assay", "--profile", "auditor", "--report")
        let again = try await desk.expect(0, "reperform", "a.assay")
        #expect(again.says("report.html: made again, and the same"), "\(again.said)")
    }

    @Test(arguments: ["label: string", "operator: string"])
    func `what was personal is withheld when its field, or its mark, is taken out`(
        _ field: String
    ) async throws {
        let desk = try await Self.desk()
        try desk.scratch.write("program/kind.yaml", Self.kind(Self.broken, field))
        try await desk.expect(0, "apply", "program")
        let explained = try await desk.expect(0, "explain", "runs", "u-8")
        #expect(explained.says("operator = withheld (personal)"), "\(explained.said)")
        let report = try await desk.expect(0, "report", "type-2", "--output", "md")
        #expect(report.says("E-runs-1<br>withheld 1"), "\(report.said)")
        #expect(!report.output.contains("u-8"), "\(report.said)")
        try await desk.expect(1, "assess")
    }
}
