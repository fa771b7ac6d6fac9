import Formats
import Foundation
import Testing

@testable import Catalog

@Suite struct CatalogTests {
    @Test func `the kinds that come with the program are read`() throws {
        let catalog = try KindCatalog.builtin()
        #expect(catalog.version == "kinds-2026.11")
        let account = try #require(catalog.kind("idp.account"))
        #expect(account.mode == .state)
        #expect(account.field("owner_id")?.isPersonal == true)
        #expect(account.field("enabled")?.isRequired == true)
        #expect(catalog.kind("vcs.change")?.field("approvers")?.type == .list(.text))
        #expect(catalog.kind("idp.acount") == nil)
        #expect(catalog.kinds.map(\.name) == catalog.kinds.map(\.name).sorted())
    }

    @Test func `every field of every kind says what it means, and every kind who knows it`() throws {
        let catalog = try KindCatalog.builtin()
        #expect(catalog.kinds.count > 100)
        for kind in catalog.kinds {
            #expect(!kind.knownBy.isEmpty && !kind.title.isEmpty, "\(kind.name)")
            #expect(kind.fields.allSatisfy { !$0.meaning.isEmpty }, "\(kind.name)")
            #expect(!kind.fields.isEmpty, "\(kind.name)")
        }
        #expect(catalog.kind("vcs.change")?.filledBy == ["git", "github"])
        #expect(catalog.kind("vcs.change")?.field("pull_request")?.filledBy == ["github"])
        #expect(catalog.kind("vcs.change")?.field("bypassed")?.filledBy?.isEmpty == true)
        #expect(catalog.kind("phi.access")?.field("patient_id")?.isPHI == true)
    }

    /// After a change of the catalogue: `assay kinds --format markdown > docs/kinds.md`.
    @Test func `the reference page is the one the catalogue makes`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let page = try String(contentsOf: root.appending(path: "docs/kinds.md"), encoding: .utf8)
        #expect(try KindReference(KindCatalog.builtin()).markdown == page)
    }

    @Test func `an organisation adds kinds and cannot redefine one`() throws {
        let catalog = try KindCatalog.builtin()
        let own = Kind(name: "lab.sample", title: "Sample", mode: .event, fields: [])
        #expect(try catalog.merging([own]).kind("lab.sample") == own)
        #expect(throws: CatalogError(.duplicate("lab.sample"), file: "kinds of the organisation")) {
            try catalog.merging([own, own])
        }
    }

    @Test(arguments: [
        ("{", "not JSON"), ("{}", "version: expected a text"),
        (#"{"version":"1","kinds":3}"#, "kinds: expected a list"),
        (
            #"{"version":"1","kinds":[{"kind":"a","title":"A","mode":"stat","fields":[]}]}"#,
            "kinds[0].mode: \"stat\""
        ),
        (
            #"{"version":"1","kinds":[{"kind":"a","title":"A","mode":"state","fields":[{"name":"x","type":"text"}]}]}"#,
            "kinds[0].fields[0].type: \"text\" is unknown"
        ),
    ])
    func `a broken catalogue says where it is broken`(text: String, expected: String) {
        let error = #expect(throws: CatalogError.self) {
            try KindCatalog(parsing: Array(text.utf8), name: "test.json")
        }
        #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
    }

    @Test func `all sixty-one criteria are there`() throws {
        let catalog = try CriteriaCatalog.builtin()
        #expect(catalog.version == "TSP100-2017-PoF2022")
        #expect(catalog.criteria.count == 61)
        #expect(Category.allCases.map { catalog.criteria(in: $0).count } == [33, 3, 5, 2, 18])
        #expect(catalog.criteria.compactMap(\.principle).sorted() == Array(1...17))
        let access = try #require(catalog.criterion("CC6.1"))
        #expect(access.category == .security)
        #expect(access.group == "Logical and physical access")
        #expect(access.principle == nil)
        #expect(catalog.criterion("P1.0") == nil)
    }

    @Test(arguments: [
        "164.308(a)(3)(ii)(C)", "164.404", "160.103", "164.312(e)(2)(ii)", "164.514(b)(2)(i)(A)",
    ])
    func `a citation is read and written back`(text: String) {
        #expect(HIPAACitation(text)?.description == text)
    }

    @Test(arguments: [
        "", "164", "164.", "165.308", "164.308(", "164.308()", "164.308(a", "164.308a", "164.308(1)",
        "164.308(a)(i)",
        "164.308(a)(1)(C)", "164.308(a)(1)(ii)(c)", "164.308(a) (1)", "164.308(a)-(e)", "45 CFR 164.308",
        "１64.308",
    ])
    func `what is not a citation is refused`(text: String) {
        #expect(HIPAACitation(text) == nil)
    }
}
