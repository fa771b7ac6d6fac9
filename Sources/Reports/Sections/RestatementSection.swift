import Assessment
import Formats

/// What evidence that came late, or was corrected, changed about the same period.
struct RestatementSection {
    let material: ReportMaterial
    let restatement: Restatement
    private static let limit = 200

    var section: Manuscript.Section {
        var blocks: [Block] = [
            .paragraph(
                "Two results of the same period, as known at \(restatement.before.toTheMinute) and at \(restatement.after.toTheMinute). Both are right for their time, and both can be had again."
            )
        ]
        if let changed = restatement.changedTolerance { blocks.append(.paragraph(changed)) }
        let outcomes = rows
        blocks.append(
            outcomes.isEmpty
                ? .paragraph("No proposed conclusion of a control or criterion is another one now.")
                : .table(
                    Sheet(
                        "Proposed conclusions that are others now",
                        columns: ["Of", "As known before", "As known now"],
                        rows: outcomes)))
        let restated = restatedRows
        if restated.isEmpty {
            blocks.append(.paragraph("Nothing that had been decided was decided otherwise."))
        } else {
            blocks.append(
                .table(
                    Sheet(
                        "Decided before, and decided otherwise now\(restated.count > Self.limit ? ": the first \(Self.limit) of \(restated.count)" : "")",
                        columns: ["Test", "Unit", "From", "To", "Before", "Now"],
                        rows: Array(restated.prefix(Self.limit)))))
        }
        return Manuscript.Section(id: "restatement", title: "Restatement", blocks: blocks)
    }

    private var rows: [[Cell]] {
        (restatement.controls.map { ("control \($0.id)", $0) }
            + restatement.criteria.map { ("criterion \($0.id)", $0) })
            .map { name, change in
                [Cell(name), Cell(change.before ?? "not there"), Cell(change.after ?? "not there")]
            }
    }

    private var restatedRows: [[Cell]] {
        restatement.tests.flatMap { test in
            test.rows.filter(\.isRestated).map { row in
                [
                    Cell(test.test.text), Cell(material.names.name(row.key, of: test.test)),
                    Cell(row.interval.start.toTheMinute), Cell(row.interval.end.toTheMinute),
                    row.before.map { Cell($0.word, mark: Wording.mark($0)) } ?? Cell("not there"),
                    row.after.map { Cell($0.word, mark: Wording.mark($0)) } ?? Cell("not there"),
                ]
            }
        }
    }
}
