import Assessment
import Catalog
import Formats
import Ledger

/// Sheets that one kind of report has and the others have not.
extension ReportWorkbook {
    /// Of a Type I report: one item of evidence a control, with cells for what the auditor finds.
    var items: Workbook.Worksheet {
        Workbook.Worksheet(
            name: "Items",
            columns: [
                ("Control", 12), ("Title", 40), ("Test", 24), ("Item", 30), ("When", 20),
                ("Found by the test", 16), ("Facts (log entry, item)", 30), ("Chosen by", 40),
                ("Population root (SHA-256)", 68), ("Rank", 68), ("Inspected (auditor)", 30),
                ("Conclusion (auditor)", 40),
            ],
            rows: material.result.controls.compactMap { outcome in
                material.designItems[outcome.control.id].map { row(outcome.control, $0) }
            })
    }

    private func row(_ control: ControlRule, _ item: DesignItem) -> [Workbook.Value] {
        let (choice, root, rank) =
            switch item.choice {
            case .last: ("last occurrence", "", "")
            case .drawn(let seed, let population, let root, let rank):
                ("lowest rank of \(population), seed \"\(seed)\"", root.hex, rank.hex)
            }
        return [
            .text(control.id.text), .text(control.title), .text(item.test.text),
            .text(material.names.name(item.key, of: item.test)), .text(item.at?.toTheMinute ?? "on the day"),
            .text(item.verdict.word), .text(material.proof(item).joined(separator: "\n")),
            .text(choice), .text(root), .text(rank), .text(""), .text(""),
        ]
    }

    /// Of an insurer's form: a line for each question, and cells for what the organization states besides.
    var answers: Workbook.Worksheet {
        Workbook.Worksheet(
            name: "Answers",
            columns: [
                ("Subject", 24), ("Question", 50), ("Answer from evidence", 50), ("Tests", 40),
                ("Exceptions", 12), ("Beyond this evidence", 50), ("Statement (organization)", 40),
            ],
            rows: UnderwritingForm(material: material).answers.map { answer in
                [
                    .text(answer.question.topic), .text(answer.question.question), .text(answer.summary),
                    .text(answer.tests.map(\.id.text).joined(separator: ", ")), .number(answer.exceptions),
                    .text(answer.question.beyond), .text(""),
                ]
            }
                + material.underwriting.stated.map { statement in
                    [
                        .text(statement.title), .text(statement.what), .text("not stated"), .text(""),
                        .number(0), .text(""), .text(""),
                    ]
                })
    }
}
