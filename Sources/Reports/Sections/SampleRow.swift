import Assessment
import Evidence
import Formats
import Ledger

/// A sample on record as Section IV states it (`docs/reports.md`).
struct SampleRow: Sendable {
    let test: Identifier
    let sample: ReportSample
    let unit: String

    /// How many were drawn, of how many, how, and by whom.
    var extent: String {
        let draw = sample.draw
        let parted =
            switch draw.stratification {
            case .none: ""
            case .source: ", from each source on its own"
            case .month: ", from each month on its own"
            }
        return
            "Sample: \(draw.size) of \(Wording.count(draw.count, unit)), drawn at random\(parted) with a seed of \(draw.by), on record as log entry \(sample.leaf) since \(Wording.date(draw.recorded))."
    }

    /// What the test found of the items drawn. What a person found of them is for that person to write.
    var result: String {
        let draw = sample.draw
        guard sample.strata != nil else {
            return
                "The sample of log entry \(sample.leaf) was drawn from another population (root \(draw.population.hex.prefix(16))…): evidence or tests have changed since. It is to be drawn again."
        }
        let items = sample.items
        func count(_ verdicts: Set<Verdict>) -> Int { items.count { verdicts.contains($0.unit.verdict) } }
        let failing = count([.fail]), waived = count([.waived]), unknown = count([.unknown])
        let parts = [
            failing > 0 ? "\(Wording.count(failing, "exception"))" : nil,
            waived > 0 ? "\(waived) under an approved waiver" : nil,
            unknown > 0 ? "\(unknown) could not be determined" : nil,
            count([.pending]) > 0 ? "\(count([.pending])) not due yet" : nil,
        ].compactMap { $0 }
        let found = parts.isEmpty ? "no exceptions noted" : parts.joined(separator: ", ")
        return "In the sample of \(items.count): \(found).\(bound(deviations: failing + waived))"
    }

    /// What so many deviations say of the rest; a bound holds for a draw from one population only.
    private func bound(deviations: Int) -> String {
        guard sample.draw.stratification == .none, sample.items.count < sample.draw.count,
            let bound = DeviationBound(sample: sample.items.count, deviations: deviations),
            let most = bound.count(in: sample.draw.count)
        else { return "" }
        return " With 95 % confidence at most \(most) of the \(sample.draw.count) deviate."
    }

    /// The items, each as the report may name it.
    func blocks(_ names: KeyNames) -> [Block] {
        guard let strata = sample.strata, !sample.items.isEmpty else { return [] }
        let isParted = sample.draw.stratification != .none
        let rows = strata.flatMap { stratum in
            stratum.items.enumerated().map { place, item in
                (isParted ? [Cell(stratum.name?.text ?? "all")] : [])
                    + [
                        Cell(place + 1), Cell(names.name(item.unit.key, of: test)),
                        Cell(item.unit.source.text.isEmpty ? "-" : item.unit.source.text),
                        Cell(item.unit.at?.toTheMinute ?? "the whole period"),
                        Cell(item.unit.verdict.word, mark: Wording.mark(item.unit.verdict)),
                        Cell(facts(item)), Cell(String(item.rank.hex.prefix(16))),
                    ]
            }
        }
        let table = Sheet(
            "Items drawn from the population of \(test), lowest rank first; seed \"\(sample.draw.seed)\"",
            columns: (isParted ? ["Stratum"] : [])
                + [
                    "Draw", "Item", "Source", "When or due", "Found by the test", "Facts (log entry/item)",
                    "Rank",
                ], rows: rows)
        return [
            .details(
                "Sample of \(test): \(sample.items.count) of \(sample.draw.count) (log entry \(sample.leaf))",
                id: "sample-\(test)-\(sample.leaf)", [.table(table)])
        ]
    }

    func facts(_ item: ReportSample.Item) -> String {
        let references = item.unit.references
        if references.isEmpty { return "none" }
        let named = references.prefix(ReportMaterial.factLimit).map { "\($0.leaf)/\($0.item + 1)" }
        let rest = references.count - named.count
        return named.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    }
}
