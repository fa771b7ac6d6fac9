import Catalog
import Formats
import Testing

@testable import Programs

@Suite struct RegisterLintTests {
    private static let control = "title: T\nstatement: S\nowner: o\nfrequency: event\nnature: automated\n"
    private static let test = "test: t\nkind: state\nof: idp.account\nrequire: a.mfa\n---\n"

    @Test(arguments: [
        ("owner-missing", "policy: p\ntitle: P\n", "nobody answers for policy p"),
        ("owner-missing", "team: t\ntitle: T\n", "nobody leads team t"),
        (
            "owner-unknown",
            "person: p-1\nname: A\n---\nrisk: r\ntitle: R\nlikelihood: 1\nimpact: 1\nowner: ghost\n",
            "p.yaml:8:8: warning: risk r is owned by \"ghost\""
        ),
        (
            "owner-gone", "person: p-1\nname: A\nto: 2026-01-01\n---\nasset: a\ntitle: A\nowner: p-1\n",
            "owned by p-1, who left on 2026-01-01"
        ),
        ("policy-never-reviewed", "policy: p\ntitle: P\nowner: o\n", "policy p has no date of review"),
        (
            "policy-stale", "policy: p\ntitle: P\nowner: o\nreviewed: 2025-01-01\n",
            "policy p was reviewed on 2025-01-01, more than 365 days before 2026-06-01"
        ),
        (
            "policy-stale", "procedure: p\ntitle: P\nowner: o\nreviewed: 2026-05-01\nreview_every: 30d\n",
            "more than 30 days before"
        ),
        ("unused-policy", "policy: p\ntitle: P\n", "no control carries out the policy p"),
        (
            "control-undocumented", "control: A-1\n\(control)",
            "note: the control A-1 lacks a policy, a procedure, a configuration standard, evidence of operation"
        ),
        (
            "control-undocumented", "control: A-1\n\(control)procedure: q\n---\nprocedure: q\ntitle: Q\n",
            "warning: the control A-1 lacks a policy, a configuration standard"
        ),
        (
            "specification-uncovered", "control: A-1\n\(control)hipaa: [\"164.312(b)\"]\n",
            "no control cites 164.308(a)(1)(ii)(A)"
        ),
        (
            "specification-untested", "control: A-1\n\(control)hipaa: [\"164.312(b)\"]\n",
            "no control with a test cites 164.312(b);"
        ),
        (
            "untested-criteria", "control: A-1\n\(control)criteria: [CC6.1]\n",
            "only controls without tests serve these criteria: CC6.1;"
        ),
        (
            "addressable-undecided", "control: A-1\n\(control)hipaa: [\"164.312(b)\"]\n", "164.312(a)(2)(iii)"
        ),
        (
            "unknown-citation", "control: A-1\n\(control)hipaa: [\"164.308(a)(9)\"]\n",
            "the Security Rule has no standard or specification 164.308(a)(9)"
        ),
        (
            "decision-not-addressable",
            "decision: d\nspecification: \"164.312(b)\"\nchoice: neither\nreason: r\napprover: a\ndecided: 2026-01-01\n",
            "164.312(b) is not addressable"
        ),
        (
            "decision-unsupported",
            "decision: d\nspecification: \"164.312(a)(2)(iii)\"\nchoice: implemented\nreason: r\napprover: a\ndecided: 2026-01-01\n",
            "said to be implemented, and no control does so"
        ),
        (
            "decision-contradicted",
            "control: A-1\n\(control)hipaa: [\"164.312(a)(2)(iii)\"]\n---\ndecision: d\nspecification: \"164.312(a)(2)(iii)\"\nchoice: neither\nreason: r\napprover: a\ndecided: 2026-01-01\n",
            "yet a control cites it"
        ),
        (
            "decision-stale",
            "decision: d\nspecification: \"164.312(a)(2)(iii)\"\nchoice: neither\nreason: r\napprover: a\ndecided: 2025-01-01\nreview: 2026-01-01\n",
            "was to be looked at again on 2026-01-01"
        ),
        (
            "risk-untreated", "risk: r\ntitle: R\nlikelihood: 5\nimpact: 5\nowner: o\n",
            "the high risk r (5 × 5)"
        ),
        (
            "risk-overdue", "risk: r\ntitle: R\nlikelihood: 1\nimpact: 1\nowner: o\ndue: 2026-01-01\n",
            "was due on 2026-01-01"
        ),
        (
            "risk-fraud-missing", "risk: r\ntitle: R\nlikelihood: 1\nimpact: 1\n",
            "none of the 1 risks is about fraud"
        ),
        (
            "cuec-uncovered", "vendor: v\ntitle: V\n---\ncuec: c\nstatement: S\nvendor: v\n",
            "lacks a control of ours that does what the vendor expects"
        ),
        (
            "cuec-uncovered", "cuec: c\nstatement: S\n",
            "lacks criteria, an instruction to customers, a control"
        ),
        (
            "csoc-uncovered", "vendor: v\ntitle: V\nmethod: carve-out\ncriteria: [CC6.4]\n",
            "v is carved out, and no CSOC says what it does for CC6.4"
        ),
        (
            "csoc-not-effective",
            "vendor: v\ntitle: V\n---\ncsoc: c\nstatement: S\nvendor: v\nresult: exceptions\n",
            "shows exceptions in the CSOC c"
        ),
        ("vendor-report-missing", "vendor: v\ntitle: V\nmethod: inclusive\n", "without a report on record"),
        (
            "vendor-report-gap",
            "vendor: v\ntitle: V\nmethod: inclusive\nreport: { form: soc2-type-2, to: 2026-01-01, bridge: 2026-03-31 }\n",
            "62 days until 2026-06-01 are not covered"
        ),
        (
            "vendor-report-gap",
            "vendor: v\ntitle: V\nmethod: inclusive\nreport: { form: soc2-type-2, to: 2026-03-31, bridge: 2026-07-01 }\n",
            "spans more than three months"
        ),
        ("commitment-unkept", "commitment: c\nstatement: S\n", "the commitment c has no metric"),
        ("register-never-reviewed", "commitment: c\nstatement: S\n", "commitment c has no date of review"),
        (
            "wording-misleading", "system: s\ntitle: S\ndescription: We are SOC 2 compliant.\n",
            "nobody is \"SOC 2 compliant\""
        ),
        ("unknown-vendor", "csoc: c\nstatement: S\nvendor: v\n", "p.yaml:3:9: there is no vendor \"v\""),
        ("unknown-person", "team: t\ntitle: T\nlead: p-1\n", "p.yaml:3:7: there is no person \"p-1\""),
        (
            "empty-interval",
            "agreement: a\ntitle: A\nform: nda\ncustomer: B\nfrom: 2026-02-01\nto: 2026-01-01\n",
            "not after its start"
        ),
    ])
    func `a rule finds its mistake`(rule: String, yaml: String, expected: String) throws {
        let found = try check(yaml).filter { $0.rule == rule }.map(\.description)
        #expect(found.contains { $0.contains(expected) }, "\(found)")
    }

    @Test func `a program without HIPAA is not asked about it`() throws {
        let rules = Set(try check("control: A-1\n\(Self.control)").map(\.rule))
        #expect(!rules.contains("specification-uncovered") && !rules.contains("addressable-undecided"))
    }

    @Test func `without a date of today nothing is stale`() throws {
        let program = try Program(reading: Sample.files)
        let later = try program.lint(
            kinds: .builtin(), criteria: .builtin(), hipaa: .builtin(), on: CalendarDate("2030-01-01"))
        let timeless = try program.lint(kinds: .builtin(), criteria: .builtin(), hipaa: .builtin())
        #expect(
            later.contains { $0.rule == "policy-stale" }
                && later.contains { $0.rule == "owner-gone" } == false)
        #expect(!timeless.contains { $0.rule.hasSuffix("-stale") })
    }

    private func check(_ yaml: String) throws -> [Finding] {
        let (program, findings) = Program.read([ProgramFile(path: "p.yaml", bytes: Array(yaml.utf8))])
        try #require(findings.isEmpty, "\(findings)")
        return try program.lint(
            kinds: .builtin(), criteria: .builtin(), hipaa: .builtin(), on: CalendarDate("2026-06-01"))
    }
}
