import Assessment
import Formats
import Ledger

extension Manuscript {
    /// The report that a material gives.
    package init(_ material: ReportMaterial) {
        title = material.kind.title
        subtitle = "\(material.organization), \(material.periodName)"
        var notices: [String] = []
        if material.isSynthetic {
            notices.append("Synthetic data: the company and its evidence are invented.")
        }
        notices.append(
            material.kind.examination == nil
                ? "Prepared by management. Unaudited."
                : "Draft. No report has been issued, and no auditor has concluded on anything here.")
        self.notices = notices
        sections = Self.sections(material)
        basis = Self.basis(material)
        result = material.resultDigest
    }

    private static func sections(_ material: ReportMaterial) -> [Section] {
        let opening = OpeningPage(material: material).section
        var sections: [Section] =
            switch material.kind {
            case .readiness: [opening] + ReadinessSections(material: material).sections
            case .hipaa:
                [
                    opening,
                    Section(
                        id: "safeguards", title: "Safeguards and controls",
                        blocks: SafeguardsSection(material: material).blocks),
                    TestsSection(material: material).section,
                ]
            case .typeOne, .typeTwo:
                [
                    opening, AuditorSection(material: material).section,
                    AssertionSection(material: material).section,
                    DescriptionSection(material: material).section,
                    TestsSection(material: material).section,
                    OtherInformationSection(material: material).section,
                ]
            // Customers get it by itself: a letter that said what controls are proposed to be would be half a report.
            case .bridgeLetter: [BridgeLetter(material: material).section]
            case .leadership: [LeadershipPage(material: material).section]
            case .securityPractices: [SecurityPractices(material: material).section]
            }
        if material.kind == .typeTwo { sections.append(BridgeLetter(material: material).section) }
        if let restatement = material.restatement {
            sections.append(RestatementSection(material: material, restatement: restatement).section)
        }
        return sections
    }

    private static func basis(_ material: ReportMaterial) -> [Term] {
        let result = material.result
        return [
            Term("Period", "\(result.input.period)"), Term("As known at", result.input.knownAt.description),
            Term("Evaluation", AssessmentResult.engine), Term("Time zone data", result.input.timeZoneData),
            Term("Program", "sha256 \(result.input.programDigest.hex)"),
            Term(
                "Evidence", "sha256 \(result.evidenceDigest.hex), \(Wording.batches(result.evidenceLeaves))"),
            Term("Result", "sha256 \(material.resultDigest.hex)"),
            Term(
                "Log",
                "\(material.checkpoint.origin), \(material.checkpoint.size) entries, root \(material.checkpoint.root.hex)"
            ),
        ]
    }
}
