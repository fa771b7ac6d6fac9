import Catalog
import Formats
import Testing

@testable import Programs

/// Drafts, responses and figures weaker than the law's.
@Suite struct DraftTests {
    @Test func `drafts are told a line a type, and nothing else is asked of them`() throws {
        let vendor = """
            vendor: host
            title: Host
            owner: ops
            method: carve-out
            tier: critical
            criteria: [CC6.4]
            """
        #expect(try lint(vendor).contains { $0.contains("[vendor-report-missing]") })
        let found = try lint("organization: o\nname: O\ndomain: o.example\n---\n\(vendor)\ndraft: true")
        #expect(found.count == 1)
        #expect(found[0].contains("p.yaml:5:1: note: the vendor host is a draft"))
        #expect(found[0].hasSuffix("[draft]"))
    }

    @Test func `a decision without a date is a draft or an error`() throws {
        let decision = """
            decision: logoff
            specification: "164.312(a)(2)(iii)"
            choice: neither
            reason: Small.
            approver: ann
            """
        #expect(findings(in: decision).contains { $0.contains("a decision needs the date") })
        #expect(findings(in: decision + "\ndraft: true").isEmpty)
        // A draft decides nothing: what no control cites stays uncovered.
        let (program, _) = Program.read([
            ProgramFile(path: "p.yaml", bytes: Array((decision + "\ndraft: true").utf8))
        ])
        let rules = try program.lint(kinds: .builtin(), criteria: .builtin(), hipaa: .builtin())
        let uncovered = try #require(rules.first { $0.rule == "specification-uncovered" })
        #expect(uncovered.message.contains("164.312(a)(2)(iii)"))
    }

    @Test func `a response is to a test or to a control, and keeps its date`() throws {
        let response = "response: r\ntext: Late.\nowner: ops\ndue: 2026-01-31\n"
        #expect(findings(in: response).contains { $0.contains("either a \"test\" or a \"control\"") })
        #expect(findings(in: response + "test: t\ncontrol: IAM-01").count == 1)
        #expect(try lint(response + "test: t").contains { $0.contains("[unknown-test]") })
        func overdue(_ more: String) throws -> Bool {
            let (program, _) = Program.read([
                ProgramFile(path: "p.yaml", bytes: Array((response + more).utf8))
            ])
            return try program.lint(
                kinds: .builtin(), criteria: .builtin(), on: CalendarDate("2026-02-01")
            ).contains { $0.rule == "response-overdue" }
        }
        #expect(try overdue("test: t"))
        #expect(try !overdue("test: t\ndone: 2026-01-30"))
    }

    @Test func `a response answers what it names`() throws {
        let response = try #require(try Sample.program().responses.first)
        let zone = try #require(Zone("UTC"))
        func answers(
            _ test: Identifier, _ key: Identifier, _ start: String, source: Identifier = "hris"
        ) throws -> Bool {
            response.answers(
                test, of: ["IAM-02"], key: key, source: source, start: try #require(Instant(start)), in: zone)
        }
        #expect(try answers("offboard-24h", "p-17", "2026-02-10T00:00:00Z"))
        #expect(try !answers("offboard-24h", "p-17", "2026-02-10T00:00:00Z", source: "payroll"))
        #expect(try !answers("offboard-24h", "p-18", "2026-02-10T00:00:00Z"))
        #expect(try !answers("mfa", "p-17", "2026-02-10T00:00:00Z"))
        #expect(try !answers("offboard-24h", "p-17", "2026-01-31T23:59:59Z"))
        #expect(try !answers("offboard-24h", "p-17", "2026-03-01T00:00:00Z"))
    }

    @Test(
        arguments: [
            ("{ law: 60d, company: 61d }", true), ("{ law: 60d, company: 60d }", false),
            ("{ law: 60d, contract: 61d, company: 30d }", false),
            ("{ law: 12, company: 8, strictest: highest }", true),
            ("{ law: 12, company: 14, strictest: highest }", false), ("{ company: 61d }", false),
        ] as [(String, Bool)])
    func `a company figure weaker than the law's is told`(_ limit: String, _ isTold: Bool) throws {
        let test = """
            test: t
            kind: state
            limits: { age: \(limit) }
            of: idp.account
            require: a.mfa || at - a.created_at < $age
            """
        let whole = test.replacing("at - a.created_at < $age", with: "$age > 3")
        let yaml = limit.contains("d") ? test : whole
        #expect(try !lint(yaml, rule: "limit-weaker-than-law").isEmpty == isTold)
    }
}
