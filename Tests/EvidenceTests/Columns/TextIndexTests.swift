import TestSupport
import Testing

@testable import Evidence

@Suite struct TextIndexTests {
    /// Short texts over few letters meet again and again, and many begin or end alike.
    private static func text(_ random: inout Seeded) -> [UInt8] {
        let start = Array(
            ["", "event-", "a-long-common-beginning-"][Int.random(in: 0..<3, using: &random)].utf8)
        let length = Int.random(in: 0...9, using: &random)
        return start + (0..<length).map { _ in UInt8.random(in: 0x61...0x66, using: &random) }
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `every text finds the row that was noted last, and no other text finds one`(_ seed: UInt64) throws {
        var random = Seeded(seed)
        var rows = TextRows()
        var index = TextIndex()
        var known: [[UInt8]: Int] = [:]
        #expect(index.isEmpty)
        for row in 0..<5_000 {
            let text = Self.text(&random)
            rows.append(text)
            index.insert(row, in: rows)
            known[text] = row
        }
        #expect(!index.isEmpty)
        for (text, row) in known {
            #expect(index.row(of: text[...], in: rows) == row, "seed \(seed)")
            // As a part of something longer, at any place in memory.
            let around = [0x7A] + text + [0x7A]
            #expect(index.row(of: around.dropFirst().dropLast(), in: rows) == row, "seed \(seed)")
        }
        for _ in 0..<5_000 {
            let other = Self.text(&random) + [0x67]
            #expect(index.row(of: other[...], in: rows) == nil, "seed \(seed)")
        }
    }
}
