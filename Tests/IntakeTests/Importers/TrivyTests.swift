import Evidence
import Formats
import Testing

@testable import Intake

/// Reports of Trivy whose members stand in another order than it writes them, and such as hold nothing that is read.
@Suite struct TrivyTests {
    private static func result(_ holes: Int, padding: Int = 0) -> String {
        let found = (0..<holes).map { number in
            """
            {"Description":"\(String(repeating: "x", count: padding))","InstalledVersion":"1","PkgName":"p\(number)",
            "Severity":"HIGH","VulnerabilityID":"CVE-2026-\(number)"}
            """
        }
        return """
            {"Class":"os-pkgs","Target":"image:1 (debian 12)","Vulnerabilities":[\(found.joined(separator: ","))]}
            """
    }

    private static let made = #""CreatedAt":"2026-03-01T09:00:00Z""#

    private static func findings(_ imported: Imported) -> [Fact] {
        imported.facts.filter { $0.kind == "scan.finding" && $0.value != nil }
    }

    @Test func `findings bear the name of what was scanned wherever it stands`() throws {
        let (name, version) = (#""ArtifactName":"image:1""#, #""SchemaVersion":2"#)
        let results = #""Results":[\#(Self.result(2))]"#
        let plain = try Imported.from(Array("{\(version),\(name),\(Self.made),\(results)}".utf8))
        #expect(plain.isClean && !plain.covered.isEmpty, "\(plain.reasons)")
        #expect(Self.findings(plain).map(\.key.text).first == "image:1|image:1 (debian 12)|p0|1|CVE-2026-0")
        for members in [[version, results, name, Self.made], [Self.made, results, version, name]] {
            let turned = try Imported.from(Array("{\(members.joined(separator: ","))}".utf8))
            #expect(turned.isClean, "\(turned.reasons)")
            #expect(Self.findings(turned) == Self.findings(plain))
            #expect(turned.values("scan.run") == plain.values("scan.run"))
        }
        let nameless = try Imported.from(Array("{\(version),\(Self.made),\(results)}".utf8), as: "trivy")
        #expect(Self.findings(nameless).map(\.key.text).first == "|image:1 (debian 12)|p0|1|CVE-2026-0")
    }

    @Test func `a report whose names were sorted is known for one`() throws {
        let results = #""Results":[\#(Self.result(200, padding: 500))],"SchemaVersion":2"#
        for type in ["", #""ArtifactType":"container_image","#] {
            let text = #"{"ArtifactName":"image:1",\#(type)\#(Self.made),\#(results)}"#
            try #require(text.utf8.count > FileHead.length)
            let imported = try Imported.from(Array(text.utf8))
            #expect(imported.isClean && Self.findings(imported).count == 200, "\(imported.reasons)")
        }
    }

    @Test(arguments: [
        #"{"Target":"OS Packages","Class":"license","Licenses":[{"Severity":"HIGH","Name":"GPL"}]}"#,
        #"{"Target":"x"}"#,
    ])
    func `a report without a result that is read is a gap`(_ result: String) throws {
        let text = #"{"SchemaVersion":2,"ArtifactName":"image:1",\#(Self.made),"Results":[\#(result)]}"#
        let imported = try Imported.from(Array(text.utf8))
        #expect(imported.reasons.count == 1 && imported.reasons.first?.contains("os-pkgs, lang-pkgs") == true)
        #expect(imported.covered.isEmpty && imported.counts.isEmpty)
    }
}
