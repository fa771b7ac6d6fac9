import Assessment
import Evidence
import Formats
import Ledger

/// The evidence of a Type I report: one item a control, as it was on the day.
struct DesignItemTable {
    let material: ReportMaterial

    var blocks: [Block] {
        let shown = material.result.controls.filter { material.designItems[$0.control.id] != nil }
        let others = material.result.controls.filter { material.designItems[$0.control.id] == nil }
        var blocks: [Block] = [
            .heading("One item of evidence for each control"),
            .paragraph(
                "A Type I report needs no period: it asks whether each control was designed and in place on the day, and for that one item of each is enough. Of what a test judges on the day, the item with the lowest rank stands here: SHA-256 over the seed, the root of that population and the item's id, so that nobody chose it. Of what happens now and then, it is the last occurrence before the day. What the test found has no part in the choice. The auditor is free to look at others: \"assay explain\" shows each."
            ),
        ]
        if !shown.isEmpty { blocks.append(.table(table(shown))) }
        if !others.isEmpty {
            blocks.append(
                .missing(
                    "No item of evidence for \(Wording.count(others.count, "control")), so nothing shows that \(others.count == 1 ? "it was" : "they were") in place: \(others.map(\.control.id.text).joined(separator: ", "))."
                ))
        }
        return blocks
    }

    private func table(_ controls: [ControlOutcome]) -> Sheet {
        Sheet(
            "Items, each with the sealed facts it rests on; the table of log entries below has their roots and hashes",
            columns: ["Control", "Item", "When", "Found by the test", "Proof", "How it was chosen"],
            rows: controls.compactMap { outcome in
                material.designItems[outcome.control.id].map { row(outcome.control, $0) }
            })
    }

    private func row(_ control: ControlRule, _ item: DesignItem) -> [Cell] {
        [
            Cell("\(control.id): \(control.title)", target: "control-\(control.id)"),
            Cell([material.names.name(item.key, of: item.test), "by test \(item.test)"]),
            Cell(item.at?.toTheMinute ?? "on the day"),
            Cell(item.verdict.word, mark: Wording.mark(item.verdict)),
            Cell(material.proof(item)), Cell(choice(item)),
        ]
    }

    private func choice(_ item: DesignItem) -> [String] {
        switch item.choice {
        case .last: ["last occurrence"]
        case .drawn(let seed, let population, let root, let rank):
            [
                "lowest rank of \(population), seed \"\(seed)\"",
                "root \(root.hex.prefix(16))…, rank \(rank.hex.prefix(16))…",
            ]
        }
    }
}
