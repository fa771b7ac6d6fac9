import Formats
import Programs
import Reports
import Testing

@testable import Workspaces

/// What a report tells of changes of the program within its period (DC 9).
@Suite struct ProgramChangesTests {
    private static let program =
        ScratchWorkspace.organization + """
            ---
            period: january
            from: 2026-01-01
            to: 2026-02-01

            """

    private static let control = """
        ---
        control: CHG-01
        title: Two people stand behind every deployment
        statement: Nobody approves a deployment alone.
        criteria: [CC8.1]
        owner: engineering
        frequency: event
        nature: automated

        """

    private static func test(_ require: String) -> String {
        "---\ntest: two-people\nkind: event\nof: deploy.run\nas: d\nrequire: \(require)\n"
    }

    /// A report in a workspace to which these programs were applied.
    private func report(
        _ kind: ReportKind, _ applied: [(date: String, documents: String)], zone: String = "UTC"
    ) throws -> ReportMaterial {
        let scratch = try ScratchWorkspace()
        let program = Self.program.replacing("zone: UTC", with: "zone: \(zone)")
        for (date, documents) in applied {
            let file = ProgramFile(path: "program.yaml", bytes: Array((program + documents).utf8))
            let clock = Clock.simulated(try #require(Instant("\(date)T00:00:00Z")))
            _ = try scratch.workspace.apply(try Program(reading: [file]), clock: clock)
        }
        return try scratch.workspace.report(
            ReportRequest(
                kind: kind, span: .named(nil), knownAt: nil, since: nil, includePersonal: false),
            clock: .simulated(try #require(Instant("2026-02-12T00:00:00Z"))))
    }

    /// The changes of a document after these programs, by day: `2026-01-10 removed []`.
    private func told(_ document: String, _ applied: [(date: String, documents: String)]) throws -> [String] {
        try report(.typeTwo, applied).changes.filter { $0.document == document }.map {
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

    @Test func `a backdated change is told, also where a later one took its place`() throws {
        let (one, other) = (Self.test("d.author != d.approver"), Self.test("d.service == 's'"))
        let applied: [(date: String, documents: String)] = [
            ("2026-01-01", one), ("2026-01-10", other + "effective: 2025-12-01\n"),
            ("2026-01-20", one + "effective: 2025-12-01\n"),
        ]
        #expect(
            try told("test two-people", applied) == [
                "2025-12-01 changed [\"effective\", \"require\"]", #"2025-12-01 changed ["require"]"#,
                "2026-01-01 added []",
            ])
        let page = Manuscript(try report(.typeTwo, applied)).markdown
        #expect(page.contains("| changed: effective, require; backdated | 2026-01-10 00:00Z |"), "\(page)")
    }

    @Test func `what is to count later is told when it is put on record`() throws {
        let later = Self.test("d.author != d.approver") + "effective: 2026-06-01\n"
        #expect(try told("test two-people", [("2026-01-05", later)]) == ["2026-06-01 added []"])
    }

    @Test func `a control is used as it stands, so its own date does not move its change`() throws {
        let control = Self.control
        let told = try told(
            "control CHG-01",
            [("2026-01-05", control), ("2026-01-10", control + "effective: 2025-12-01\n")])
        #expect(told == ["2026-01-05 added []", #"2026-01-10 changed ["effective"]"#])
    }

    @Test func `a control that was changed after the period is told, for it is used for all of it`() throws {
        let page = Manuscript(
            try report(
                .typeTwo,
                [
                    ("2026-01-01", Self.control),
                    ("2026-02-10", Self.control + "clinical: true\n"),
                    ("2026-02-11", ""),
                ])
        ).markdown
        let rows = page.split(separator: "\n").filter { $0.contains("Z | control CHG-01 |") }
        #expect(rows.count == 3, "\(rows.joined(separator: "\n"))")
        #expect(rows.contains { $0.contains("| added | 2026-01-01 00:00Z |") }, "\(rows)")
        #expect(
            rows.contains {
                $0.contains("| changed: clinical; used for the whole period | 2026-02-10 00:00Z |")
            }, "\(rows)")
        #expect(
            rows.contains { $0.contains("| removed; left out of the whole period | 2026-02-11 00:00Z |") },
            "\(rows)")
    }

    @Test func `a period that was changed after it, and an exclusion, are told`() throws {
        let exclusion = "---\nexclusion: A1.2\nreason: No availability is promised (synthetic).\n"
        let material = try report(
            .typeTwo,
            [
                ("2025-12-01", ""), ("2026-02-10", "tolerable: 40%\n"),
                ("2026-02-11", "tolerable: 40%\n" + exclusion),
            ])
        let told = material.changes.map { change in
            "\(change.document) \(change.nature.rawValue), \(change.reach)"
        }
        #expect(
            told.sorted() == [
                "exclusion A1.2 added, wholePeriod",
                "period january changed, wholePeriod",
            ])
    }

    @Test(arguments: ["2026-01-10", "2026-02-10"])
    func `a test that came later than the program counts from always, and that is told`(
        _ day: String
    ) throws {
        let applied: [(date: String, documents: String)] = [
            ("2025-12-01", ""), (day, Self.test("d.author != d.approver")),
        ]
        let page = Manuscript(try report(.typeTwo, applied)).markdown
        #expect(
            page.contains("| always | test two-people | added; counts from always | \(day) 00:00Z |"),
            "\(page)")
        #expect(!page.contains("What is backdated"))
    }

    @Test func `a bridge letter tells that a new test counts from always`() throws {
        let letter = Manuscript(
            try report(
                .bridgeLetter, [("2026-01-05", ""), ("2026-02-10", Self.test("d.author != d.approver"))])
        ).markdown
        #expect(
            letter.contains("test two-people added, counts from always (recorded 2026-02-10)"), "\(letter)")
    }

    @Test func `a change that was backdated from after the period to before it is told`() throws {
        let (one, other) = (Self.test("d.author != d.approver"), Self.test("d.service == 's'"))
        let applied: [(date: String, documents: String)] = [
            ("2025-11-01", one), ("2026-02-10", other + "effective: 2025-12-01\n"),
        ]
        #expect(
            try told("test two-people", applied) == [#"2025-12-01 changed ["effective", "require"]"#])
    }

    @Test func `a bridge letter tells of a change that was backdated into the period`() throws {
        let (one, other) = (Self.test("d.author != d.approver"), Self.test("d.service == 's'"))
        let letter = Manuscript(
            try report(
                .bridgeLetter, [("2026-01-05", one), ("2026-02-10", other + "effective: 2026-01-05\n")])
        ).markdown
        #expect(
            letter.contains(
                "test two-people changed, in force from 2026-01-05 (backdated: recorded 2026-02-10)"),
            "\(letter)")
    }

    @Test func `a bridge letter tells days where the organization is`() throws {
        let one = Self.test("d.author != d.approver")
        let letter = Manuscript(
            try report(
                .bridgeLetter, [("2026-01-05", one), ("2026-02-10", "")], zone: "America/New_York")
        ).markdown
        #expect(letter.contains("test two-people removed 2026-02-09"), "\(letter)")
    }
}
