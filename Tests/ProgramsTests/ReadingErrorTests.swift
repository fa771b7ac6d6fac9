import Catalog
import Formats
import Testing

@testable import Programs

@Suite struct ReadingErrorTests {
    private static let states = "test: m\nkind: state\nof: idp.account\n"

    @Test(arguments: [
        (
            join(states, "requires: a.mfa\nrequire: a.mfa\n"),
            "p.yaml:4:1: unknown key \"requires\" in a state test; did you mean \"require\"? [unknown-key]"
        ),
        (
            // Misspelt is not missing besides.
            join(states, "requires: a.mfa\n"),
            "p.yaml:4:1: unknown key \"requires\" in a state test; did you mean \"require\"? [unknown-key]"
        ),
        (
            join(states, "require: a.mfa\ngrace: 1h\n"),
            "p.yaml:5:1: unknown key \"grace\" in a state test; write it under params:, as in params: { grace: … } [unknown-key]"
        ),
        (
            "exclusion: CC6.4\nbecause: x\nreason: none\n",
            "p.yaml:2:1: unknown key \"because\" in an exclusion; its keys are reason [unknown-key]"
        ),
        (
            join("test: mfa_on\nkind: state\nof: idp.account\nrequire: a.mfa\n"),
            "p.yaml:1:7: \"mfa_on\" cannot be the id of a test; write mfa-on [bad-id]"
        ),
        (
            "vendor: v\n\ttitle: T\n",
            "p.yaml:2:1: not YAML: found a tab character that violates indentation while scanning a plain scalar; indent with spaces instead of the tab [not-yaml]"
        ),
        (
            "system: s\ntitle: \"S\ndescription: d\n",
            "p.yaml:2:8: not YAML: found unexpected end of stream while scanning a quoted scalar; close the quotes that open here [not-yaml]"
        ),
        (
            states,
            "p.yaml:1:1: a state test needs the key \"require\"; add it; it is an expression [missing-key]"
        ),
        (
            join(states, "require: a.mfa\nparams: { graze: 1h }\n"),
            "p.yaml:5:11: unknown key \"graze\" in \"params\"; did you mean \"grace\"? [unknown-key]"
        ),
        (
            join(states, "require: [a.mfa]\n"),
            "p.yaml:4:10: \"require\" must be an expression, not a list [wrong-type]"
        ),
        (
            join(states, "require:\n"),
            "p.yaml:4:9: \"require\" has no value; give an expression or leave the key out [empty]"
        ),
        (
            join(states, "require: a.mfa\nparams: { grace: 1 day }\n"),
            "p.yaml:5:18: \"grace\" must be a duration such as 24h or 1d12h, not \"1 day\" [bad-value]"
        ),
        (
            join(states, "require: a.mfa\nas: a-b\n"),
            "p.yaml:5:5: \"as\" must be a name of letters, digits and _, a letter first, not \"a-b\" [bad-value]"
        ),
        (
            "test: m\nkind: stat\n",
            join(
                "p.yaml:2:7: \"kind\" must be one of state, event, cadence, response, ratio, recon, sod, attest, not ",
                "\"stat\"; did you mean \"state\"? [bad-value]")
        ),
        (
            "test: m\n",
            "p.yaml:1:1: a test needs the key \"kind\"; add it; it is one of state, event, cadence, response, ratio, recon, sod, attest [missing-key]"
        ),
        (
            "contrl: IAM-02\n",
            "p.yaml:1:1: \"contrl\" is not a type of document; did you mean \"control\"? [unknown-type]"
        ),
        (
            "# nothing\n---\n- a\n",
            join(
                "p.yaml:3:1: a document must be a mapping, not a list; begin with its type and id, such as control: IAM-02 ",
                "[wrong-type]")
        ),
        (
            "exclusion: cc6.4\nreason: none\n",
            "p.yaml:1:12: \"cc6.4\" cannot be the id of an exclusion; write CC6.4 [bad-id]"
        ),
        (
            "system: ../etc\ntitle: x\ndescription: x\n",
            "p.yaml:1:9: \"../etc\" cannot be the id of a system; use lower-case letters, digits, - and . [bad-id]"
        ),
        (
            "organization: o\nname: O\ndomain: not a domain\n",
            "p.yaml:3:9: \"domain\" must be a domain such as example.com, not \"not a domain\" [bad-value]"
        ),
        (
            "organization: o\nname: O\ndomain: a+b.example\n",
            "p.yaml:3:9: \"domain\" must be a domain such as example.com, not \"a+b.example\" [bad-value]"
        ),
        (
            "organization: o\nname: O\ndomain: o.example\nsynthetic: yes\n",
            "p.yaml:4:12: \"synthetic\" must be true or false, not \"yes\"; write true, without quotes [bad-value]"
        ),
        (
            "test: m\nkind: cadence\nof: access.review\n",
            join(
                "p.yaml:1:1: a cadence test needs \"params.every\" or \"params.rolling\"; say how often, such as every: ",
                "quarter or rolling: 30d [missing-key]")
        ),
        (
            "test: m\nkind: cadence\nof: access.review\nparams: { every: day, rolling: 1d }\n",
            join(
                "p.yaml:1:1: \"params.rolling\" excludes \"every\", \"zone\" and \"due\"; keep either the calendar's windows ",
                "or the rolling one [bad-value]")
        ),
        (
            "test: m\nkind: cadence\nof: access.review\nparams: { every: weekly }\n",
            join(
                "p.yaml:4:18: \"every\" must be one of day, week, month, quarter, half-year, year, not \"weekly\"; did you ",
                "mean \"week\"? [bad-value]")
        ),
        (
            "test: m\nkind: response\nparams: { skew: 1s }\ntrigger: { of: a, key: t.x }\nresponse: { of: b, key: b.x }\n",
            "p.yaml:3:9: \"params\" needs the key \"sla\"; add it; it is a duration such as 24h or 1d12h, or a count such as 2 business days [missing-key]"
        ),
        (
            join(
                "test: m\nkind: response\nparams: { sla: 1s }\ntrigger: { of: a, key: t.x }\n",
                "response: { of: b, key: b.x, where: b.y, becomes: b.z }\n"),
            join(
                "p.yaml:5:11: a response has either \"where\" or \"becomes\"; keep \"where\" for events, \"becomes\" for ",
                "states [bad-value]")
        ),
        (
            "test: m\nkind: event\nof: vcs.change\nrequire: 'true'\njoin: { p: { of: hr.employment, on: [c.author] } }\n",
            join(
                "p.yaml:5:12: \"on\" must hold two expressions, not 1; write [expression over the event, expression over ",
                "the state] [bad-value]")
        ),
        (
            "source: s\nconnector: exec\nkinds: [a.b]\n",
            join(
                "p.yaml:1:1: a source with the connector exec needs the key \"command\"; add it; it is a list of the ",
                "program and its arguments [missing-key]")
        ),
        (
            "source: s\nconnector: git\nkinds: a.b\n",
            join(
                "p.yaml:3:8: \"kinds\" must be a list, each entry an id such as access-control, not a text; write [a.b] ",
                "[wrong-type]")
        ),
        (
            "source: s\nconnector: git\nkinds: [a.b]\nparams: { x: [1] }\n",
            "p.yaml:4:14: \"params.x\" must be a single value, not a list [wrong-type]"
        ),
        (
            "kind: a.b\ntitle: A\nmode: state\nfields: { x: text }\n",
            join(
                "p.yaml:4:14: \"fields.x\" must be string, bool, int, decimal, timestamp, duration or list(string), not ",
                "\"text\" [bad-value]")
        ),
        (
            "exclusion: CC6.4\nreason: ' '\n",
            "p.yaml:2:9: \"reason\" must be a text that is not empty, not \" \" [bad-value]"
        ),
        (
            "period: p\nfrom: 2026-02-30\nto: 2026-03-01\n",
            join(
                "p.yaml:2:7: \"from\" must be a date such as 2026-01-31 or a timestamp such as 2026-01-31T09:00:00Z, not ",
                "\"2026-02-30\" [bad-value]")
        ),
    ])
    func `a mistake is named with its place and its remedy`(yaml: String, expected: String) {
        #expect(findings(in: yaml) == [expected])
    }

    @Test func `all mistakes of all files are told in order`() {
        let first =
            "control: iam\ntitle: [x]\n---\nwaiver: w\ntest: t\n---\n{ broken\n---\nexclusion: X\nreasn: y\n"
        let second = "period: p\nfrom: 1\nto: 2\n"
        let found = Program.read([
            ProgramFile(path: "b.yaml", bytes: Array(second.utf8)),
            ProgramFile(path: "a.yaml", bytes: Array(first.utf8)),
        ]).findings
        let rules = found.map(\.rule)
        // Four of the control, five of the waiver; that of the exclusion is misspelt.
        #expect(rules.count { $0 == "missing-key" } == 9)
        #expect(rules.count { $0 == "bad-value" } == 2)
        let kinds: Set<String> = [
            "bad-id", "missing-key", "wrong-type", "not-yaml", "unknown-key", "bad-value",
        ]
        #expect(Set(rules) == kinds)
        #expect(found == found.sorted())
    }

    @Test func `what could not be read is not missing besides`() throws {
        let yaml = """
            organization: o
            name: O
            domain: not a domain
            ---
            control: A-1
            title: T
            statement: S
            owner: o
            frequency: daily
            nature: manual
            tests: [broken, m]
            ---
            test: broken
            kind: states
            ---
            test: m
            kind: state
            of: idp.account
            require: "a.mfa
            """
        let (program, found) = Program.read([ProgramFile(path: "p.yaml", bytes: Array(yaml.utf8))])
        #expect(found.map(\.rule) == ["bad-value", "bad-value", "not-yaml"])
        let rules = try program.lint(kinds: .builtin(), criteria: .builtin()).map(\.rule)
        #expect(!rules.contains("unknown-test") && !rules.contains("organization-count"), "\(rules)")
        let alone = try Program(Array(program.documents)).lint(kinds: .builtin(), criteria: .builtin()).map(
            \.rule)
        #expect(alone.contains("unknown-test") && alone.contains("organization-count"))
    }

    @Test func `what reads well stays although another document is broken`() {
        let yaml = "exclusion: CC6.4\nreason: x\n---\n{ broken\n---\nexclusion: CC6.5\nreason: y\n"
        let (program, found) = Program.read([ProgramFile(path: "p.yaml", bytes: Array(yaml.utf8))])
        #expect(program.exclusions.map(\.id) == ["CC6.4", "CC6.5"])
        #expect(found.count == 1 && found.first?.place.line == 4 || found.first?.place.line == 5)
    }

    @Test(arguments: [
        ("policy: a", "p.md:1:1: a policy begins with a line --- and its id and title"),
        ("---\npolicy: a\ntitle: A\n", "p.md:1:1: the head of the policy does not end"),
        (
            "---\ncontrol: A-1\n---\n",
            "p.md:2:1: a Markdown file holds a policy, procedure or standard, not \"control\""
        ),
        ("---\npolicy: a\ntitle: A\ntext: x\n---\n", "p.md:4:1: the text stands below its head"),
        ("---\n---\n", "p.md:1:1: the head of a policy must be one mapping"),
        (
            "---\npolicy: a\ntitle: A\nownr: A\n---\n",
            "p.md:4:1: unknown key \"ownr\" in a policy; did you mean \"owner\"?"
        ),
    ])
    func `a policy with a bad head is refused`(text: String, expected: String) {
        #expect(
            findings(in: text, file: "p.md").first?.hasPrefix(expected) == true,
            "\(findings(in: text, file: "p.md"))")
    }

    @Test func `a README is no part of the program, another file is a mistake`() {
        #expect(findings(in: "# Hello", file: "program/README.md").isEmpty)
        #expect(findings(in: "x", file: "notes.txt").count == 1)
    }

    @Test func `an ending means the same in capitals`() throws {
        let exclusion = ProgramFile(path: "w.YML", bytes: Array("exclusion: CC6.4\nreason: a\n".utf8))
        let policy = ProgramFile(path: "P.Md", bytes: Array("---\npolicy: a\ntitle: A\n---\nText\n".utf8))
        let program = try Program(reading: [exclusion, policy])
        #expect(program.exclusions.map(\.id) == ["CC6.4"] && program.policy("a") != nil)
    }

    @Test func `Windows line ends and a byte order mark are accepted`() throws {
        let yaml = "\u{FEFF}exclusion: CC6.4\r\nreason: |\r\n  a\r\n  b\r\n"
        let program = try Program(reading: [ProgramFile(path: "p.yaml", bytes: Array(yaml.utf8))])
        #expect(program.exclusions.first?.reason == "a\nb\n")
        let policy = "---\r\npolicy: a\r\ntitle: A\r\n---\r\nText\r\n"
        let read = try Program(reading: [ProgramFile(path: "p.md", bytes: Array(policy.utf8))])
        #expect(read.policy("a")?.text.value == "Text\r\n")
    }
}
