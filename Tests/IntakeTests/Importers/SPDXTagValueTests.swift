import Evidence
import Formats
import Testing

@testable import Intake

/// SPDX documents that are written as tags and values.
@Suite struct SPDXTagValueTests {
    private static let head = """
        SPDXVersion: SPDX-2.2
        DocumentName: viewer
        Created: 2026-03-01T09:00:00Z

        """

    private static func component(_ name: String, _ more: String...) -> String {
        let lines = ["SPDXID: SPDXRef-\(name)", "PackageDownloadLocation: NOASSERTION"] + more
        return "PackageName: \(name)\n\(lines.joined(separator: "\n"))\n"
    }

    private static let product = "Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-product\n"

    private static func imported(_ parts: String...) throws -> Imported {
        try Imported.from(Array((head + parts.joined()).utf8))
    }

    /// Why something was set aside that may be a package, so that the snapshot is not whole.
    private static func hidden(_ imported: Imported) -> [String] {
        imported.drafts.flatMap(\.setAside).filter(\.mayHideRecord).map(\.reason)
    }

    @Test func `both forms of one document tell the same records`() throws {
        let samples = ImportSample.all.filter { $0.format == "spdx" }
        #expect(samples.count == 2)
        let told = try samples.map { try Imported.from($0.bytes) }
        #expect(told[0].values("sbom.component") == told[1].values("sbom.component"))
        #expect(Set(told[0].facts) == Set(told[1].facts) && told[0].drafts[0].source == "gen-1:viewer")
        #expect(told[0].drafts.map(\.source) == told[1].drafts.map(\.source))
        #expect(told[0].summaries.map(\.what) == told[1].summaries.map(\.what))
    }

    @Test func `a field is read up to the next part, and a licence that nobody asserts is none`() throws {
        let imported = try Self.imported(
            Self.component(
                "a", "PackageVersion: 1", "PackageLicenseConcluded: NOASSERTION",
                "PackageLicenseDeclared: MIT", "ExternalRef: SECURITY cpe23Type cpe:2.3:a:b",
                "ExternalRef: PACKAGE_MANAGER purl pkg:npm/a@1", "ExternalRef: PACKAGE-MANAGER purl pkg:npm/z"
            ),
            "FileName: ./f\nSPDXID: SPDXRef-f\n# PackageName: c\n\n  PackageName : b\r\nSPDXID: SPDXRef-b\r\n",
            "PackageDownloadLocation: <text>https://example.com</text>\nPackageComment: <text>\n",
            "PackageVersion: 9\nof what was left</text>\nLicenseID: LicenseRef-1\nPackageVersion: 8\n",
            Self.product)
        #expect(imported.isClean && !imported.covered.isEmpty, "\(imported.reasons) \(imported.setAside)")
        let found = imported.values("sbom.component")
        #expect(found.map { $0["name"] } == [.string("a"), .string("b")])
        #expect(found.map { $0["purl"]?.string } == ["pkg:npm/a@1", nil])
        #expect(found.map { $0["license"]?.string } == ["MIT", nil])
        #expect(found.map { $0["version"]?.string } == ["1", nil])
    }

    @Test(arguments: [
        "Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-a\n",
        "Relationship: SPDXRef-a  DESCRIBED_BY SPDXRef-DOCUMENT\n",
    ]) func `the product alone is no list of what it is made of`(_ relation: String) throws {
        let alone = try Self.imported(Self.component("a"), relation)
        #expect(alone.reasons.contains { $0.contains("the product alone") } && alone.covered.isEmpty)
        let whole = try Self.imported(Self.component("a"), Self.component("b"), relation)
        #expect(whole.isClean && whole.summaries.map(\.tested) == [1], "\(whole.reasons)")
        #expect(try Self.imported().reasons.contains { $0.contains("empty or missing") })
    }

    @Test func `a file that is cut off within a line or a package is not whole`() throws {
        let comment = "PackageComment: <text>one\ntwo</text>"
        let relation = "Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-a\n"
        let first = Self.head + Self.component("a", comment)
        let bytes = Array((first + Self.component("b") + relation).utf8)
        #expect(try Imported.from(bytes).isClean)
        // Behind these the rest could be missing in a whole file, too.
        let one = first.utf8.count
        let ends = [one, one - 1, one - comment.utf8.count - 1, bytes.count - 1]
        for end in 1..<bytes.count {
            let imported = try Imported.from(Array(bytes[..<end]), as: "spdx")
            #expect(imported.covered.isEmpty == !ends.contains(end), "cut at byte \(end)")
            #expect(imported.reasons.isEmpty == ends.contains(end), "cut at byte \(end)")
            #expect(imported.values("sbom.component").allSatisfy { ["a", "b"].contains($0["name"]?.string) })
        }
    }

    @Test func `several packages without what they make up may be cut off`() throws {
        let imported = try Self.imported(Self.component("a"), Self.component("b"))
        #expect(imported.reasons.count == 1 && imported.covered.isEmpty, "\(imported.reasons)")
        #expect(imported.reasons.allSatisfy { $0.contains("DESCRIBES") })
        #expect(imported.counts == ["sbom.component": 2])
        #expect(try Self.imported(Self.component("a")).isClean)
    }

    @Test(
        arguments: [
            ("Relationship: SPDXRef-a CONTAINS SPDXRef-b", true), ("# done", true),
            ("Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-b", true),
            ("Relationship: SPDXRef-a DESCRIBED_BY SPDXRef-DOCUMENT", true),
            ("Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-", false),
            ("Relationship: SPDXRef-a CONTAINS", false), ("PackageCopyrightText: NOASSERTION", true),
            ("PackageCopyrightText: <text>nobody</text>", true), ("PackageCopyrightText: <te", false),
            ("PackageCopyrightText:", false), ("Created: 2026-03-01T09:00:00Z", true),
            ("PackageVersion: 1", false), ("PackageLicenseConcluded: MIT", false), ("PackageName: c", false),
            ("ExternalRef: PACKAGE-MANAGER purl pkg:npm/b@1", false), ("FileName: ./f", false),
            ("PackageVer", false),
        ] as [(String, Bool)])
    func `a last line without its line feed counts where more of it would make no other package`(
        _ line: String, _ isTaken: Bool
    ) throws {
        let parts = Self.component("a") + Self.product + Self.component("b") + Self.component("z")
        let imported = try Self.imported(parts, line)
        #expect(imported.reasons.isEmpty == isTaken, "\(imported.reasons)")
        #expect(imported.covered.isEmpty != isTaken)
        #expect(isTaken || imported.reasons.contains { $0.contains("the last line has no end") })
    }

    @Test(arguments: [
        ("no tag at all\n", "no tag with its value"), ("Package Version: 2\n", "no tag with its value"),
        (": 2\n", "no tag with its value"), ("PackageVersion: 2\n", "stands again"),
        ("PackageComment: \(String(repeating: "x", count: 2 << 20))\n", "longer than"),
    ])
    func `a line that cannot be told takes the coverage away, and its package is no other one`(
        _ line: String, _ reason: String
    ) throws {
        let imported = try Self.imported(
            Self.component("a"), Self.component("b", "PackageVersion: 1"), line,
            "PackageSupplier: NOASSERTION\n",
            Self.component("c"))
        #expect(Self.hidden(imported).contains { $0.contains(reason) }, "\(imported.setAside)")
        let versions = imported.values("sbom.component").filter { $0["name"] == .string("b") }
            .map { $0["version"]?.string }
        #expect(versions == (reason == "stands again" ? ["1"] : []))
        #expect(imported.values("sbom.component").contains { $0["name"] == .string("c") })
    }

    @Test func `what is no UTF-8 is set aside`() throws {
        let bytes =
            Array((Self.head + Self.component("a")).utf8) + Array("PackageVersion: ".utf8) + [0xFF, 0x0A]
        let imported = try Imported.from(bytes + Array(Self.component("c").utf8))
        #expect(Self.hidden(imported) == ["a line is not valid UTF-8"])
        #expect(imported.values("sbom.component").map { $0["name"] } == [.string("c")])
    }

    @Test(arguments: ["", "# made by hand\n\n", "## Document Information\r\n\r\n", "\n  \n"])
    func `comments may stand before the version`(_ comment: String) throws {
        let imported = try Imported.from(Array((comment + Self.head + Self.component("a")).utf8))
        #expect(imported.isClean && imported.counts == ["sbom.component": 1], "\(imported.reasons)")
    }
}
