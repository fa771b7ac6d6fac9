import Catalog
import Formats
import Testing

@testable import Programs

/// Sources that a program says were given up.
@Suite struct RetirementTests {
    @Test func `a retirement keeps its source, date, kinds and reason`() throws {
        let retirement = try #require(try Sample.program().retirements.first)
        let start = try #require(CalendarDate("2026-02-01"))
        #expect(retirement.id == "old-directory" && retirement.from == .date(start))
        #expect(retirement.kinds?.map(\.value) == ["idp.account", "lab.sample"])
        #expect(retirement.reason == "Replaced by the new one.")
    }

    @Test(arguments: [
        ("retirement: r\nreason: x\n", "a retirement needs the key \"from\""),
        ("retirement: r\nfrom: 2026-01-01\n", "a retirement needs the key \"reason\""),
        ("retirement: r\nfrom: soon\nreason: x\n", "p.yaml:2:7: \"from\" must be a date"),
        ("retirement: r\nfrom: 2026-01-01\nkinds: []\nreason: x\n", "\"kinds\" names nothing"),
        ("retirement: r\nsource: ''\nfrom: 2026-01-01\nreason: x\n", "must be a text that is not empty"),
        ("retirement: Old_Tracker\nfrom: 2026-01-01\nreason: x\n", "write old-tracker"),
    ])
    func `a retirement that cannot be is told`(_ yaml: String, _ said: String) {
        let found = findings(in: yaml)
        #expect(found.count == 1 && found[0].contains(said), "\(found)")
    }

    @Test func `a source whose name is no id is named beside it`() throws {
        let yaml = "retirement: scans\nsource: 'trivy:registry/app'\nfrom: 2026-01-01\nreason: x\n"
        let program = try Program(reading: [ProgramFile(path: "p.yaml", bytes: Array(yaml.utf8))])
        #expect(program.retirements.map(\.source) == ["trivy:registry/app"])
        #expect(try Sample.program().retirements.first?.source == "old-directory")
    }

    @Test func `a source that no document names may be given up, a kind that does not exist may not`() throws
    {
        #expect(try lint("retirement: r\nfrom: 2026-01-01\nreason: x\n", rule: "unknown-source").isEmpty)
        let yaml = "retirement: r\nfrom: 2026-01-01\nkinds: [idp.acount]\nreason: x\n"
        let said = try lint(yaml, rule: "unknown-kind")
        #expect(said.count == 1 && said[0].contains("idp.account"), "\(said)")
    }

    @Test(arguments: [
        ("kinds: [idp.account]", "2026-03-01", true), ("kinds: [idp.account]", "2026-01-31", false),
        ("kinds: [hr.employment]", "2026-03-01", false), ("", "2026-03-01", true),
    ])
    func `a source that is given up and still collected is told`(
        _ kinds: String, _ today: String, _ isTold: Bool
    ) throws {
        let yaml = """
            source: directory
            connector: file
            params: { path: accounts.jsonl }
            kinds: [idp.account]
            ---
            retirement: directory
            from: 2026-02-01
            reason: Replaced.
            \(kinds)

            """
        let program = try Program(reading: [ProgramFile(path: "p.yaml", bytes: Array(yaml.utf8))])
        let found = try program.lint(kinds: .builtin(), criteria: .builtin(), on: CalendarDate(today))
            .filter { $0.rule == "retired-source-collected" }
        #expect(found.map(\.place.line) == (isTold ? [6] : []))
    }

    @Test func `a plan tells what is given up`() throws {
        let program = try Sample.program()
        let before = Program(program.documents.filter { $0.type != .retirement })
        #expect(ProgramPlan(from: before, to: program).lines == ["+ retirement old-directory"])
    }
}
