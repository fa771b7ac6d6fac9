import Catalog
import Formats
import Testing

@testable import Programs

@Suite struct LintTests {
    private static let organization = "organization: o\nname: O\ndomain: o.example\n---\n"

    private static func control(_ more: String) -> String {
        "control: A-1\ntitle: T\nstatement: S\nowner: o\nfrequency: daily\nnature: manual\n" + more
    }

    @Test(arguments: [
        (
            control("tests: [mfaa]\n---\ntest: mfa\nkind: state\nof: idp.account\nrequire: a.mfa\n"),
            "unknown-test", "p.yaml:7:9: there is no test \"mfaa\"; did you mean \"mfa\"? [unknown-test]"
        ),
        (
            control("criteria: [CC6.1, CC6]\n"), "unknown-criterion",
            join(
                "p.yaml:7:19: TSP100-2017-PoF2022 has no criterion \"CC6\"; that is a series; name its criteria: CC6.1, ",
                "CC6.2, CC6.3, CC6.4, CC6.5, CC6.6, CC6.7, CC6.8 [unknown-criterion]")
        ),
        (
            control("policy: access\n"), "unknown-policy",
            "p.yaml:7:9: there is no policy \"access\"; write one, or remove the reference [unknown-policy]"
        ),
        (
            "waiver: w\ntest: mfa\nfrom: 2026-01-01\nto: 2026-02-01\napproved: 2026-01-01T00:00:00Z\napprover: a\nreason: r\n",
            "unknown-test",
            "p.yaml:2:7: there is no test \"mfa\"; write one, or remove the reference [unknown-test]"
        ),
        (
            "test: t\nkind: state\nof: idp.acount\nrequire: a.mfa\n", "unknown-kind",
            "p.yaml:3:5: there is no kind \"idp.acount\"; did you mean \"idp.account\"? [unknown-kind]"
        ),
        (
            "source: s\nconnector: git\nkinds: [vcs.changes]\n", "unknown-kind",
            "p.yaml:3:9: there is no kind \"vcs.changes\"; did you mean \"vcs.change\"? [unknown-kind]"
        ),
        (
            "exclusion: CC99.1\nreason: r\n", "unknown-criterion",
            "p.yaml:1:1: TSP100-2017-PoF2022 has no criterion \"CC99.1\"; did you mean \"CC9.1\"? [unknown-criterion]"
        ),
        (
            "kind: idp.account\ntitle: A\nmode: state\nfields: { a: string }\n", "kind-taken",
            join(
                "p.yaml:1:1: the kind idp.account comes with the program; choose another id, such as own.idp.account ",
                "[kind-taken]")
        ),
        (
            "exclusion: CC6.4\nreason: a\n---\nexclusion: CC6.4\nreason: b\n", "duplicate-document",
            "p.yaml:4:1: exclusion CC6.4 is already at p.yaml:1:1; rename or remove one of them [duplicate-document]"
        ),
        (
            "exclusion: CC6.4\nreason: a\n", "organization-count",
            join(
                "p.yaml:1:1: the program names no organization; add a document organization: with name and domain ",
                "[organization-count]")
        ),
        (
            join(organization, "organization: p\nname: P\ndomain: p.example\n"), "organization-count",
            "p.yaml:5:1: a program has one organization; the other is at p.yaml:1:1; keep one [organization-count]"
        ),
        (
            "organization: o\nname: O\ndomain: o.example\nzone: Mars/Olympus\n", "unknown-zone",
            join(
                "p.yaml:4:7: this system knows no time zone \"Mars/Olympus\"; use an id of the IANA database, such as ",
                "America/New_York [unknown-zone]")
        ),
        (
            "period: p\nfrom: 2026-02-01\nto: 2026-02-01\n", "empty-interval",
            join(
                "p.yaml:1:1: period p ends at 2026-02-01, not after its start at 2026-02-01; the end is the first moment ",
                "that no longer belongs to it [empty-interval]")
        ),
        (
            control("tests: []\n"), "control-without-tests",
            join(
                "p.yaml:1:1: warning: nothing tests the control A-1; name a test, or be ready to show the auditor evidence ",
                "by hand [control-without-tests]")
        ),
        (
            "test: t\nkind: state\nof: idp.account\nrequire: a.mfa\n", "unused-test",
            join(
                "p.yaml:1:1: warning: no control uses the test t; name it in the tests of a control, or remove it ",
                "[unused-test]")
        ),
        (
            control("criteria: [CC6.4]\n---\nexclusion: CC6.4\nreason: r\n"), "excluded-and-served",
            join(
                "p.yaml:9:1: warning: CC6.4 is excluded, yet a control serves it; remove one of the two ",
                "[excluded-and-served]")
        ),
        (
            "system: s\ntitle: SOC 2 Certified product\ndescription: d\n", "wording-certified",
            join(
                "p.yaml:1:1: warning: the word \"certified\": a SOC 2 is an attestation, and HIPAA has no certificate; ",
                "write \"examined\", or name the standard the certificate is for [wording-certified]")
        ),
    ])
    func `a rule finds its mistake`(yaml: String, rule: String, expected: String) throws {
        #expect(try lint(yaml, rule: rule) == [expected])
    }

    private static let state = "test: t\nkind: state\nof: idp.account\n"
    private static let event = "test: t\nkind: event\nof: vcs.change\n"

    @Test(arguments: [
        (
            join(state, "require: a.mfa &&\n"), "expression",
            "p.yaml:4:18: found the end where an expression is needed [expression]"
        ),
        (join(state, "require: 'a.mfa && )'\n"), "expression", "p.yaml:4:20: "),
        (join(state, "require: |\n  a.mfa &&\n    )\n"), "expression", "p.yaml:6:5: "),
        (
            join(state, "require: a.enabled && a.mfaa\n"), "unknown-field",
            "p.yaml:4:25: idp.account has no field \"mfaa\"; did you mean \"mfa\"?"
        ),
        (
            join(state, "require: |\n  a.mfa\n  || a.adnim\n"), "unknown-field",
            "p.yaml:6:8: idp.account has no field \"adnim\"; did you mean \"admin\"?"
        ),
        (
            join(state, "require: \"!b.mfa\"\n"), "unknown-name",
            "p.yaml:4:12: unknown name \"b\" in an expression; did you"
        ),
        (
            join(state, "require: at == a.created_at\n"), "expression",
            "p.yaml:4:13: 'at' cannot be compared with =="
        ),
        (
            join(event, "require: e.merged\n"), "unknown-name",
            "p.yaml:4:10: unknown name \"e\" in an expression"
        ),
        (
            join(event, "require: 'true'\njoin: { c: { of: hr.employment, on: [c.author, e.person_id] } }\n"),
            "name-taken",
            "p.yaml:5:18: the join \"c\" has the name of another value"
        ),
        (
            join(
                event, "require: p.rol == 'x'\njoin: { p: { of: hr.employment, on: [c.author, e.person] } }\n"
            ),
            "unknown-field", "p.yaml:4:12: hr.employment has no field \"rol\"; did you mean \"role\"?"
        ),
        (
            join(event, "require: 'true'\njoin: { p: { of: hr.employment, on: [c.author, at] } }\n"),
            "unknown-name",
            "p.yaml:5:48: \"at\" has no meaning in this expression; known here: e"
        ),
        (
            "test: t\nkind: event\nof: idp.account\nrequire: a.mfa\n", "mode-mismatch",
            join(
                "p.yaml:3:5: an event test is about events, and idp.account is a kind of state; use a state test or an ",
                "event kind")
        ),
        (
            "test: t\nkind: state\nof: vcs.change\nrequire: c.merged\n", "mode-mismatch",
            join(
                "p.yaml:3:5: a state test is about states, and vcs.change is a kind of event; use an event test or a state ",
                "kind")
        ),
        (
            "test: t\nkind: cadence\nof: idp.account\nparams: { every: day }\n", "mode-mismatch",
            "p.yaml:3:5: a cadence test is about events"
        ),
        (
            "test: t\nkind: cadence\nof: access.review\nparams: { every: day, zone: Mars/X }\n",
            "unknown-zone",
            "p.yaml:4:29: this system knows no time zone"
        ),
        (
            "test: t\nkind: cadence\nof: access.review\nparams: { every: day }\nper: { of: vcs.change, key: r.system }\n",
            "mode-mismatch", "p.yaml:5:12: the per of a cadence test is about states"
        ),
        (
            join(
                "test: t\nkind: response\nparams: { sla: 1d }\ntrigger: { of: scan.run, key: t.target }\n",
                "response: { of: scan.run, becomes: s.completed, key: s.target }\n"),
            "mode-mismatch", "p.yaml:5:36: scan.run is an event, and events do not become; use where:"
        ),
        (
            join(
                "test: t\nkind: response\nparams: { sla: 1d }\ntrigger: { of: scan.run, key: t.target }\n",
                "response: { of: scan.finding, where: s.fixed, key: s.target }\n"),
            "mode-mismatch", "p.yaml:5:17: scan.finding is a state"
        ),
        (
            join(
                "test: t\nkind: response\nparams: { sla: 1d }\ntrigger: { of: scan.finding, key: t.target }\n",
                "response: { of: scan.run, key: s.target }\n"),
            "mode-mismatch", "p.yaml:4:16: scan.finding is a state, which by itself starts no clock"
        ),
        (
            join(
                "test: t\nkind: response\nparams: { sla: 1d }\ntrigger: { of: scan.run, key: t.target, until: t.completed }\n",
                "response: { of: scan.run, key: r.target }\n"),
            "mode-mismatch", "p.yaml:4:48: scan.run is an event, which never changes"
        ),
        (
            join(
                "test: t\nkind: response\nparams: { sla: 1d }\ntrigger: { of: scan.run, key: t.target }\n",
                "response: { of: scan.run, key: r.target, every: true }\n"),
            "mode-mismatch", "p.yaml:5:17: scan.run is an event, of which one answers"
        ),
        (
            join(
                "test: t\nkind: response\nparams: { sla: 1 business day, calendar: { zone: Mars/X } }\n",
                "trigger: { of: scan.run, key: t.target }\nresponse: { of: scan.run, key: r.target }\n"),
            "unknown-zone", "p.yaml:3:50: this system knows no time zone"
        ),
        (
            "test: t\nkind: state\nof: idp.account\nas: at\nrequire: at.mfa\n", "name-taken",
            "p.yaml:4:5: \"at\" is the instant of the evaluation"
        ),
    ])
    func `a rule of tests points into the expression`(yaml: String, rule: String, expected: String) throws {
        let found = try lint(yaml, rule: rule)
        #expect(found.first?.hasPrefix(expected) == true, "\(found)")
    }

    @Test func `uncovered criteria are listed per category in scope`() throws {
        var yaml = Self.organization + Self.control("criteria: [A1.2, C1.1]\n")
        for id in ["CC1.1", "CC1.2", "CC1.3", "CC1.4", "CC1.5", "C1.2"] {
            yaml += "---\nexclusion: \(id)\nreason: r\n"
        }
        let found = try lint(yaml, rule: "uncovered-criteria")
        #expect(found.count == 2)
        #expect(found.contains { $0.contains("criteria of Availability: A1.1, A1.3;") })
        #expect(found.contains { $0.contains("criteria of Security: CC2.1, CC2.2") })
        #expect(found.allSatisfy { $0.hasPrefix("p.yaml:1:1: warning: ") })
    }

    @Test func `a certificate that exists may be named`() throws {
        #expect(
            try lint(
                "system: s\ntitle: ISO 27001 certified centre\ndescription: d\n", rule: "wording-certified"
            ).isEmpty)
    }

    @Test func `a policy is read line by line for its wording`() throws {
        let policy = "---\npolicy: p\ntitle: P\n---\n# P\n\nWe are HIPAA certified.\n"
        let program = try Program(reading: [ProgramFile(path: "p.md", bytes: Array(policy.utf8))])
        let found = try program.lint(kinds: .builtin(), criteria: .builtin()).filter {
            $0.rule == "wording-certified"
        }
        #expect(found.map(\.place) == [Place(file: "p.md", line: 7, column: 14)])
    }
}
