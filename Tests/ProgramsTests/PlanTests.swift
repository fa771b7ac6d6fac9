import Testing

@testable import Programs

@Suite struct PlanTests {
    private func program(_ yaml: String) throws -> Program {
        try Program(reading: [ProgramFile(path: "p.yaml", bytes: Array(yaml.utf8))])
    }

    @Test func `a plan tells what comes, changes and goes`() throws {
        let old = try program(
            """
            test: mfa
            kind: state
            of: idp.account
            require: a.mfa
            params: { grace: 1h }
            ---
            exclusion: CC6.4
            reason: none
            ---
            exclusion: CC6.5
            reason: same
            """)
        let new = try program(
            """
            exclusion: CC6.5
            reason:   "same"
            ---
            test: mfa
            kind: state
            of: idp.account
            require: a.mfa && a.enabled
            ---
            period: p1
            from: 2026-01-01
            to: 2026-02-01
            """)
        let plan = ProgramPlan(from: old, to: new)
        #expect(plan.lines == ["~ test mfa (params.grace, require)", "+ period p1", "- exclusion CC6.4"])
        #expect(plan.description == plan.lines.joined(separator: "\n"))
        #expect(!plan.isEmpty)
        #expect(ProgramPlan(from: new, to: old).lines.first == "~ test mfa (params.grace, require)")
    }

    @Test func `layout and spelled-out defaults are no change`() throws {
        let old = try program("period: p1\nfrom: 2026-01-01\nto: 2026-02-01\n")
        let new = try program(
            "# x\nperiod: p1\nto: '2026-02-01'\nfrom: 2026-01-01\ntolerable: 5.0%\ncoverage: 95%\n")
        #expect(ProgramPlan(from: old, to: new).isEmpty)
        #expect(ProgramPlan(from: Program(), to: old).lines == ["+ period p1"])
    }
}
