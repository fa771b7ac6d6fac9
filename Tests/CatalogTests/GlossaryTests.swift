import Formats
import Testing

@testable import Catalog

@Suite struct GlossaryTests {
    @Test func `terms are found by name and alias, whatever their capitals`() throws {
        let glossary = try Glossary.builtin()
        #expect(glossary.term("baa")?.term == "BAA")
        #expect(glossary.term("business associate agreement")?.term == "BAA")
        #expect(glossary.term("Type 2")?.term == "Type II")
        #expect(glossary.term("nonsense") == nil)
        #expect(glossary.search("seed").map(\.term) == ["Sample"])
    }

    @Test func `no name stands twice and every reference leads somewhere`() throws {
        let terms = try Glossary.builtin().terms
        let names = terms.flatMap { [$0.term] + $0.aliases }.map { $0.lowercased() }
        #expect(Set(names).count == names.count)
        for term in terms {
            for related in term.related {
                #expect(names.contains(related.lowercased()), "\(term.term): \(related)")
            }
        }
        #expect(terms.map { $0.term.lowercased() } == terms.map { $0.term.lowercased() }.sorted())
    }
}
