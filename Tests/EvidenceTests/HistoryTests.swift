import Catalog
import Evidence
import Formats
import TestSupport
import Testing

@Suite struct HistoryTests {
    private static let kinds = [
        Kind(name: "account", title: "", mode: .state, fields: []),
        Kind(name: "change", title: "", mode: .event, fields: []),
    ]

    private static func value(_ text: String) -> JSONObject { object(["v": .string(text)]) }

    /// A statement about one key: a letter as value, nil for the record's end.
    struct Said: Sendable {
        var from: Int
        var to: Int?
        var value: String?
        var recorded = 0

        func fact(_ number: Int) -> RecordedFact {
            RecordedFact(
                fact: .state(
                    "account", "a", from: hour(from), to: to.map(hour), value.map(HistoryTests.value)),
                source: "s", recorded: hour(recorded), reference: FactReference(leaf: number, item: 0))
        }
    }

    private func history(_ facts: [RecordedFact], knownAt: Int = 1_000) -> SourceHistory {
        var builder = HistoryBuilder(knownAt: hour(knownAt), kinds: Self.kinds)
        for fact in facts { builder.add(fact) }
        return builder.build()["account"]?.sources["s"] ?? SourceHistory()
    }

    /// A letter for each hour from 0, a point where nothing is.
    private func drawing(_ history: SourceHistory, _ size: Int = 10) -> String {
        (0..<size).map { index in
            let version = history.states["a"]?.first { $0.interval.contains(hour(index)) }
            return version?.value["v"]?.string ?? "."
        }.joined()
    }

    private func drawing(_ said: [Said], knownAt: Int = 1_000) -> String {
        drawing(history(said.enumerated().map { $1.fact($0) }, knownAt: knownAt))
    }

    @Test(arguments: [
        (
            "a change holds until the next", [Said(from: 1, value: "A"), Said(from: 4, value: "B")],
            ".AAABBBBBB"
        ),
        (
            "a late change",
            [Said(from: 1, value: "A"), Said(from: 6, value: "C"), Said(from: 3, value: "B")], ".AABBBCCCC"
        ),
        ("an end", [Said(from: 1, value: "A"), Said(from: 4)], ".AAA......"),
        (
            "an end, and back again", [Said(from: 1, value: "A"), Said(from: 4), Said(from: 7, value: "B")],
            ".AAA...BBB"
        ),
        ("a stretch", [Said(from: 2, to: 5, value: "A")], "..AAA....."),
        (
            "a corrected stretch: what was known behind it comes back",
            [Said(from: 1, value: "A"), Said(from: 3, to: 5, value: "B")], ".AABBAAAAA"
        ),
        ("a stretch that was not", [Said(from: 1, value: "A"), Said(from: 3, to: 5)], ".AA..AAAAA"),
        ("the same time said again", [Said(from: 1, value: "A"), Said(from: 1, value: "B")], ".BBBBBBBBB"),
        (
            "a change that is put right, behind a corrected stretch too",
            [Said(from: 1, value: "A"), Said(from: 3, to: 5, value: "B"), Said(from: 1, value: "C")],
            ".CCBBCCCCC"
        ),
        (
            "a late change before a corrected stretch holds behind it",
            [Said(from: 1, value: "A"), Said(from: 4, to: 6, value: "B"), Said(from: 2, value: "C")],
            ".ACCBBCCCC"
        ),
        (
            "a change inside a stretch that was known before ends it",
            [Said(from: 0, value: "A"), Said(from: 2, to: 6, value: "B"), Said(from: 4, value: "C")],
            "AABBCCCCCC"
        ),
        (
            "a stretch over a change that was known before hides it",
            [Said(from: 0, value: "A"), Said(from: 4, value: "C"), Said(from: 2, to: 6, value: "B")],
            "AABBBBCCCC"
        ),
        (
            "two stretches, the later one counts",
            [Said(from: 1, to: 6, value: "A"), Said(from: 4, to: 8, value: "B")], ".AAABBBB.."
        ),
    ])
    func `what is said about a record is replayed`(_ name: String, _ said: [Said], _ expected: String) {
        #expect(drawing(said) == expected, "\(name)")
    }

    @Test func `what was recorded later is not known`() {
        let said = [Said(from: 1, value: "A", recorded: 5), Said(from: 3, value: "B", recorded: 9)]
        #expect(drawing(said, knownAt: 4) == "..........")
        #expect(drawing(said, knownAt: 8) == ".AAAAAAAAA")
        #expect(drawing(said, knownAt: 9) == ".AABBBBBBB")
    }

    @Test(arguments: 0..<500) func `replay agrees with the definition, in any order of arrival`(_ seed: Int) {
        var generator = Seeded(UInt64(seed))
        let letters = ["A", "B", "C", nil]
        let said = (0..<generator.below(7)).map { _ in
            let from = generator.below(9)
            let to = Bool.random(using: &generator) ? from + 1 + generator.below(6) : nil
            return Said(from: from, to: to, value: letters[generator.below(4)], recorded: generator.below(4))
        }
        var facts = said.enumerated().map { $1.fact($0) }
        let known = zip(said, facts).sorted {
            ($0.1.recorded, $0.1.reference) < ($1.1.recorded, $1.1.reference)
        }.map(\.0)
        let expected = (0..<10).map { Self.value(known, at: $0) ?? "." }.joined()
        #expect(drawing(history(facts)) == expected, "seed \(seed): \(said)")
        facts.shuffle(using: &generator)
        #expect(drawing(history(facts)) == expected, "seed \(seed), shuffled: \(said)")
        let versions = history(facts).states["a"] ?? []
        for (left, right) in zip(versions, versions.dropFirst()) {
            #expect(left.interval.end <= right.interval.start, "seed \(seed)")
        }
    }

    /// Straight from the words: later knowledge counts, a change holds until the next, and a stretch returns what is
    /// behind it.
    private static func value(_ known: [Said], at time: Int) -> String? {
        let change = known.indices.filter { known[$0].to == nil && known[$0].from <= time }
            .max { (known[$0].from, $0) < (known[$1].from, $1) }
        let stretch = known.indices.last { known[$0].from <= time && time < (known[$0].to ?? 0) }
        switch (change, stretch) {
        case (let change?, let stretch?):
            let isNewer = change > stretch && known[change].from >= known[stretch].from
            return known[isNewer ? change : stretch].value
        case (let only?, nil), (nil, let only?): return known[only].value
        case (nil, nil): return nil
        }
    }

    @Test func `an event that is reported again is corrected, wherever it stood before`() {
        func event(_ at: Int, _ text: String, recorded: Int, leaf: Int) -> RecordedFact {
            RecordedFact(
                fact: .event("change", "c", at: hour(at), Self.value(text)), source: "s",
                recorded: hour(recorded),
                reference: FactReference(leaf: leaf, item: 0))
        }
        let facts = [event(5, "A", recorded: 1, leaf: 0), event(7, "B", recorded: 2, leaf: 1)]
        for order in [facts, facts.reversed()] {
            var builder = HistoryBuilder(knownAt: hour(9), kinds: Self.kinds)
            for fact in order { builder.add(fact) }
            let events = builder.build()["change"]?.sources["s"]?.events ?? []
            #expect(events.map(\.at) == [hour(7)])
            #expect(events.map(\.value) == [Self.value("B")])
        }
    }

    @Test func `only where every source covers is the kind covered`() throws {
        var builder = HistoryBuilder(knownAt: hour(100), kinds: Self.kinds)
        for (leaf, (source, from, to)) in [("one", 0, 10), ("two", 5, 20), ("one", 10, 12)].enumerated() {
            builder.add(
                RecordedFact(
                    fact: .coverage("account", try hours(from, to)), source: Identifier(source),
                    recorded: hour(0),
                    reference: FactReference(leaf: leaf, item: 0)))
        }
        #expect(builder.build()["account"]?.completeCoverage == IntervalSet([try hours(5, 12)]))
        // A source that was asked and brought nothing covers nothing.
        builder.addSource("three", kind: "account", recorded: hour(1), asked: hour(1), leaf: 3)
        #expect(builder.build()["account"]?.completeCoverage.isEmpty == true)
        #expect(builder.build().leaves == [0, 1, 2, 3])
        // One that is asked later than the time of knowledge is not there yet.
        builder.addSource("four", kind: "change", recorded: hour(101), asked: hour(101), leaf: 4)
        #expect(builder.build()["change"] == nil)
    }

    @Test func `a source is waited for as long as it is asked`() throws {
        var builder = HistoryBuilder(knownAt: hour(200), kinds: Self.kinds)
        for (source, from, to) in [("one", 0, 100), ("two", 10, 30)] {
            builder.add(
                RecordedFact(
                    fact: .coverage("account", try hours(from, to)), source: Identifier(source),
                    recorded: hour(150), reference: FactReference(leaf: from, item: 0)))
            builder.addSource(
                Identifier(source), kind: "account", recorded: hour(150), asked: hour(from), leaf: from)
        }
        #expect(builder.build()["account"]?.population == IntervalSet([try hours(0, 100)]))
        // Asked again, it did not answer; later nobody asked.
        builder.addSource("two", kind: "account", recorded: hour(160), asked: hour(60), leaf: 60)
        let gap = IntervalSet([try hours(0, 30), try hours(60, 100)])
        #expect(builder.build()["account"]?.population == gap)
        #expect(builder.build()["account"]?.completeCoverage == IntervalSet([try hours(0, 30)]))
        // One that never answered is missed from when it was asked first until it was asked last.
        for at in [40, 90] {
            builder.addSource("three", kind: "account", recorded: hour(170), asked: hour(at), leaf: 100 + at)
        }
        let rest = IntervalSet([try hours(0, 30), try hours(90, 100)])
        #expect(builder.build()["account"]?.population == rest)
    }

    @Test func `facts of a kind that is not known are left out`() {
        var builder = HistoryBuilder(knownAt: hour(100), kinds: [])
        builder.add(Said(from: 0, value: "A").fact(0))
        #expect(builder.build().kinds.isEmpty)
    }
}
