import Evidence
import Formats
import TestSupport
import Testing

@testable import Assessment

/// A list made of stretches, beside the same rows in one array.
@Suite struct RowListTests {
    private static func row(_ generator: inout Seeded, _ place: Int) throws -> VerdictRow {
        let interval = try hours(place, place + 1)
        return VerdictRow(
            key: Identifier("k\(generator.below(4))"), source: ["", "s"][generator.below(2)],
            interval: interval, verdict: [.pass, .fail, .unknown][generator.below(3)],
            references: FactReferences((0..<generator.below(4)).map { FactReference(leaf: $0, item: place) }),
            // Few, so that several rows of a unit are often one unbroken failure.
            run: generator.below(4) > 0 ? hour(generator.below(2)) : nil, isStretch: generator.below(3) > 0)
    }

    /// Sorted rows in stretches of their own, and in one array.
    private static func random(_ generator: inout Seeded) throws -> (list: RowList, rows: [VerdictRow]) {
        var all = TestRows(rows: try (0..<generator.below(40)).map { try row(&generator, $0) })
        all.sort()
        let rows = Array(all.rows)
        var (list, next) = (RowList(), 0)
        while next < rows.count {
            let end = min(rows.count, next + generator.below(5))
            switch generator.below(3) {
            case 0: for row in rows[next..<end] { list.append(row) }
            case 1: list.adopt(Array(rows[next..<end]))
            default: list.adopt(RowList(Array(rows[next..<end])))
            }
            next = end
        }
        return (list, rows)
    }

    @Test(arguments: 0..<UInt64(200))
    func `stretches make no difference`(_ seed: UInt64) throws {
        var generator = Seeded(seed)
        let (list, rows) = try Self.random(&generator)
        #expect(list == RowList(rows) && list.count == rows.count, "seed \(seed)")
        #expect(list.indices.map { list[$0] } == rows && list.map(\.self) == rows, "seed \(seed)")
        #expect(list.stretches.joined().elementsEqual(rows) && !list.stretches.contains([]), "seed \(seed)")
        for place in rows.indices {
            let (stretch, index) = list.located(place)
            #expect(stretch[index] == rows[place], "seed \(seed), \(place)")
            var changed = rows
            changed[place].verdict = .waived
            #expect(list != RowList(changed), "seed \(seed), \(place)")
        }
        if !rows.isEmpty { #expect(list != RowList(Array(rows.dropLast())), "seed \(seed)") }
    }

    @Test(arguments: 0..<UInt64(200))
    func `units and exceptions are those of the rows, wherever stretches end`(_ seed: UInt64) throws {
        var generator = Seeded(seed)
        let (list, rows) = try Self.random(&generator)
        let units = Array(list.byUnit)
        #expect(units.flatMap(\.rows) == rows, "seed \(seed)")
        var place = 0
        for unit in units {
            let first = try #require(unit.rows.first)
            #expect(unit.place == place, "seed \(seed)")
            #expect(unit.rows.allSatisfy { ($0.key, $0.source) == (first.key, first.source) }, "seed \(seed)")
            place += unit.rows.count
        }
        for (left, right) in zip(units, units.dropFirst()) {
            let (left, right) = (try #require(left.rows.first), try #require(right.rows.first))
            #expect((left.key, left.source) < (right.key, right.source), "seed \(seed)")
        }
        func outcome(_ rows: RowList) -> [ControlException] {
            var exceptions = ExceptionList(of: rows)
            for unit in rows.byUnit {
                TestOutcome.forEachRun(of: unit) { exceptions.append($0, at: $1) }
            }
            return Array(exceptions)
        }
        #expect(outcome(list) == outcome(RowList(rows)), "seed \(seed)")
        var runs: Set<[String]> = []
        for (place, row) in rows.enumerated() where row.verdict == .fail {
            let run = row.isStretch ? row.run : nil
            runs.insert([row.key.text, row.source.text, run.map { "\($0)" } ?? "alone at \(place)"])
        }
        #expect(outcome(list).count == runs.count, "seed \(seed)")
    }

    @Test(arguments: 0..<UInt64(100))
    func `rows in stretches are put in order`(_ seed: UInt64) throws {
        var generator = Seeded(seed)
        let (_, rows) = try Self.random(&generator)
        var list = TestRows()
        for row in rows.shuffled(using: &generator) {
            if generator.below(2) == 0 { list.rows.adopt([row]) } else { list.rows.append(row) }
        }
        list.sort()
        #expect(list.rows == RowList(rows), "seed \(seed)")
    }

    @Test func `references are those that were given, however many and however large`() {
        let numbers = [0, 7, Int(UInt32.max), Int(UInt32.max) + 1]
        let known = numbers.flatMap { leaf in numbers.map { FactReference(leaf: leaf, item: $0) } }
        #expect(FactReferences().isEmpty && Array(FactReferences()) == [])
        for first in known {
            #expect(Array(FactReferences(first)) == [first])
            for second in known {
                let both = FactReferences([first, second])
                #expect(Array(both) == [first, second] && both == [first, second])
                #expect(Array(both.inOrder) == Set([first, second]).sorted())
                #expect(
                    both.union([known[5], second]).elementsEqual(Set([first, second, known[5]]).sorted()))
                #expect((both == [second, first]) == (first == second))
                let four = [first, second, first, known[9]]
                var added = FactReferences()
                for reference in four { added.append(reference) }
                #expect(Array(FactReferences(four)) == four && added == FactReferences(four))
            }
        }
    }
}
