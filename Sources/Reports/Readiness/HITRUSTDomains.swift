import Assessment
import Catalog
import Formats
import Programs

/// Where the controls stand by assessment domain of HITRUST, for organizations that pursue both.
struct HITRUSTDomains {
    let material: ReportMaterial

    /// Nil when no engagement of the program is a HITRUST assessment.
    var section: Manuscript.Section? {
        guard material.program.engagements.contains(where: { $0.form == .hitrust }) else { return nil }
        return Manuscript.Section(
            id: "hitrust", title: "HITRUST, by assessment domain",
            blocks: [
                .paragraph(
                    "SOC 2 is an auditor's opinion on your own controls; HITRUST scores fixed requirements and certifies. The text of its framework is licensed: here are the names of its 19 domains, the criteria that are related to each, and how the controls for these stand. Evidence can be used for both; no result here is a score, and none is a conclusion about HITRUST."
                ),
                .table(
                    Sheet(
                        "Domains, with what the program has for each",
                        columns: [
                            "Domain", "Related criteria", "Work", "Work, with exceptions", "Do not work",
                            "Not known",
                        ],
                        rows: material.hitrust.domains.map(row))),
            ])
    }

    private func row(_ domain: HITRUSTCatalog.Domain) -> [Cell] {
        let criteria = material.crosswalk.links(from: domain.id).map(\.id)
        let controls = material.result.controls.filter {
            !Set(criteria).isDisjoint(with: $0.control.criteria)
        }
        func cell(_ conclusions: [Conclusion], _ mark: Cell.Mark) -> Cell {
            let own = controls.filter { conclusions.contains($0.conclusion) }.map(\.control.id.text)
            return own.isEmpty ? Cell("none") : Cell(own.joined(separator: ", "), mark: mark)
        }
        return [
            Cell(domain.title),
            Cell(criteria.isEmpty ? "none" : criteria.map(\.text).joined(separator: ", ")),
            cell([.effective], .good), cell([.withExceptions], .exception), cell([.ineffective], .bad),
            controls.isEmpty
                ? Cell("no control", mark: .unknown)
                : cell([.noEvidence, .pending, .notTested, .noOccurrence], .unknown),
        ]
    }
}
