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
        material.program.systems.map(\.title).joined(separator: "; ").orMissing
    }

    private var isTypeTwo: Bool { material.kind == .typeTwo }

    private var span: String {
        isTypeTwo ? "for the period \(Wording.period(material.period))" : Wording.period(material.period)
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

    /// What the evidence does not support; an assertion that passes over it would be wrong.
    private var reservations: [String] {
        let open = material.result.criteria.filter { $0.status != .met && $0.status != .notAddressed }
        var lines = open.map { outcome in
            let controls = material.result.controls.filter { outcome.controls.contains($0.control.id) }
            let causes = controls.filter {
                outcome.status == .notMet
                    ? $0.conclusion == .ineffective : ![.effective, .withExceptions].contains($0.conclusion)
            }
            return
                "\(outcome.criterion.id): \(outcome.status.rawValue) by the evidence, because of \(causes.map(\.control.id.text).joined(separator: ", "))"
        }
        let silent = material.result.criteria.filter {
            $0.status == .notAddressed && $0.criterion.category == .security
        }
        if !silent.isEmpty {
            lines.append(
                "No tested control addresses \(silent.map(\.criterion.id.text).joined(separator: ", ")), and Security is always in scope"
            )
        }
        return lines.isEmpty ? ["The evidence holds nothing that speaks against the assertion."] : lines
    }
}
