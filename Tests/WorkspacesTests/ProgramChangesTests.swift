import Formats
import Programs
import Reports
import Testing

@testable import Workspaces

/// What a report tells of changes of the program within its period (DC 9).
@Suite struct ProgramChangesTests {
    private static let program = """
        organization: example
        name: Example (synthetic data)
        domain: example.test
        synthetic: true
        zone: UTC
        ---
        period: january
        from: 2026-01-01
        to: 2026-02-01

        """

    private static func test(_ require: String) -> String {
        "---\ntest: two-people\nkind: event\nof: deploy.run\nas: d\nrequire: \(require)\n"
    }

    /// The changes of a document after these programs, by day: `2026-01-10 removed []`.
    private func told(_ document: String, _ applied: [(date: String, documents: String)]) throws -> [String] {
        let scratch = try ScratchWorkspace()
        for (date, documents) in applied {
            let file = ProgramFile(path: "program.yaml", bytes: Array((Self.program + documents).utf8))
            let clock = Clock.simulated(try #require(Instant("\(date)T00:00:00Z")))
            _ = try scratch.workspace.apply(try Program(reading: [file]), clock: clock)
        }
        let report = try scratch.workspace.report(
            ReportRequest(
                kind: .typeTwo, span: .named(nil), knownAt: nil, since: nil, includePersonal: false),
            clock: .simulated(try #require(Instant("2026-02-12T00:00:00Z"))))
        return report.changes.filter { $0.document == document }.map {
            "\($0.at.description.prefix(10)) \($0.nature.rawValue) \($0.keys)"
        }
    }

    @Test func `a removal that was undone later is told, and so is the return`() throws {
        let (one, other) = (Self.test("d.author != d.approver"), Self.test("d.service == 's'"))
        let told = try told(
            "test two-people",
            [
                ("2026-01-01", one), ("2026-01-05", ""), ("2026-01-10", other), ("2026-01-15", ""),
                ("2026-01-20", other), ("2026-01-25", one), ("2026-01-30", ""),
            ])
        #expect(
            told == [
                "2026-01-01 added []", "2026-01-05 removed []", #"2026-01-10 added ["require"]"#,
                "2026-01-15 removed []", "2026-01-20 added []", #"2026-01-25 changed ["require"]"#,
                "2026-01-30 removed []",
            ])
    }
}
