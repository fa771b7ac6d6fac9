import Assessment
import Catalog
import Formats
import Programs

/// One HIPAA citation with the controls that carry it out and what the evidence says of them.
struct SafeguardRow {
    let citation: HIPAACitation
    let controls: [ControlOutcome]

    /// The worst of its controls.
    var conclusion: Conclusion {
        let order: [Conclusion] = [
            .ineffective, .noEvidence, .notTested, .pending, .withExceptions, .effective, .noOccurrence,
        ]
        return order.first { conclusion in controls.contains { $0.conclusion == conclusion } } ?? .notTested
    }

    var hasExceptions: Bool { controls.contains(where: \.hasExceptions) }
}

extension ReportMaterial {
    /// By citation, in the order of the Code.
    var safeguards: [SafeguardRow] {
        var controls: [HIPAACitation: [ControlOutcome]] = [:]
        for outcome in result.controls {
            for citation in document(outcome.control.id)?.hipaa.compactMap({ HIPAACitation($0.value) }) ?? []
            {
                controls[citation, default: []].append(outcome)
            }
        }
        return controls.sorted { $0.key < $1.key }.map { SafeguardRow(citation: $0.key, controls: $0.value) }
    }
}

/// The second table of a SOC 2 with HIPAA: keyed by citation, citing the same tests (SOC 2+).
struct SafeguardsSection {
    let material: ReportMaterial

    var blocks: [Block] {
        let rows = material.safeguards
        if rows.isEmpty { return [.missing("No control cites a provision of 45 CFR Part 164.")] }
        let cited = Set(rows.map { $0.citation.section })
        let absent = [308, 310, 312, 314, 316].filter { !cited.contains($0) }
        var blocks: [Block] = [
            .paragraph(
                "The tests are those of Section IV; what is proposed here is a conclusion of its own. A provision that no control cites has not been looked at. \"Addressable\" does not mean optional (164.306(d)(3))."
            ),
            .table(
                Sheet(
                    "Safeguards of 45 CFR Part 164 with the controls that carry them out",
                    columns: ["Citation", "Controls", "Tests", "Proposed"],
                    rows: rows.map { row in
                        [
                            Cell(row.citation.description),
                            Cell(row.controls.map { "\($0.control.id): \($0.control.title)" }),
                            Cell(row.controls.flatMap(\.control.tests).map(\.text).joined(separator: ", ")),
                            Cell(
                                Wording.proposal(row.conclusion),
                                mark: row.conclusion == .effective && row.hasExceptions
                                    ? .exception : Wording.mark(row.conclusion)),
                        ]
                    })),
        ]
        if !absent.isEmpty {
            blocks.append(
                .missing(
                    "No control cites: \(absent.map { "164.\($0)" }.joined(separator: ", ")) of the Security Rule."
                ))
        }
        return blocks
    }
}
