import Evidence
import Formats
import Testing

@testable import Intake

/// Catalogs and component definitions of OSCAL, however their members stand.
@Suite struct OSCALTests {
    private static let metadata =
        #""metadata":{"title":"Small","last-modified":"2026-03-01T09:00:00Z","oscal-version":"1.1.2"}"#

    private static func document(_ model: String, _ members: String...) throws -> Imported {
        try Imported.from(Array(#"{"\#(model)":{"uuid":"u",\#(members.joined(separator: ","))}}"#.utf8))
    }

    /// A component that says of itself what these implemented requirements say.
    private static func component(_ uuid: String, _ requirements: String...) -> String {
        #"{"uuid":"\#(uuid)","type":"service","title":"DB","control-implementations":[{"uuid":"i","#
            + #""source":"cat","implemented-requirements":[\#(requirements.joined(separator: ","))]}]}"#
    }

    private static func requirement(_ uuid: String, _ status: String) -> String {
        #"{"uuid":"\#(uuid)","control-id":"ac-1","props":[{"name":"implementation-status","value":"\#(status)"}]}"#
    }

    private static func keys(_ imported: Imported) -> Set<String> {
        Set(imported.facts.filter { $0.value != nil }.map(\.key.text))
    }

    @Test func `controls are known by the name of their catalog, wherever the metadata stand`() throws {
        let controls = #""controls":[{"id":"ac-2","title":"Q"}]"#
        let groups = #""groups":[{"title":"Access","controls":[{"id":"ac-1","title":"P"}]}]"#
        let first = try Self.document("catalog", Self.metadata, groups, controls)
        #expect(first.isClean && first.counts == ["framework.control": 2], "\(first.reasons)")
        for members in [[groups, controls, Self.metadata], [groups, Self.metadata, controls]] {
            let imported = try Self.document("catalog", members[0], members[1], members[2])
            #expect(imported.isClean, "\(imported.reasons) \(imported.setAside)")
            #expect(Set(imported.facts) == Set(first.facts))
            #expect(imported.drafts.map(\.source) == first.drafts.map(\.source))
        }
    }

    @Test func `a document of another version says nothing, even in what stands before its metadata`() throws
    {
        let imported = try Self.document(
            "catalog", #""controls":[{"id":"ac-2","title":"Q"}]"#,
            Self.metadata.replacing("1.1.2", with: "2.0.0"))
        #expect(imported.counts.isEmpty && imported.reasons.contains { $0.contains("OSCAL 2.0.0") })
    }

    @Test func `two components of one title make two claims, and one alone keeps its plain key`() throws {
        let (first, second) = (
            Self.component("c1", Self.requirement("r", "planned")),
            Self.component("c2", Self.requirement("r", "implemented"))
        )
        let both = try Self.document(
            "component-definition", Self.metadata, #""components":[\#(first),\#(second)]"#)
        #expect(both.isClean, "\(both.reasons) \(both.setAside)")
        #expect(Self.keys(both) == ["DB|cat|ac-1|c1", "DB|cat|ac-1|c2"])
        let turned = try Self.document(
            "component-definition", Self.metadata, #""components":[\#(second),\#(first)]"#)
        #expect(turned.isClean && Set(turned.facts) == Set(both.facts))
        let one = try Self.document("component-definition", Self.metadata, #""components":[\#(second)]"#)
        #expect(Self.keys(one) == ["DB|cat|ac-1"])
    }

    @Test func `two statements about one control in a component are two claims`() throws {
        let twice = Self.component(
            "c1", Self.requirement("r1", "planned"), Self.requirement("r2", "implemented"))
        let imported = try Self.document(
            "component-definition", Self.metadata, #""components":[\#(twice)]"#)
        #expect(imported.isClean, "\(imported.reasons) \(imported.setAside)")
        #expect(Self.keys(imported) == ["DB|cat|ac-1||r1", "DB|cat|ac-1||r2"])
        let turned = Self.component(
            "c1", Self.requirement("r2", "implemented"), Self.requirement("r1", "planned"))
        let other = try Self.document("component-definition", Self.metadata, #""components":[\#(turned)]"#)
        #expect(other.isClean && Set(other.facts) == Set(imported.facts))
    }

    @Test func `a definition that refers to others is not whole`() throws {
        let component = Self.component("c1", Self.requirement("r", "implemented"))
        let imported = try Self.document(
            "component-definition", Self.metadata,
            #""import-component-definitions":[{"href":"a.json"},{"href":"b.json"}]"#,
            #""components":[\#(component)]"#)
        #expect(imported.reasons.count == 1 && imported.covered.isEmpty, "\(imported.reasons)")
        #expect(imported.counts == ["framework.claim": 1])
    }
}
