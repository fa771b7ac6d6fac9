import Evidence
import Formats
import Testing

@testable import Intake

/// Results of rules that a person overrode.
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

    @Test func `an error that somebody overrode is one`() throws {
        let imported = try Self.imported("<result>pass</result>" + Self.overridden("error", "pass"))
        #expect(
            imported.reasons.contains { $0.contains("1 of 2 rules ended in an error") }, "\(imported.reasons)"
        )
        #expect(imported.covered.isEmpty)
    }
}
