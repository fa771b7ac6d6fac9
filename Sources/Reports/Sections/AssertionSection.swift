import Programs
import Assessment
import Catalog
import Formats

/// Section II: a draft of what management will assert.
struct AssertionSection {
    let material: ReportMaterial

    var section: Manuscript.Section {
        Manuscript.Section(
            id: "section-2", title: "Section II. Management's assertion (draft, not signed)",
            blocks: [
                .paragraph(
                    "We have prepared the description of \(systems) in Section III \(span), based on the description criteria DC section 200. We assert, to the best of our knowledge and belief, that:"
                ),
                .list(claims), .heading("Before signing"), .list(reservations),
                .placeholder(
                    "Name, title, date and signature.", by: "management of \(material.organization)"),
            ])
    }

    private var systems: String {
        let titles = material.program.systems.map { "\"\($0.title)\"" }
        return titles.joined(separator: " and ").orMissing
    }

    private var isTypeTwo: Bool { material.kind == .typeTwo }

    private var span: String {
        isTypeTwo ? "for the period \(material.periodName)" : material.periodName
    }

    private var claims: [String] {
        let criteria = "the trust services criteria (TSP section 100) for the categories in scope"
        var claims = [
            "the description presents the system as designed and implemented \(span), in accordance with the description criteria",
            "the controls stated in it were suitably designed to give reasonable assurance that service commitments and system requirements would be achieved under \(criteria), had they operated effectively",
        ]
        if isTypeTwo {
            claims.append(
                "the controls operated effectively over the period to give that assurance, but for what stands below"
            )
        }
        return claims
    }

    /// What the evidence does not support; an assertion that passes over it would be wrong. Criteria that fail for the same
    /// reason stand together.
    private var reservations: [String] {
        let criteria = material.result.criteria
        let end = material.isInstant ? "has come" : "is over"
        var lines = material.stillToCome.map { ["\($0). Do not sign before it \(end)"] } ?? []
        lines += causes(of: criteria.filter { $0.status == .notMet }) { $0 == .ineffective }.map {
            "Not met by the evidence, because of \($0): \($1)"
        }
        let open = criteria.filter { $0.status == .notDeterminable }
        if !open.isEmpty { lines.append(undecided(open)) }
        if let lastFailing = material.lastFailingTold { lines.append(lastFailing) }
        let silent = criteria.filter { $0.status == .notAddressed && $0.criterion.category == .security }
        if !silent.isEmpty {
            lines.append("No tested control addresses \(list(silent)), and Security is always in scope")
        }
        return lines.isEmpty ? ["The evidence holds nothing that speaks against the assertion."] : lines
    }

    private func undecided(_ open: [CriterionOutcome]) -> String {
        if material.isInstant, material.isRunning { return "Not decided before the day: \(list(open))" }
        let behind = controls(of: open) { ![.effective, .withExceptions].contains($0) }
        return isTypeTwo
            ? "Not determinable, because too little is known: \(list(open)). \(Wording.count(behind.count, "control")) behind them \(behind.count == 1 ? "lacks" : "lack") evidence; Section IV says which and of what"
            : "Not decided by the day alone: \(list(open)). \(Wording.count(behind.count, "control")) behind them \(behind.count == 1 ? "acts over time or lacks" : "act over time or lack") evidence; Section IV shows the last occurrence, where there was one"
    }

    private func list(_ outcomes: [CriterionOutcome]) -> String {
        outcomes.map(\.criterion.id.text).joined(separator: ", ")
    }

    private func controls(
        of outcomes: [CriterionOutcome], where isCause: (Conclusion) -> Bool
    ) -> [ControlOutcome] {
        let ids = Set(outcomes.flatMap(\.controls))
        return material.result.controls.filter { ids.contains($0.control.id) && isCause($0.conclusion) }
    }

    /// The causes, in the order of the criteria, each with all the criteria that it is the cause of.
    private func causes(
        of outcomes: [CriterionOutcome], where isCause: (Conclusion) -> Bool
    ) -> [(String, String)] {
        var order: [String] = []
        var criteria: [String: [CriterionOutcome]] = [:]
        for outcome in outcomes {
            let cause = controls(of: [outcome], where: isCause).map(\.control.id.text).joined(separator: ", ")
            if criteria[cause] == nil { order.append(cause) }
            criteria[cause, default: []].append(outcome)
        }
        return order.map { ($0, list(criteria[$0] ?? [])) }
    }
}
