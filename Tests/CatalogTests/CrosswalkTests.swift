import Formats
import Testing

@testable import Catalog

@Suite struct CrosswalkTests {
    @Test func `every relation reads the same from both ends`() throws {
        let library = try Library.builtin()
        var count = 0
        for id in library.crosswalk.ids {
            for link in library.crosswalk.links(from: id) {
                count += 1
                let back = library.crosswalk.links(from: link.id).first { $0.id == id }
                #expect(back?.strength == link.strength, "\(id) and \(link.id)")
                #expect(library.item(link.id) != nil, "\(link.id) is unknown")
            }
        }
        #expect(count == 2 * 478)
    }

    /// Rows of the published reading of the rules, both ways.
    @Test(arguments: [
        ("164.308(a)(3)(ii)(C)", "CC6.2 CC6.3 CC6.4"), ("164.312(c)(1)", "CC6.1~ CC6.8~ CC8.1~ PI1.3~ PI1.5"),
        ("164.308(a)(8)", "CC3.4 CC4.1 CC4.2 CC8.1~"), ("164.314(b)(1)", ""),
        ("164.410", "CC2.3 CC7.4 P6.5 P6.6"),
    ])
    func `a citation leads to its criteria`(id: Identifier, expected: String) throws {
        let found = try Crosswalk.builtin().links(from: id).map {
            $0.id.text + ($0.strength == .partial ? "~" : "")
        }
        #expect(found == expected.split(separator: " ").map(String.init))
    }

    @Test func `a criterion leads to all frameworks`() throws {
        let library = try Library.builtin()
        let links = library.links(from: try #require(library.item("CC6.2")))
        let frameworks = Set(links.compactMap { library.item($0.id)?.framework })
        #expect(frameworks == [.hipaa, .csf, .hitrust])
        #expect(library.links(from: try #require(library.item("PI1.1"))).map(\.strength) == [.partial])
    }

    @Test func `a category of CSF 2.0 has the relations of its subcategories`() throws {
        let library = try Library.builtin()
        let links = library.links(from: try #require(library.item("PR.AT")))
        #expect(links.map(\.id) == ["CC1.4", "CC2.2"])
    }

    @Test func `a citation may leave out its part`() throws {
        let library = try Library.builtin()
        #expect(library.item("308(a)(2)")?.id == "164.308(a)(2)")
        #expect(library.item("CC99.9") == nil)
    }

    @Test func `a relation that stands twice is refused`() {
        let text = #"{"version":"1","relations":[{"id":"CC1.1","to":["164.306(a)","164.306(a)~"]}]}"#
        let error = #expect(throws: CatalogError.self) {
            try Crosswalk(parsing: Array(text.utf8), name: "t.json")
        }
        #expect(error?.description.contains("relations[0].to[1]") == true)
    }
}
