import Expressions
import TestSupport
import Testing

@testable import Assessment

/// Many rows told at once, against a look at each.
@Suite struct PassingRowsTests {
    @Test(arguments: 0..<200)
    func `rows are told as they are one by one`(seed: Int) {
        var generator = Seeded(UInt64(seed))
        let count = generator.below(5 * PassingRows.width) + 1
        // Mostly passing, or there would hardly ever be something to count.
        func answers(_ others: Int) -> [UInt8] {
            (0..<count).map { _ in
                generator.below(others) > 0 ? ColumnAnswer.yes : UInt8(generator.below(3))
            }
        }
        let scoped = generator.below(2) == 0 ? answers(12) : nil
        let judged = answers(20)
        let misses: [[Int32]] =
            generator.below(2) == 0 ? [] : [(0..<count).map { _ in generator.below(40) == 0 ? -3 : -1 }]
        let passing = PassingRows(scoped: scoped, judged: judged, misses: misses)
        for start in stride(from: 0, to: count, by: PassingRows.width) {
            let rows = start..<min(start + PassingRows.width, count)
            let inScope = rows.filter { scoped?[$0] != ColumnAnswer.no }
            let passed = inScope.filter {
                scoped?[$0] ?? ColumnAnswer.yes == ColumnAnswer.yes && judged[$0] == ColumnAnswer.yes
            }
            let isMissed = rows.contains { row in misses.contains { $0[row] < JoinTable.Miss.absent } }
            let isPlain = !isMissed && passed == inScope
            let found = passing.passing(rows)
            #expect((found != nil) == isPlain, "seed \(seed)")
            if let found, isPlain {
                #expect(found.count == passed.count, "seed \(seed)")
                if passed.isEmpty { continue }
                #expect(found.first == passed.first && found.last == passed.last, "seed \(seed)")
            }
        }
    }
}
