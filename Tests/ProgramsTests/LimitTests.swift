import Formats
import Testing

@testable import Programs

@Suite struct LimitTests {
    private func test(_ limits: String, _ params: String = "{ sla: $removal }") throws -> Programs.Test {
        let yaml = """
            test: removal
            kind: response
            limits:
              removal: \(limits)
            params: \(params)
            trigger: { of: hr.employment, when: t.ended_at, key: t.person_id }
            response: { of: idp.account, becomes: "!a.enabled", key: a.owner_id }
            """
        let program = try Program(reading: [ProgramFile(path: "p.yaml", bytes: Array(yaml.utf8))])
        return try #require(program.test("removal"))
    }

    @Test(arguments: [
        ("{ law: 60d, contract: 24h, company: 48h }", "1d"), ("{ law: 60d }", "60d"),
        ("{ company: 4h, contract: 4h }", "4h"), ("{ law: 12h, company: 1d }", "12h"),
        ("{ contract: 3 business days, company: 2 business days }", "2 business days"),
        ("{ law: 1h, company: 2h, strictest: highest }", "2h"),
    ])
    func `the strictest value is in force`(limits: String, expected: String) throws {
        guard case .response(let rule) = try test(limits).rule else { return #expect(Bool(false)) }
        #expect(rule.sla.description == expected)
    }

    @Test func `the values stay apart on record`() throws {
        let written = try test("{ law: 60d, contract: 24h, company: 48h, source: x }")
        let limit = try #require(written.limits.first)
        #expect([limit.law, limit.contract, limit.company].map { $0?.description } == ["60d", "1d", "2d"])
        #expect(limit.source == "x")
    }

    @Test func `a limit stands in expressions as what they understand`() throws {
        let program = try Sample.program()
        guard case .state(let rule) = program.test("key-age")?.rule else { return #expect(Bool(false)) }
        #expect(rule.require.value == "at - k.created < days(90)")
        #expect(rule.grace == .hours(2))
        #expect(program.document(.test, "key-age")?.yaml.contains("at - k.created < $age") == true)
        #expect(Limit.Quantity("36h")?.literal == "duration('129600s')")
        #expect(Limit.Quantity("12")?.literal == "12")
        #expect(Limit.Quantity("5%")?.literal == nil)
    }

    @Test(arguments: [
        ("{ source: x }", "{ sla: $removal }", "a limit needs a value"),
        ("{ law: 60d, company: 2 business days }", "{ sla: $removal }", "have different units"),
        ("{ law: 60d }", "{ sla: 60d }", "nothing uses the limit \"removal\""),
        ("{ law: 60d }", "{ sla: $removl }", "there is no limit \"removl\"; did you mean \"removal\"?"),
        ("{ law: soon }", "{ sla: $removal }", "\"law\" must be a duration"),
        ("{ law: 5% }", "{ sla: $removal }", "\"sla\" must be a duration"),
        ("{ laww: 5d }", "{ sla: $removal }", "unknown key \"laww\" in a limit; did you mean \"law\"?"),
    ])
    func `a limit that cannot be used is refused`(limits: String, params: String, expected: String) {
        let error = #expect(throws: ProgramError.self) { try test(limits, params) }
        #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
    }
}
