import Evidence
import Formats
import Testing

@testable import Intake

/// Results of rules: those that a person overrode, those of several instances, and those that leave the rule to tell.
@Suite struct XCCDFTests {
    private static func overridden(_ old: String, _ new: String) -> String {
        """
        <override time="2026-03-01T10:00:00Z" authority="somebody"><old-result>\(old)</old-result>
        <new-result>\(new)</new-result><remark>r</remark></override>
        """
    }

    private static func imported(_ elements: String) throws -> Imported {
        let text = """
            <TestResult xmlns="http://checklists.nist.gov/xccdf/1.2" id="t" end-time="2026-03-01T09:00:00Z"
            test-system="cpe:/a:redhat:openscap:1.3.7"><benchmark id="b"/><target>host</target>
            <rule-result idref="r0" severity="low"><result>pass</result></rule-result>
            <rule-result idref="r1" severity="high">\(elements)</rule-result></TestResult>
            """
        return try Imported.from(Array(text.utf8))
    }

    @Test(arguments: [
        ("<result>pass</result>", "pass", false),
        ("<result>pass</result>" + overridden("fail", "pass"), "fail", true),
        (
            "<result>pass</result>" + overridden("fail", "unknown") + overridden("unknown", "pass"), "fail",
            true
        ),
        ("<result>notapplicable</result>" + overridden("fail", "notapplicable"), "fail", true),
        ("<result>pass</result>" + overridden("pass", "pass"), "pass", false),
        ("<result>fail</result>" + overridden("pass", "fail"), "fail", false),
    ]) func `the result before an override stands, and the override is counted`(
        _ elements: String, _ result: String, _ isOverridden: Bool
    ) throws {
        let imported = try Self.imported(elements)
        #expect(imported.isClean && !imported.covered.isEmpty, "\(imported.reasons)")
        let found = imported.values("config.finding").first { $0["rule"] == .string("r1") }
        #expect(found?["result"] == .string(result))
        let passed = imported.summaries.flatMap(\.notTested).map { "\($0.count) \($0.reason)" }
        #expect(passed == (isOverridden ? ["1 overridden by a person"] : []))
    }

    @Test(
        arguments: [
            ("<instance>A</instance>", "host|r1|A"), ("", "host|r1|"),
            (#"<instance context="undefined">A</instance>"#, "host|r1|A"),
            (#"<instance context="port">22</instance>"#, "host|r1|port=22"),
            (
                #"<instance context="port">22</instance><instance context="file">/b</instance>"#,
                "host|r1|port=22, file=/b"
            ),
        ])
    func `a result is known by all instances that it is about`(_ instances: String, _ key: String) throws {
        let imported = try Self.imported("<result>fail</result>" + instances)
        #expect(imported.isClean, "\(imported.reasons)")
        let keys = imported.facts.filter { $0.kind == "config.finding" && $0.value != nil }.map(\.key.text)
        #expect(keys == ["host|r0|", key])
    }

    @Test(
        arguments: [
            ("", "high"), (#"severity="low""#, "low"), (#"severity="unknown""#, "high"),
        ])
    func `a result without a severity has that of its rule`(_ told: String, _ severity: String) throws {
        let text = """
            <Benchmark xmlns="http://checklists.nist.gov/xccdf/1.1" id="b"><Group id="g"><Rule id="r1" severity="high"/>
            <Rule id="r2" severity="unknown"/></Group><TestResult end-time="2026-03-01T09:00:00Z"><target>h</target>
            <rule-result idref="r1" \(told)><result>fail</result></rule-result>
            <rule-result idref="r2"><result>fail</result></rule-result></TestResult></Benchmark>
            """
        let imported = try Imported.from(Array(text.utf8))
        #expect(imported.isClean, "\(imported.reasons)")
        let found = imported.values("config.finding").compactMap { $0["severity"]?.string }
        #expect(found == [severity, "medium"])
    }

    @Test func `an error that somebody overrode is one`() throws {
        let imported = try Self.imported("<result>pass</result>" + Self.overridden("error", "pass"))
        #expect(
            imported.reasons.contains { $0.contains("1 of 2 rules ended in an error") }, "\(imported.reasons)"
        )
        #expect(imported.covered.isEmpty)
    }
}
