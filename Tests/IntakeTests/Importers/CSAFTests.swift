import Evidence
import Formats
import Testing

@testable import Intake

/// What an advisory says of its products, and in whose name.
@Suite struct CSAFTests {
    private static func imported(_ statuses: String) throws -> Imported {
        let text = """
            {"document":{"csaf_version":"2.0","publisher":{"name":"Example Product Security"},"tracking":{"id":"A-1",
            "status":"final","current_release_date":"2026-03-01T09:00:00Z"}},"product_tree":{"full_product_names":[
            {"product_id":"P1","name":"one"},{"product_id":"P2","name":"two"},{"product_id":"P3","name":"three"}]},
            "vulnerabilities":[{"cve":"CVE-2026-1","product_status":{\(statuses)}}]}
            """
        return try Imported.from(Array(text.utf8))
    }

    @Test(arguments: [
        #""recommended":["P1","P2","P3"],"fixed":["P1"],"known_affected":["P2"]"#,
        #""fixed":["P1"],"known_affected":["P2"],"recommended":["P3","P1","P2","P3"]"#,
    ]) func `what is recommended contradicts no status, and stands only where there is none`(
        _ statuses: String
    )
        throws
    {
        let imported = try Self.imported(statuses)
        #expect(imported.isClean && !imported.covered.isEmpty, "\(imported.reasons) \(imported.setAside)")
        let said = imported.values("vex.statement").map {
            "\($0["product"]?.string ?? "") \($0["status"]?.string ?? "")"
        }
        #expect(said.sorted() == ["one fixed", "three recommended", "two affected"])
    }

    @Test func `two statuses of one product are a contradiction`() throws {
        let imported = try Self.imported(#""fixed":["P1"],"known_affected":["P1"]"#)
        #expect(imported.setAside.contains { $0.contains("6.1.6") } && !imported.isClean)
    }

    @Test func `the supplier bears its whole name`() throws {
        let imported = try Self.imported(#""fixed":["P1"]"#)
        #expect(
            imported.values("vex.statement").map { $0["supplier"] } == [.string("Example Product Security")])
        let keys = imported.facts.filter { $0.value != nil }.map(\.key.text)
        #expect(keys == ["Example Product Security|one|CVE-2026-1"])
    }
}
