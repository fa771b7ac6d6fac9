import Assessment
import Formats
import Programs
import Ledger

/// What a person looks at: the draws on record, cells for further ones, and the items drawn.
extension ReportWorkbook {
    /// A line for each draw on record; where there is none, what practice takes, and cells to fill in once the seed is
    /// chosen.
    var samples: Workbook.Worksheet {
        Workbook.Worksheet(
            name: "Samples",
            columns: [
                ("Test", 24), ("Population count", 12), ("Population root (SHA-256)", 68), ("Frequency", 14),
                ("Usual size, from", 12), ("Usual size, to", 12), ("Size", 12), ("Seed", 24), ("Seed by", 24),
                ("Log entry", 10), ("Draw", 60), ("Found by the test", 50), ("Deviations (auditor)", 14),
                ("Conclusion (auditor)", 40),
            ],
            rows: rows.flatMap { row -> [[Workbook.Value]] in
                guard let population = row.population, population.count > 0 else { return [] }
                let frequency = controls(of: row.id).compactMap { material.document($0.id)?.frequency }.first
                let usual = PracticeSize(frequency: frequency, population: population.count)
                let start: [Workbook.Value] = [
                    .text(row.id.text), .number(population.count), .text(population.root?.hex ?? ""),
                    .text(frequency ?? "not stated"), .number(usual.smallest), .number(usual.largest),
                ]
                let draws = row.samples.map(draw)
                let open: [Workbook.Value] = [
                    .text(""), .text(""), .text(""), .text(""),
                    .text("assay sample \(row.id) --seed SEED --size N --record NAME"), .text(""),
                ]
                return (draws.isEmpty ? [open] : draws).map { start + $0 + [.text(""), .text("")] }
            })
    }

    private func draw(_ row: SampleRow) -> [Workbook.Value] {
        let draw = row.sample.draw
        return [
            .number(draw.size), .text(draw.seed), .text(draw.by), .number(row.sample.leaf),
            .text(row.extent), .text(row.result),
        ]
    }

    /// A line for each item drawn, with cells for what a person finds.
    var sampledItems: Workbook.Worksheet {
        Workbook.Worksheet(
            name: "Sampled items",
            columns: [
                ("Test", 24), ("Log entry of the draw", 10), ("Stratum", 14), ("Draw", 8), ("Item", 30),
                ("Source", 16), ("When or due", 20), ("Found by the test", 16),
                ("Facts (log entry/item)", 30),
                ("Rank", 68), ("Inspected (auditor)", 30), ("Deviation (auditor)", 12),
                ("Note (auditor)", 40),
            ],
            rows: rows.flatMap { row in row.samples.flatMap { items($0, of: row.id) } })
    }

    private func items(_ row: SampleRow, of test: Identifier) -> [[Workbook.Value]] {
        (row.sample.strata ?? []).flatMap { stratum in
            stratum.items.enumerated().map { place, item in
                let unit = item.unit
                return [
                    .text(test.text), .number(row.sample.leaf), .text(stratum.name?.text ?? "all"),
                    .number(place + 1), .text(material.names.name(unit.key, of: test)),
                    .text(unit.source.text), .text(unit.at?.toTheMinute ?? "the whole period"),
                    .text(unit.verdict.word), .text(row.facts(item)), .text(item.rank.hex), .text(""),
                    .text(""), .text(""),
                ]
            }
        }
    }
}
