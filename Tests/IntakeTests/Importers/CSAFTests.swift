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

    @Test func `what is said of a group is said of each product in it`() throws {
        let text = """
            {"document":{"csaf_version":"2.1","publisher":{"name":"Maker"},"tracking":{"id":"A-1",
            "status":"final","current_release_date":"2026-03-01T09:00:00Z"}},"vulnerabilities":[{"cve":"CVE-2026-1",
            "product_status":{"known_not_affected":["P1","P2"],"known_affected":["P3"]},
            "flags":[{"label":"vulnerable_code_not_present","group_ids":["G1","G9"]}],
            "remediations":[{"category":"vendor_fix","product_ids":[],"group_ids":["G2"]}]}],
            "product_tree":{"product_groups":[{"group_id":"G1","product_ids":["P1","P2"]},
            {"group_id":"G2","product_ids":["P2","P3"]}],"full_product_names":[{"product_id":"P1","name":"one",
            "product_identification_helper":{"purls":["pkg:npm/one@1","pkg:npm/one@1?arch=x"]}},
            {"product_id":"P2","name":"two"},{"product_id":"P3","name":"three"}]}}
            """
        let imported = try Imported.from(Array(text.utf8))
        #expect(imported.isClean, "\(imported.reasons) \(imported.setAside)")
        let said = imported.values("vex.statement").map { value in
            ["product", "justification", "response"].map { value[$0]?.string ?? "-" }.joined(separator: " ")
        }
        #expect(
            said == [
                "pkg:npm/one@1 vulnerable_code_not_present -", "two vulnerable_code_not_present vendor_fix",
                "three - vendor_fix",
            ])
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
