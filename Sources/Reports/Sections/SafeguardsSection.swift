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
                            Cell([row.citation.description] + gist(row.citation)),
                            Cell(row.controls.map { "\($0.control.id): \($0.control.title)" }),
                            Cell(row.controls.flatMap(\.control.tests).map(\.text).joined(separator: ", ")),
                            Cell(
                                material.proposal(row.conclusion),
                                mark: row.conclusion == .effective && row.hasExceptions
                                    ? .exception : Wording.mark(row.conclusion)),
                        ]
                    })),
        ]
        blocks += sideBySide + uncited + decisions
        return blocks
    }

    /// One line a control with both: what it serves of the criteria, which a customer asks for, and of the law.
    private var sideBySide: [Block] {
        let outcomes = material.result.controls
        let both = outcomes.filter {
            !$0.control.criteria.isEmpty && !(material.document($0.control.id)?.hipaa.isEmpty ?? true)
        }
        guard !both.isEmpty else { return [] }
        let all = Set(outcomes.flatMap(\.control.tests))
        let shared = Set(both.flatMap(\.control.tests))
        let uses = outcomes.reduce(0) {
            $0 + $1.control.tests.count
                * ($1.control.criteria.count + (material.document($1.control.id)?.hipaa.count ?? 0))
        }
        return [
            .paragraph(
                "Tested once, told to both: \(shared.count) of \(Wording.count(all.count, "test")) serve criteria and provisions of the law; the \(all.count) tests are cited \(uses) times. HIPAA is law and binds whether or not anybody asks; SOC 2 is what customers ask for. Neither stands for the other."
            ),
            .table(
                Sheet(
                    "SOC 2 and HIPAA side by side, by control",
                    columns: [
                        "Control", "Criteria (asked for by customers)", "45 CFR (law)", "Tests", "Proposed",
                    ],
                    rows: both.map { outcome in
                        [
                            Cell("\(outcome.control.id): \(outcome.control.title)", target: target(outcome)),
                            Cell(outcome.control.criteria.map(\.text).joined(separator: ", ")),
                            Cell(
                                material.document(outcome.control.id)?.hipaa.map(\.value).joined(
                                    separator: ", ")
                                    ?? ""), Cell(outcome.control.tests.count),
                            Cell.proposed(material.proposal(outcome.conclusion), of: outcome),
                        ]
                    })),
        ]
    }

    private func target(_ outcome: ControlOutcome) -> String { "control-\(outcome.control.id)" }

    private static func words(_ kind: HIPAARequirement.Kind) -> String {
        kind.rawValue.replacing("-", with: " ")
    }

    /// Title and kind of a provision, where the catalogue has it.
    private func gist(_ citation: HIPAACitation) -> [String] {
        material.hipaa.requirement(Identifier(citation.description)).map {
            ["\($0.title) (\(Self.words($0.kind)))"]
        } ?? []
    }

    /// Provisions of the Security Rule that need a control and that none cites; a control that cites what stands above
    /// or below in the Code counts.
    private var uncited: [Block] {
        let cited = material.safeguards.map(\.citation.description)
        let open = material.hipaa.requirements(of: .security).filter { requirement in
            let own = requirement.citation.description
            return requirement.needsControl && !cited.contains { $0.hasPrefix(own) || own.hasPrefix($0) }
        }
        if open.isEmpty { return [] }
        return [
            .missing(
                "No control cites \(open.count == 1 ? "one provision" : "\(open.count) provisions") of the Security Rule."
            ),
            .table(
                Sheet(
                    "Provisions of the Security Rule that no control cites",
                    columns: ["Citation", "Title", "Kind", "What it asks for (paraphrase)"],
                    rows: open.map { requirement in
                        [
                            Cell(requirement.citation.description), Cell(requirement.title),
                            Cell(Self.words(requirement.kind)), Cell(requirement.gist),
                        ]
                    })),
        ]
    }

    /// What was decided about addressable specifications (164.306(d)(3)).
    private var decisions: [Block] {
        let decisions = material.program.decisions
        if decisions.isEmpty { return [] }
        return [
            .table(
                Sheet(
                    "Decisions about addressable specifications",
                    columns: ["Specification", "Choice", "Reason", "Instead", "Approved by", "Decided"],
                    rows: decisions.map { decision in
                        [
                            Cell(decision.specification.value),
                            decision.isDraft
                                ? Cell(
                                    "not decided (proposed: \(decision.choice.rawValue))", mark: .unknown)
                                : Cell(decision.choice.rawValue),
                            Cell(decision.reason),
                            Cell(decision.measure ?? "-"),
                            Cell(decision.isDraft ? "-" : decision.approver.value),
                            Cell(decision.decided?.description ?? "no date"),
                        ]
                    }))
        ]
    }
}
