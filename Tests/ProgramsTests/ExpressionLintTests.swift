import Catalog
import Formats
import Testing

@testable import Programs

/// What `check` says about the expressions of tests: the place, what is wrong, what to write.
@Suite struct ExpressionLintTests {
    private static func state(_ require: String) -> String {
        "test: t\nkind: state\nof: idp.account\nrequire: |\n  \(require)\n"
    }

    @Test(arguments: [
        (
            "a.mfa == 1",
            "p.yaml:5:9: '==' is not defined for (bool, int); bring both sides to one type [type-mismatch]"
        ),
        (
            "a.type == 3",
            "p.yaml:5:10: '==' is not defined for (string, int); bring both sides to one type [type-mismatch]"
        ),
        (
            "a.type",
            "p.yaml:5:3: the expression gives string where bool is needed; compare it with something [type-mismatch]"
        ),
        (
            "a.mfa == null",
            "p.yaml:5:9: '==' is not defined for (bool, null_type); ask with has(x.field) whether a field is there [type-mismatch]"
        ),
        (
            "a.created_at < '2026-01-01'",
            "p.yaml:5:16: '<' is not defined for (timestamp, string); write timestamp('2026-03-01T00:00:00Z') [type-mismatch]"
        ),
        (
            "dyn(a.mfa)",
            "p.yaml:5:3: dyn() hides a type from the check; remove it, or convert with int(), double() or string() [untyped]"
        ),
        (
            "a.type.startWith('h')",
            "p.yaml:5:10: there is no function 'startWith'; did you mean \"startsWith\"? [unknown-function]"
        ),
        (
            "a.created_at < now()",
            "p.yaml:5:18: there is no function 'now'; tests have no clock; in a state test compare with \"at\", the instant of the evaluation [unknown-function]"
        ),
        (
            "a.mfa || a.tpye == 'x'",
            "p.yaml:5:14: idp.account has no field \"tpye\"; did you mean \"type\"? [unknown-field]"
        ),
        (
            "at - a.created_at < duration('90d')",
            "p.yaml:5:32: duration() takes numbers with the units h, m, s, ms, us, ns, such as '1h30m', within 292 years; for days write days(n) [bad-constant]"
        ),
    ]) func `a mistake of types is told with place and remedy`(require: String, finding: String) throws {
        #expect(
            try lint(Self.state(require)).filter { !$0.contains("warning") && !$0.contains("organization") }
                == [finding])
    }

    @Test(arguments: [
        ("at == a.created_at", "5:6: 'at' cannot be compared with == or !="),
        ("a.created_at != at", "5:16: 'at' cannot be compared with == or !="),
        ("at.getHours() < 9", "5:6: 'at' may only be added to or subtracted from here"),
        ("timestamp(at) < a.created_at", "5:3: 'at' may only be added"),
        ("at - a.created_at < at - a.created_at", "5:21: 'at' stands on both sides"),
        ("at - (at - a.created_at) < a.created_at", "5:6: 'at' stands twice in one comparison"),
        ("(a.mfa ? at : a.created_at) < a.created_at", "5:10: 'at' may only be added"),
        ("[at].size() > 0", "5:8: 'at' may only be added"),
        ("at in [a.created_at]", "5:6: 'at' may only be compared by"),
        ("has(a.mfa) && [1].all(x, at < a.created_at)", "5:21: 'at' cannot be used inside a macro"),
        ("cel.bind(n, at, n < a.created_at)", "5:7: 'at' cannot be used inside a macro"),
        ("optional.of(at).hasValue()", "5:19: 'at' may only be compared by"),
        ("string(at) == 'x'", "5:14: 'at' cannot be compared with == or !="),
        ("-(at - a.created_at) < days(1)", "5:3: '-' "),
    ]) func `the instant may only be compared where the moment of the turn can be computed`(
        require: String, start: String
    ) throws {
        let found =
            try lint(Self.state(require), rule: "expression")
            + lint(Self.state(require), rule: "type-mismatch")
        #expect(found.count == 1 && found.first?.hasPrefix("p.yaml:" + start) == true, "\(found)")
    }

    @Test(arguments: [
        "at < a.created_at + days(90)", "at - a.created_at <= days(90) || a.mfa",
        "days(1) + at >= a.created_at",
        "a.mfa ? at > a.created_at : !(at - days(3) > a.created_at)", "['x'].all(at, at != '')",
        "at - duration('24h') < timestamp('2026-01-01T00:00:00Z')",
    ]) func `comparisons that turn once are fine`(require: String) throws {
        let found = try lint(Self.state(require)).filter {
            !$0.contains("warning") && !$0.contains("organization")
        }
        #expect(found.isEmpty)
    }

    private static let event = "test: t\nkind: event\nof: vcs.change\n"
    private static let response = "test: t\nkind: response\nparams: { sla: 1d }\n"

    @Test(arguments: [
        (join(event, "require: c.author\n"), "p.yaml:4:10: the expression gives string where bool is needed"),
        (
            join(event, "scope: c.author\nrequire: c.merge\n"),
            "p.yaml:4:8: the expression gives string where bool is needed"
        ),
        (
            join(
                event,
                "require: p.person_id == 1\njoin: { p: { of: hr.employment, on: [c.author, e.person_id] } }\n"
            ),
            "p.yaml:4:22: '==' is not defined for (string, int)"
        ),
        (
            join(event, "require: 'true'\njoin: { p: { of: hr.employment, on: [c.merge, e.person_id] } }\n"),
            "p.yaml:5:47: \"e.person_id\" gives string, and \"c.merge\", which it must equal, gives bool"
        ),
        (
            join(
                event,
                "require: 'true'\njoin: { p: { of: hr.employment, on: [c.author, e.person_id], as_of: c.author } }\n"
            ),
            "p.yaml:5:69: the expression gives string where timestamp is needed"
        ),
        (
            join(
                event, "require: p == null\njoin: { p: { of: hr.employment, on: [c.author, e.person_id] } }\n"
            ),
            "p.yaml:4:12: '==' is not defined for (hr.employment, null_type)"
        ),
        (
            join("test: t\nkind: cadence\nof: access.review\nparams: { every: day }\n", "where: r.decided\n"),
            "p.yaml:5:8: the expression gives int where bool is needed"
        ),
        (
            join(
                "test: t\nkind: cadence\nof: access.review\nparams: { every: day }\n",
                "per: { of: cloud.store, key: r.decided }\n"),
            "p.yaml:5:30: the expression gives int where string is needed"
        ),
        (
            join(
                response, "trigger: { of: hr.employment, when: t.person_id, key: t.person_id }\n",
                "response: { of: idp.account, becomes: \"!a.enabled\", key: a.owner_id }\n"),
            "p.yaml:4:37: the expression gives string where timestamp is needed"
        ),
        (
            join(
                response, "trigger: { of: hr.employment, when: t.ended_at, key: t.person_id }\n",
                "response: { of: idp.account, becomes: a.owner_id, key: a.mfa }\n"),
            "p.yaml:5:39: the expression gives string where bool is needed"
        ),
        (
            join(
                response, "trigger: { of: hr.employment, when: t.ended_at, key: t.ended_at }\n",
                "response: { of: idp.account, becomes: a.mfa, key: a.owner_id }\n"),
            "p.yaml:4:54: the expression gives timestamp where string or int or bool is needed"
        ),
    ]) func `each expression must give what its place needs`(yaml: String, finding: String) throws {
        let found = try lint(yaml).filter { $0.contains("mismatch") }
        #expect(found.contains { $0.hasPrefix(finding) }, "\(found)")
    }

    @Test func `a join that need not find anything may be compared with null`() throws {
        let yaml =
            Self.event + """
                require: p == null || has(p.ended_at)
                join: { p: { of: hr.employment, on: [c.author, e.person_id], required: false } }

                """
        #expect(try lint(yaml).allSatisfy { $0.contains("warning") || $0.contains("organization") })
    }

    private static let recon = "test: t\nkind: recon\n"
    private static let owner = "\"has(a.owner_id) ? a.owner_id : null\""
    private static let leaver = "trigger: { of: hr.employment, when: t.ended_at, key: t.person_id }\n"

    @Test(arguments: [
        join(
            response, leaver,
            "response: { of: idp.account, becomes: \"!a.enabled\", key: ", owner, ", every: true }\n"),
        join(recon, "of: idp.account\nkey: ", owner, "\nin: { of: hr.employment, key: e.person_id }\n"),
        join(recon, "of: hr.employment\nkey: e.person_id\nin: { of: idp.account, key: ", owner, " }\n"),
        join(
            "test: t\nkind: sod\nroles:\n  one: { of: hr.employment, key: e.person_id }\n",
            "  two: { of: idp.account, key: ", owner, " }\n"),
        join(event, "require: has(p.mfa)\njoin: { p: { of: idp.account, on: [c.author, ", owner, "] } }\n"),
    ]) func `what is matched may say by null that it has no key`(yaml: String) throws {
        #expect(try lint(yaml).filter { $0.contains("mismatch") } == [])
    }

    @Test(arguments: [
        join(
            response,
            "trigger: { of: idp.account, when: t.created_at, key: \"has(t.owner_id) ? t.owner_id : null\" }\n",
            "response: { of: idp.account, becomes: a.enabled, key: a.owner_id }\n"),
        join(
            "test: t\nkind: ratio\nof: idp.account\nrequire: a.mfa\ngroup: ", owner,
            "\nparams: { target: 90%, every: month }\n"),
        join(
            event, "require: has(p.ended_at)\njoin: { p: { of: hr.employment, ",
            "on: [\"has(c.author) ? c.author : null\", e.person_id] } }\n"),
    ]) func `where no key means nothing, null is none`(yaml: String) throws {
        let found = try lint(yaml).filter { $0.contains("mismatch") }
        #expect(found.count == 1, "\(found)")
        #expect(found.first?.contains("'?:' is not defined for (string, null_type)") == true, "\(found)")
    }

    @Test(arguments: [
        ("true", 3), ("1 == 1", 3), ("'a' in ['a', 'b']", 3), ("[1, 2].all(a, a > 0)", 3),
    ]) func `a condition that reads nothing is doubted`(require: String, column: Int) throws {
        let found = try lint(Self.state(require), rule: "reads-nothing")
        #expect(found.count == 1, "\(found)")
        #expect(
            found.first?.hasPrefix("p.yaml:5:\(column): warning: the expression reads nothing") == true,
            "\(found)")
        #expect(found.first?.contains("name a field, such as a.") == true, "\(found)")
    }

    @Test(arguments: [
        "a.mfa", "at < timestamp('2027-01-01T00:00:00Z')", "a.mfa || true", "[a.mfa].all(b, b)", "a == a",
    ]) func `a condition that names the record or the instant is not doubted`(require: String) throws {
        #expect(try lint(Self.state(require), rule: "reads-nothing").isEmpty)
        #expect(try lint(Self.state(require), rule: "always-fails").isEmpty)
    }

    @Test(arguments: [
        ("1 / 0 == 1", ["5:5: warning: this part has no value for any record: division by zero"]),
        ("a.mfa || 10 % 0 == 1", ["5:15: warning: this part has no value"]),
        ("a.type in ['x'] && [1][2] == 3", ["5:25: warning: this part has no value"]),
        (
            "a.type == 'x' ? days(200000) > days(1) : 1 / 0 > 0",
            ["5:19: warning: this part", "5:46: warning: this part"]
        ),
        ("a.type.matches('x') || 'x'.matches('y' + '(')", ["5:30: warning: this part has no value"]),
        ("a.type == 'x' && [1].all(n, n / 0 == 1)", ["5:33: warning: this part has no value"]),
    ]) func `a part that fails for every record is doubted`(require: String, starts: [String]) throws {
        let found = try lint(Self.state(require), rule: "always-fails")
        #expect(found.count == starts.count, "\(found)")
        for (finding, start) in zip(found, starts) {
            #expect(finding.hasPrefix("p.yaml:" + start), "\(found)")
        }
        #expect(try lint(Self.state(require), rule: "reads-nothing").isEmpty)
    }

    @Test(arguments: ["true || 1 / 0 == 1", "a.mfa || [].all(n, 1 / 0 == n)", "'x'.matches('y')"])
    func `what does not come to fail is not told to`(require: String) throws {
        #expect(try lint(Self.state(require), rule: "always-fails").isEmpty)
    }

    @Test func `constants that take long are left to the evaluation`() throws {
        let list = "[" + Array(repeating: "1", count: 60).joined(separator: ", ") + "]"
        let require = "a.mfa || \(list).all(x, \(list).all(y, \(list).all(z, x + y + z > 0)))"
        #expect(try lint(Self.state(require), rule: "always-fails").isEmpty)
    }

    @Test func `a cadence without a condition asks only that it happened`() throws {
        let yaml = "test: t\nkind: cadence\nof: access.review\nparams: { every: day, zone: UTC }\n"
        #expect(try lint(yaml, rule: "reads-nothing").isEmpty)
        #expect(try lint(yaml + "where: 'true'\n", rule: "reads-nothing").count == 1)
    }

    @Test func `an unknown name is one mistake however often it stands there`() throws {
        #expect(try lint(Self.state("b.x || b.y || c.z"), rule: "unknown-name").count == 2)
    }

    @Test func `an unknown kind is reported once, and not again in the expressions`() throws {
        let yaml = "test: t\nkind: state\nof: idp.acount\nrequire: a.anything > a.else\n"
        let found = try lint(yaml).filter { !$0.contains("warning") && !$0.contains("organization") }
        #expect(found.count == 1 && found[0].contains("[unknown-kind]"), "\(found)")
    }

    @Test func `units named by values of a personal field are noted once a test`() throws {
        let roles = """
            test: t
            kind: sod
            roles:
              a: { of: hr.employment, scope: e.role == 'a', key: e.person_id }
              b: { of: hr.employment, scope: e.role == 'b', key: e.person_id }

            """
        let found = try lint(roles, rule: "personal-unit")
        #expect(found.count == 1, "\(found)")
        let told = "note: the units of this test are named by values of hr.employment.person_id"
        #expect(found.allSatisfy { $0.contains(told) && $0.hasPrefix("p.yaml:4:") }, "\(found)")
        let ratio = "test: t\nkind: ratio\nof: deploy.run\nrequire: size(r.approver) > 0\n"
        let params = "params: { target: 99% }\n"
        #expect(try lint(ratio + params + "group: r.author\n", rule: "personal-unit").count == 1)
        // What a condition reads names nobody.
        #expect(try lint(ratio + params, rule: "personal-unit").isEmpty)
    }
}
