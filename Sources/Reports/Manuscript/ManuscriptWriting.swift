import Assessment
import Formats
import Ledger

extension Manuscript {
    /// The report that a material gives.
    package init(_ material: ReportMaterial) {
        title = material.kind.title
        subtitle = "\(material.organization), \(Wording.period(material.period))"
        var notices: [String] = []
        if material.isSynthetic {
            notices.append("Synthetic data: the company and its evidence are invented.")
        }
        notices.append(
            material.kind == .readiness || material.kind == .hipaa
                ? "Prepared by management. Unaudited."
                : "Draft. No report has been issued, and no auditor has concluded on anything here.")
        self.notices = notices
        sections = Self.sections(material)
        basis = Self.basis(material)
        result = material.resultDigest
    }

    private static func sections(_ material: ReportMaterial) -> [Section] {
        var sections = [OpeningPage(material: material).section]
        switch material.kind {
        case .readiness: sections += ReadinessSections(material: material).sections
        case .hipaa:
            sections.append(
                Section(
                    id: "safeguards", title: "Safeguards and controls",
                    blocks: SafeguardsSection(material: material).blocks))
            sections.append(TestsSection(material: material).section)
        case .typeOne, .typeTwo:
            sections += [
                AuditorSection(material: material).section, AssertionSection(material: material).section,
                DescriptionSection(material: material).section, TestsSection(material: material).section,
                OtherInformationSection(material: material).section,
            ]
            if material.kind == .typeTwo { sections.append(BridgeLetter(material: material).section) }
        }
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
