import Formats
import Testing

@testable import Programs

/// What is wrong with tests of the newer kinds, said with place, reason and remedy.
@Suite struct KindErrorTests {
    private static let ratio = "test: u\nkind: ratio\nof: uptime.probe\nrequire: p.up\n"
    private static let attest = join(
        "test: a\nkind: attest\nof: attestation.signed\nattester: s.attester\n",
        "operator: s.operator\nartifacts: s.artifacts\n")

    @Test(
        arguments: [
            (
                join(ratio, "params: { target: 100.1% }\n"),
                join(
                    "p.yaml:5:19: \"target\" must be a percentage above 0% and up to 100%, such as 99.9%, not \"100.1%\" ",
                    "[bad-value]")
            ),
            (
                join(ratio, "params: { target: 0% }\n"),
                join(
                    "p.yaml:5:19: \"target\" must be a percentage above 0% and up to 100%, such as 99.9%, not \"0%\" ",
                    "[bad-value]")
            ),
            (
                join(ratio, "params: { every: month }\n"),
                join(
                    "p.yaml:5:9: \"params\" needs the key \"target\"; add it; it is a percentage above 0% and up to 100%, ",
                    "such as 99.9% [missing-key]")
            ),
            (
                join(ratio, "params: { target: 99%, zone: UTC }\n"),
                join(
                    "p.yaml:5:30: \"params.zone\" is where windows begin, and there are none; say how long a window is, ",
                    "such as every: month, or leave the zone out [bad-value]")
            ),
            (
                join(ratio, "params: { target: 99%, expected: { every: 0s } }\n"),
                "p.yaml:5:43: \"every\" must be a duration longer than nothing, such as 1m, not \"0s\" [bad-value]"
            ),
            (
                attest,
                join(
                    "p.yaml:1:1: an attest test needs the key \"params\"; add it; it is a mapping with valid, every, zone, ",
                    "due [missing-key]")
            ),
            (
                join(attest, "params: { every: year }\n"),
                join(
                    "p.yaml:7:9: \"params\" needs the key \"valid\"; add it; it is the longest that a statement stands, ",
                    "such as 365d [missing-key]")
            ),
            (
                join(attest, "params: { valid: 0d }\n"),
                "p.yaml:7:18: \"valid\" must be the longest that a statement stands, such as 365d, not \"0d\" [bad-value]"
            ),
            (
                join(attest, "params: { valid: 1d, due: 1d }\n"),
                join(
                    "p.yaml:1:1: \"params.zone\" and \"params.due\" belong to windows, and there are none; say how long a ",
                    "window is, such as every: quarter, or leave them out [bad-value]")
            ),
            (
                "test: r\nkind: recon\nof: idp.account\nkey: a.owner_id\nin: { of: hr.employment }\n",
                "p.yaml:5:5: an in needs the key \"key\"; add it; it is an expression [missing-key]"
            ),
            (
                "test: r\nkind: recon\nof: idp.account\nkey: a.owner_id\ntotals: {}\nin: { of: hr.employment, key: e.person_id }\n",
                join(
                    "p.yaml:5:9: \"totals\" needs \"count\" or \"digest\"; say which field states the total, such as ",
                    "count: t.headcount [missing-key]")
            ),
            (
                "test: s\nkind: sod\n",
                join(
                    "p.yaml:1:1: a sod test is either about events, with \"of\" and \"between\", or about \"roles\"; keep one ",
                    "of the two [bad-value]")
            ),
            (
                "test: s\nkind: sod\nof: deploy.run\nroles: { a: { of: hr.employment, key: e.person_id } }\n",
                join(
                    "p.yaml:1:1: a sod test is either about events, with \"of\" and \"between\", or about \"roles\"; keep one ",
                    "of the two [bad-value]")
            ),
            (
                "test: s\nkind: sod\nof: deploy.run\nbetween: [r.author]\n",
                join(
                    "p.yaml:4:11: \"between\" must hold two expressions, not 1; write [who did one thing, who did the ",
                    "other] [bad-value]")
            ),
            (
                "test: s\nkind: sod\nbetween: [r.author, r.approver]\n",
                "p.yaml:1:1: a sod test about events needs the key \"of\"; name a kind of event [missing-key]"
            ),
            (
                "test: s\nkind: sod\nroles: { a: { of: hr.employment, key: e.person_id } }\n",
                join(
                    "p.yaml:3:19: \"roles\" must hold two roles, not 1; write a test for each pair that must not meet in ",
                    "one person [bad-value]")
            ),
        ] as [(String, String)])
    func `what cannot be read is said`(_ yaml: String, _ expected: String) {
        #expect(findings(in: yaml) == [expected])
    }

    private static let organization = "---\norganization: o\nname: O\ndomain: o.example\n"

    @Test(
        arguments: [
            (
                join(ratio, "params: { target: 99%, every: month }\n", organization), "windows-without-zone",
                join(
                    "p.yaml:1:1: neither the test u nor the organization says where its windows begin; give params.zone, or ",
                    "the organization a zone, such as zone: America/New_York; UTC must be said too ",
                    "[windows-without-zone]")
            ),
            (
                join(
                    "test: u\nkind: cadence\nof: backup.job\nparams: { every: day }\n", organization),
                "windows-without-zone",
                join(
                    "p.yaml:1:1: neither the test u nor the organization says where its windows begin; give params.zone, or ",
                    "the organization a zone, such as zone: America/New_York; UTC must be said too ",
                    "[windows-without-zone]")
            ),
            (
                join(
                    "test: r\nkind: response\nparams: { sla: 2 business days, calendar: { days: [mon, tue] } }\n",
                    "trigger: { of: scan.run, key: t.target }\nresponse: { of: scan.run, key: r.target }\n",
                    organization),
                "windows-without-zone",
                join(
                    "p.yaml:1:1: neither the test r nor the organization says where its business days begin; give ",
                    "params.calendar.zone, or the organization a zone, such as zone: America/New_York; UTC must be said ",
                    "too [windows-without-zone]")
            ),
            (
                join(attest, "params: { valid: 9d, every: week, zone: Mars/Olympus }\n"), "unknown-zone",
                join(
                    "p.yaml:7:41: this system knows no time zone \"Mars/Olympus\"; use an id of the IANA database, such as ",
                    "America/New_York [unknown-zone]")
            ),
            (
                "test: u\nkind: ratio\nof: uptime.prob\nrequire: p.up\nparams: { target: 99% }\n",
                "unknown-kind",
                "p.yaml:3:5: there is no kind \"uptime.prob\"; did you mean \"uptime.probe\"? [unknown-kind]"
            ),
            (
                join(
                    "test: u\nkind: ratio\nof: cloud.store\nrequire: s.phi\n",
                    "params: { target: 99%, expected: { every: 1m } }\n"), "mode-mismatch",
                join(
                    "p.yaml:3:5: cloud.store is a state, whose share is one of time, and only events are expected every so ",
                    "often; remove params.expected [mode-mismatch]")
            ),
            (
                "test: r\nkind: recon\nof: deploy.run\nkey: r.author\nin: { of: hr.employment, key: e.person_id }\n",
                "mode-mismatch",
                join(
                    "p.yaml:3:5: a recon test is about states, and deploy.run is a kind of event; use an event test or a ",
                    "state kind [mode-mismatch]")
            ),
            (
                "test: r\nkind: recon\nof: idp.account\nkey: a.owner_id\nin: { of: deploy.run, key: r.author }\n",
                "mode-mismatch",
                join(
                    "p.yaml:5:11: the in of a recon test is about states, and deploy.run is a kind of event; use an event ",
                    "test or a state kind [mode-mismatch]")
            ),
            (
                "test: s\nkind: sod\nof: idp.account\nbetween: [a.login, a.owner_id]\n", "mode-mismatch",
                join(
                    "p.yaml:3:5: a sod test is about events, and idp.account is a kind of state; use a state test or an ",
                    "event kind [mode-mismatch]")
            ),
            (
                join(
                    "test: s\nkind: sod\nroles:\n  a: { of: deploy.run, key: r.author }\n",
                    "  b: { of: hr.employment, key: e.person_id }\n"), "mode-mismatch",
                join(
                    "p.yaml:4:12: the role \"a\" is about states, and deploy.run is a kind of event; use a kind of state ",
                    "[mode-mismatch]")
            ),
            (
                join(
                    "test: a\nkind: attest\nof: idp.account\nattester: a.owner_id\noperator: a.login\nartifacts: a.type\n",
                    "params: { valid: 1d }\n"), "mode-mismatch",
                join(
                    "p.yaml:3:5: an attest test is about events, and idp.account is a kind of state; use a state test or an ",
                    "event kind [mode-mismatch]")
            ),
            (
                "test: u\nkind: ratio\nof: uptime.probe\nrequire: p.upp\nparams: { target: 99% }\n",
                "unknown-field",
                "p.yaml:4:12: uptime.probe has no field \"upp\"; did you mean \"up\"? [unknown-field]"
            ),
            (
                "test: r\nkind: recon\nof: idp.account\nkey: a.owner_id\nin: { of: hr.employment, key: owner.id }\n",
                "unknown-name",
                "p.yaml:5:31: unknown name \"owner\" in an expression; known here: e [unknown-name]"
            ),
        ] as [(String, String, String)])
    func `what cannot be meant is said`(_ yaml: String, _ rule: String, _ expected: String) throws {
        #expect(try lint(yaml, rule: rule) == [expected])
    }

    private static func control(_ id: String, _ compensating: String) -> String {
        join(
            "control: \(id)\ntitle: T\nstatement: S\nowner: o\nfrequency: daily\nnature: manual\n",
            compensating.isEmpty ? "" : "compensating: [\(compensating)]\n")
    }

    private static func program(_ links: [(String, String)]) -> String {
        links.map { control($0.0, $0.1) }.joined(separator: "---\n")
    }

    @Test(
        arguments: [
            ([("A-1", "A-2"), ("A-2", "")], nil), ([("A-1", "A-1")], "p.yaml:7:16: A-1 → A-1"),
            ([("A-1", "A-2"), ("A-2", "A-1")], "p.yaml:7:16: A-1 → A-2 → A-1"),
            (
                [("B-1", "B-2"), ("B-2", "B-3"), ("B-3", "A-1, B-2"), ("A-1", "")],
                "p.yaml:15:16: B-2 → B-3 → B-2"
            ),
            (
                [("C-1", "C-2"), ("C-2", "C-3"), ("C-3", "C-1")], "p.yaml:7:16: C-1 → C-2 → C-3 → C-1"
            ),
        ] as [([(String, String)], String?)])
    func `controls that compensate each other in a circle are named`(
        _ links: [(String, String)], _ expected: String?
    ) throws {
        let found = try lint(Self.program(links), rule: "compensation-circle")
        let printed = expected.map { place in
            join(
                place.replacing(": ", with: ": these controls compensate each other in a circle: "),
                "; a control that failed cannot make good for another; remove one of the links [compensation-circle]"
            )
        }
        #expect(found == [printed].compactMap { $0 })
    }

    @Test func `a control can only be compensated by one that exists`() throws {
        #expect(
            try lint(Self.control("A-1", "A-3"), rule: "unknown-control") == [
                "p.yaml:7:16: there is no control \"A-3\"; did you mean \"A-1\"? [unknown-control]"
            ])
    }
}
