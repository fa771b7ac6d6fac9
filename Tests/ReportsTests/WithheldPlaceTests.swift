import Evidence
import Formats
import Testing

@testable import Reports

/// What neighbours tell of a record that is withheld whole, and what facts tell that withhold a part of theirs.
@Suite struct WithheldPlaceTests {
    private static let start = Instant(microseconds: 0)

    private static func event(_ kind: Identifier, _ id: Identifier = "e-1") -> FactOutline {
        Fact.event(kind, id, at: start, JSONObject()).outline
    }

    @Test func `a record stands between its neighbours, and behind the coverage of its kind`() throws {
        let day = try #require(Interval(from: Self.start, to: Instant(microseconds: 86_400_000_000)))
        let covered = Fact.coverage("b.two", day).outline
        let kinds: [Identifier] = ["a.one", "b.two", "c.three"]
        func allowed(_ last: FactOutline?, _ next: FactOutline?) -> [Identifier] {
            let place = WithheldPlace(behind: last, before: next)
            return kinds.filter { place.allows($0) }
        }
        #expect(allowed(nil, nil) == kinds)
        #expect(allowed(Self.event("b.two"), nil) == ["b.two", "c.three"])
        #expect(allowed(nil, Self.event("b.two")) == ["a.one", "b.two"])
        #expect(allowed(nil, covered) == ["a.one"])
        #expect(allowed(covered, Self.event("b.two")) == ["b.two"])
        #expect(allowed(Self.event("b.two"), Self.event("c.three")) == ["b.two", "c.three"])
    }

    @Test func `lines that are withheld are sorted by the facts around them`() {
        var lines = WithheldLines()
        let facts = [1: Self.event("a.one"), 4: Self.event("b.two"), 6: Self.event("b.two", "e-2")]
        var last: FactOutline?
        for place in 0...7 {
            lines.add(facts[place] != nil ? .whole : place == 3 ? .erased : .withheld, at: place)
            guard let fact = facts[place] else { continue }
            lines.add(fact, behind: last)
            last = fact
        }
        #expect(lines.first == 0 && lines.leading == 0 && lines.trailing == 7)
        #expect(
            lines.between == [
                WithheldPlace(behind: facts[1], before: facts[4]): 2,
                WithheldPlace(behind: facts[4], before: facts[6]): 5,
            ])
        var erased = WithheldLines()
        erased.add(.erased, at: 0)
        erased.add(.withoutFields(1), at: 1)
        #expect(erased.first == 1 && erased.trailing == nil)
    }

    @Test func `only what each of them tells is told by facts that withhold a field`() {
        func value(_ names: String...) -> JSONObject {
            JSONObject(names.map { JSONObject.Member(name: $0, value: .bool(true)) })
        }
        var facts = LackingFacts()
        #expect(!facts.tells("a"))
        facts.add(1, at: 3)
        facts.add(2, at: 5)
        facts.add(2, at: 7)
        #expect(facts.most == 2 && facts.place == 5)
        facts.add(value("a", "b", "c"))
        facts.add(value("c", "b"))
        #expect(!facts.tells("a") && facts.tells("b") && facts.tells("c"))
        var others = LackingFacts()
        others.add(value("c"))
        facts.add(others)
        #expect(!facts.tells("b") && facts.tells("c"))
        // Of facts that were not looked at nobody knows.
        facts.add(LackingFacts())
        #expect(!facts.tells("c"))
    }
}
