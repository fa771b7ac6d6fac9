import Formats
import Testing

@testable import Programs

/// How long a program has records kept.
@Suite struct RetentionClassTests {
    private static let yaml = """
        retention: payroll
        kinds: [hr.employment, training.completion]
        years: 10
        basis: Contract with Northside, clause 9
        ---
        retention: training
        kinds: [training.completion]
        years: 8
        basis: Own rule

        """

    private func plan(_ yaml: String) throws -> RetentionPlan {
        let (program, findings) = Program.read([ProgramFile(path: "p.yaml", bytes: Array(yaml.utf8))])
        try #require(findings.isEmpty, "\(findings)")
        return RetentionPlan(program)
    }

    @Test func `the longest of law, classes and contracts counts`() throws {
        let classes = try plan(Self.yaml)
        #expect(classes.term(of: "hr.employment").years == 10)
        #expect(classes.term(of: "training.completion").basis == "payroll: Contract with Northside, clause 9")
        #expect(classes.term(of: "vcs.change").years == 6)
        #expect(classes.term(of: "vcs.change").basis == "45 CFR 164.316(b)(2)(i)")

        let others = try plan(Self.yaml + "---\nretention: all\nyears: 7\nbasis: Own rule\n")
        #expect(others.term(of: "vcs.change").years == 7 && others.term(of: "hr.employment").years == 10)

        let agreement = """
            ---
            agreement: northside
            title: Northside
            form: contract
            customer: Northside
            from: 2020-01-01
            terms: { retention_years: 9 }

            """
        let contract = try plan(Self.yaml + agreement)
        #expect(contract.term(of: "vcs.change").basis == "agreement northside")
        #expect(contract.term(of: "hr.employment").years == 10)
    }

    @Test(arguments: [
        ("retention: r\nyears: 5\nbasis: b\n", "p.yaml:2:8: \"years\" must be from 6 to 100"),
        ("retention: r\nyears: 101\nbasis: b\n", "p.yaml:2:8: \"years\" must be from 6 to 100"),
        ("retention: r\nkinds: []\nyears: 7\nbasis: b\n", "\"kinds\" names nothing"),
        ("retention: r\nyears: 7\n", "\"basis\""), ("retention: r\nbasis: b\n", "\"years\""),
    ])
    func `a class that cannot be is told`(_ yaml: String, _ said: String) {
        #expect(findings(in: yaml).contains { $0.contains(said) }, "\(findings(in: yaml))")
    }

    @Test func `a kind that does not exist is told`() throws {
        let said = try lint("retention: r\nkinds: [hr.employmnt]\nyears: 7\nbasis: b\n", rule: "unknown-kind")
        #expect(said.count == 1 && said[0].contains("hr.employmnt"), "\(said)")
    }
}
