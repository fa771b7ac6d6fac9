import Evidence
import Formats
import Testing

@testable import Intake

/// SPDX documents in the orders in which tools write their members, and what in them is the product itself.
@Suite struct SPDXTests {
    private static let about =
        #""creationInfo":{"created":"2026-03-01T09:00:00Z","creators":["Tool: gen-1"]}"#
    private static let version = #""spdxVersion":"SPDX-2.3""#
    private static let name = #""name":"viewer""#

    private static func packages(_ names: String...) -> String {
        let list = names.map { #"{"name":"\#($0)","SPDXID":"SPDXRef-\#($0)","versionInfo":"1"}"# }
        return #""packages":[\#(list.joined(separator: ","))]"#
    }

    private static func relation(_ from: String, _ type: String, _ to: String) -> String {
        #"{"spdxElementId":"\#(from)","relationshipType":"\#(type)","relatedSpdxElement":"\#(to)"}"#
    }

    private static func imported(_ members: String...) throws -> Imported {
        try Imported.from(Array("{\(members.joined(separator: ","))}".utf8))
    }

    @Test func `packages bear the document's name, also where it stands behind them`() throws {
        let first = try Self.imported(Self.version, Self.name, Self.about, Self.packages("a", "b"))
        let last = try Self.imported(Self.packages("a", "b"), Self.version, Self.name, Self.about)
        #expect(first.isClean && last.isClean, "\(last.reasons)")
        #expect(Set(last.facts) == Set(first.facts))
        #expect(
            last.values("sbom.component").map { $0["service"] } == [.string("viewer"), .string("viewer")])
        let keys = last.facts.filter { $0.value != nil }.map(\.key.text)
        #expect(keys == ["viewer|a|1", "viewer|b|1"])
    }

    @Test func `a package URL is known by the full name of its type as well`() throws {
        let type = "http://spdx.org/rdf/references/purl"
        let listed = """
            "packages":[{"name":"a","versionInfo":"1","externalRefs":[{"referenceType":"http://spdx.org/rdf/references/cpe23Type",
            "referenceLocator":"cpe:2.3:a"},{"referenceType":"\(type)","referenceLocator":"pkg:npm/a@1"}]}]
            """
        let json = try Self.imported(Self.version, Self.name, Self.about, listed)
        let tags = """
            SPDXVersion: SPDX-2.3
            DocumentName: viewer
            Creator: Tool: gen-1
            Created: 2026-03-01T09:00:00Z
            PackageName: a
            SPDXID: SPDXRef-a
            PackageDownloadLocation: NONE
            PackageVersion: 1
            ExternalRef: PACKAGE-MANAGER \(type) pkg:npm/a@1

            """
        for imported in [json, try Imported.from(Array(tags.utf8))] {
            #expect(imported.isClean, "\(imported.reasons) \(imported.setAside)")
            #expect(imported.values("sbom.component").map { $0["purl"] } == [.string("pkg:npm/a@1")])
        }
    }

    @Test func `packages that wait for the name are kept where the document breaks off`() throws {
        let text = "{\(Self.version),\(Self.packages("a", "b")),\(Self.about)"
        let imported = try Imported.from(Array(text.utf8))
        #expect(imported.counts == ["sbom.component": 2])
        #expect(!imported.reasons.isEmpty && imported.covered.isEmpty)
    }

    @Test(arguments: [
        #""documentDescribes":["SPDXRef-a"]"#,
        #""relationships":[\#(relation("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-a"))]"#,
        #""relationships":[\#(relation("SPDXRef-a", "DESCRIBED_BY", "SPDXRef-DOCUMENT"))]"#,
    ]) func `the product alone is no list of what it is made of`(_ described: String) throws {
        let members = [Self.version, Self.name, Self.about]
        let alone = try Self.imported(members[0], members[1], members[2], Self.packages("a"), described)
        #expect(alone.reasons.contains { $0.contains("the product alone") }, "\(alone.reasons)")
        #expect(alone.covered.isEmpty)
        let whole = try Self.imported(members[0], members[1], members[2], described, Self.packages("a", "b"))
        #expect(whole.isClean && !whole.covered.isEmpty, "\(whole.reasons)")
        #expect(whole.summaries.map(\.tested) == [1])
    }

    @Test func `a document that describes each of several packages lists them`() throws {
        let imported = try Self.imported(
            Self.version, Self.name, Self.about, Self.packages("a", "b"),
            #""documentDescribes":["SPDXRef-a","SPDXRef-b","SPDXRef-c"]"#)
        #expect(imported.isClean && imported.summaries.map(\.tested) == [2], "\(imported.reasons)")
    }

    @Test func `GitHub's answer is read like the document in it`() throws {
        let members = "\(Self.version),\(Self.name),\(Self.about),\(Self.packages("a", "b"))"
        let plain = try Self.imported(members)
        let wrapped = try Self.imported(#""sbom":{\#(members)}"#)
        #expect(wrapped.isClean && wrapped.facts == plain.facts, "\(wrapped.reasons)")
        let nested = try Self.imported(#""sbom":{"sbom":{\#(members)}}"#)
        #expect(nested.reasons.contains { $0.contains("spdxVersion") } && nested.covered.isEmpty)
    }

    /// So many that the head of the document shows nothing behind them.
    private static var files: String {
        let list = (0..<1_000).map {
            let sum = String(repeating: "0", count: 40)
            return #"{"fileName":"./f\#($0)","checksums":[{"algorithm":"SHA1","checksumValue":"\#(sum)"}]}"#
        }
        return #""files":[\#(list.joined(separator: ","))]"#
    }

    private static var relations: String {
        let list = (0..<1_000).map { relation("SPDXRef-a", "DEPENDS_ON", "SPDXRef-\($0)") }
        return #""relationships":[\#(list.joined(separator: ","))]"#
    }

    @Test(arguments: [[files], [#""files":[]"#, relations], [files, relations]])
    func `a document is told by its first members where its version stands far behind them`(
        _ first: [String]
    ) throws {
        #expect(first.joined().utf8.count > FileHead.length)
        let others = [Self.packages("a", "b"), #""externalDocumentRefs":[]"#]
        let members: [String] = [first[0]] + others + Array(first.dropFirst())
        let told = [Self.version, Self.name, Self.about]
        let imported = try Imported.from(Array("{\((members + told).joined(separator: ","))}".utf8))
        #expect(imported.isClean && imported.counts == ["sbom.component": 2], "\(imported.reasons)")
        let other = try Imported.from(Array("{\((members + [Self.name]).joined(separator: ","))}".utf8))
        #expect(other.reasons.contains { $0.contains("not SPDX") }, "\(other.reasons)")
        #expect(other.covered.isEmpty)
        // Nor are packages of another format taken for components.
        let nameless = try Imported.from(Array("{\(members.joined(separator: ","))}".utf8))
        #expect(nameless.reasons.contains { $0.contains("not SPDX") } && nameless.facts.isEmpty)
    }
}
