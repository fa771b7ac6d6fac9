import Catalog
import Evidence
import Formats
import Ledger
import TestSupport
import Testing

/// Batches are read in stretches of lines; those that are opened whole say what must come out.
@Suite struct StretchTests {
    @Test(arguments: 0..<4) func `a history read in stretches is that of whole batches`(_ seed: Int) throws {
        var samples = ColumnSamples(3_000 + seed)
        let recording = try Recording(kinds: try ColumnSamples.kinds())
        // The second one is longer than what is given to a core at once.
        for (batch, count) in [20, 4_000, 0, 30].enumerated() {
            try samples.record(into: recording, at: 300 + batch * 3, facts: count)
        }
        for knownAt in [304, 10_000] {
            try recording.read { reader in
                var whole = HistoryCollector(kinds: recording.kinds, knownAt: hour(knownAt))
                for leaf in 0..<4 { whole.add(try reader.batch(try reader.opened(leaf).row)) }
                let expected = whole.finish()
                let found = try reader.history(kinds: recording.kinds, knownAt: hour(knownAt))
                #expect(found.digest == expected.digest)
                expectSame(
                    try lines(ColumnHistory(found.history)), try lines(ColumnHistory(expected.history)),
                    "seed \(seed)")
            }
        }
    }
}
