import Evidence
import Formats
import Testing

@testable import Intake

/// Results of Nessus whose severity somebody changed by a rule.
@Suite struct NessusTests {
    @Test(
        arguments: [
            ("0", "Critical", "critical", 1), ("0", "High", "high", 1), ("0", "Medium", nil, 0),
            ("0", "Low", nil, 0), ("0", "None", nil, 0), ("4", "Critical", "critical", 0),
        ] as [(String, String, String?, Int)])
    func `a result of high risk that a rule made mere information of is kept and counted`(
        _ level: String, _ risk: String, _ severity: String?, _ overridden: Int
    ) throws {
        let sample = try #require(ImportSample.all.first { $0.format == "nessus" })
        let text = sample.text.replacing(
            #"severity="4" pluginName="FREETEXT">"#,
            with: #"severity="\#(level)" pluginName="x"><risk_factor>\#(risk)</risk_factor>"#)
        try #require(text != sample.text)
        let imported = try Imported.from(Array(text.utf8))
        #expect(imported.isClean, "\(imported.reasons) \(imported.setAside)")
        let found = imported.values("scan.finding").compactMap { $0["severity"]?.string }
        #expect(found == [severity].compactMap(\.self))
        let critical: JSON = .integer(severity == "critical" ? 1 : 0)
        #expect(imported.values("scan.run").map { $0["critical"] } == [critical])
        let counted = imported.summaries.flatMap(\.notTested).filter { $0.reason.contains("overridden") }
        #expect(counted.map(\.count) == (overridden == 0 ? [] : [overridden]))
    }
}
