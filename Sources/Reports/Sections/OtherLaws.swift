import Assessment
import Catalog
import Formats
import Programs

/// Law on health data beside HIPAA, in the jurisdictions that the organization names, with the controls that serve the
/// same criteria.
struct OtherLaws {
    let material: ReportMaterial

    var blocks: [Block] {
        let jurisdictions = material.program.organization?.jurisdictions ?? []
        guard !jurisdictions.isEmpty else {
            return [
                .paragraph(
                    "No document says whose law on health data applies besides HIPAA (organization, jurisdictions:)."
                )
            ]
        }
        let provisions = material.laws.provisions.filter { jurisdictions.contains($0.jurisdiction) }
        return [
            .paragraph(
                "A choice of provisions for \(jurisdictions.map(\.rawValue).joined(separator: ", ")), in our words, as of \(material.laws.edition.date); counsel says which apply. The controls serve criteria, or provisions of HIPAA, that ask for something related: that is no conclusion about the law."
            ),
            .table(
                Sheet(
                    "Law on health data beside HIPAA",
                    columns: ["Law", "What it asks for", "Limit", "Controls"],
                    rows: provisions.map { provision in
                        [
                            Cell([provision.citation, provision.title]), Cell(provision.gist),
                            Cell(provision.limit.isEmpty ? "–" : provision.limit), controls(provision),
                        ]
                    })),
        ]
    }

    private func controls(_ provision: HealthPrivacyLaws.Provision) -> Cell {
        let criteria = Set(material.crosswalk.links(from: provision.id).map(\.id))
        // Where a category is not examined, its controls are still there for HIPAA.
        let citations = Set(criteria.flatMap { material.crosswalk.links(from: $0) }.map(\.id))
        let own = material.result.controls.filter { outcome in
            !criteria.isDisjoint(with: outcome.control.criteria)
                || material.document(outcome.control.id)?.hipaa.contains { citations.contains($0.id) } == true
        }
        return own.isEmpty
            ? Cell("none", mark: .unknown) : Cell(own.map(\.control.id.text).joined(separator: ", "))
    }
}
