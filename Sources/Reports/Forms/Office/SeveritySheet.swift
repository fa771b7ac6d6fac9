import Assessment
import Catalog
import Evidence
import Formats

/// From deviation to criterion, one line a test with exceptions: what is known of how much each weighs, and cells for
/// what only an auditor decides.
extension ReportWorkbook {
    var severity: Workbook.Worksheet {
        Workbook.Worksheet(
            name: "Severity",
            columns: [
                ("Test", 24), ("Controls", 14), ("Key control", 10), ("Criteria", 20), ("Deviating", 10),
                ("Decided", 10), ("Rate", 10), ("Tolerable", 10), ("Exceptions", 10), ("Longest", 22),
                ("Open at the end", 10), ("Health information in the evidence", 14),
                ("Compensating controls", 40),
                ("Management's response (unaudited)", 50), ("Proposed", 26), ("Cause (auditor)", 30),
                ("Systematic or isolated (auditor)", 20), ("How soon it was noticed (auditor)", 20),
                ("Seen in the prior period (auditor)", 14), ("Control conclusion (auditor)", 24),
                ("Criterion conclusion (auditor)", 24),
            ],
            rows: rows.filter { !$0.exceptions.isEmpty }.map(severity))
    }

    private func severity(_ row: TestRow) -> [Workbook.Value] {
        let rules = controls(of: row.id)
        let units = row.outcome.units
        let decided = units.passing + units.failing + units.waived
        let rate = Ratio(Int64(units.failing), of: Int64(decided))
        let tolerable = Ratio(Int64(material.result.input.tolerance.deviations), of: 1_000_000)
        let longest = row.exceptions.map(\.lasting).max { $0.length < $1.length }
        let open = row.outcome.openExceptions
        let known: [Workbook.Value] = [
            .text(row.id.text), .text(names(of: row.id)),
            .text(rules.contains(where: \.isKey) ? "yes" : "no"),
            .text(Set(rules.flatMap(\.criteria)).sorted().map(\.text).joined(separator: ", ")),
            .number(units.failing), .number(decided), .text(Wording.percentAtMost(rate)),
            .text(Wording.percent(tolerable)), .number(row.exceptions.count),
            .text(longest?.words ?? "at one moment"),
            .text(open > 0 ? "yes" : "no"),
            .text(holdsPHI(row) ? "yes" : "no"), .text(compensation(rules)),
            .text(ExceptionResponses(material, row).lines.joined(separator: "\n")),
            .text(material.proposal(row.outcome.conclusion)),
        ]
        return known + [Workbook.Value](repeating: .text(""), count: 6)
    }

    private func holdsPHI(_ row: TestRow) -> Bool {
        row.population?.kinds.contains { material.kinds.kind($0)?.fields.contains(where: \.isPHI) == true }
            == true
    }

    /// What is named, whether it operated while the control failed, and what was named only after that had begun.
    private func compensation(_ rules: [ControlRule]) -> String {
        let lines = rules.filter { !$0.compensating.isEmpty }.map { rule -> String in
            let named = rule.compensating.map(\.text).joined(separator: ", ")
            let outcome = material.result.controls.first { $0.control.id == rule.id }
            guard let outcome, let mitigation = outcome.mitigation else {
                return "\(rule.id): \(named) named; none operated while it failed"
            }
            let by = mitigation.by.map(\.text).joined(separator: ", ")
            let late = material.namedLate(outcome).joined(separator: ", ")
            return "\(rule.id): \(by) operated during \(mitigation.isComplete ? "all" : "part") of it"
                + (late.isEmpty ? "" : "; named only after it had begun: \(late)")
        }
        return lines.isEmpty ? "none named" : lines.joined(separator: "\n")
    }
}
