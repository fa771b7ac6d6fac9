import Assessment
import Formats
import Ledger

extension Manuscript {
    /// The report that a material gives.
    ///
    /// - Parameter isPrinted: for paper: of long lists the first part, with the count of the rest and where it stands.
    package init(_ material: ReportMaterial, isPrinted: Bool = false) {
        title = material.kind.title
        subtitle = "\(material.organization), \(material.periodName)"
        var notices: [String] = []
        if material.isSynthetic {
            notices.append("Synthetic data: the company and its evidence are invented.")
        }
        notices.append(
            material.kind.examination == nil
                ? "Prepared by management. Unaudited."
                : material.examinationNotice)
        if let running = material.runningNotice { notices.append(running) }
        self.notices = notices
        sections = Self.sections(material, isPrinted: isPrinted)
        basis = Self.basis(material)
        result = material.resultDigest
    }

    private static func sections(_ material: ReportMaterial, isPrinted: Bool) -> [Section] {
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
                    TestsSection(material: material, isPrinted: isPrinted).section,
                ]
            case .typeOne, .typeTwo:
                [
                    opening, AuditorSection(material: material).section,
                    AssertionSection(material: material).section,
                    DescriptionSection(material: material).section,
                    TestsSection(material: material, isPrinted: isPrinted).section,
                    OtherInformationSection(material: material).section,
                ]
            // Customers get it by itself: a letter that said what controls are proposed to be would be half a report.
            case .bridgeLetter: [BridgeLetter(material: material).section]
            case .leadership: [LeadershipPage(material: material).section]
            case .securityPractices: [SecurityPractices(material: material).section]
            case .productSummary: ProductSummary(material: material).sections
            case .underwriting: UnderwritingForm(material: material).sections
            }
        if material.kind == .typeTwo { sections.append(BridgeLetter(material: material).section) }
        if let restatement = material.restatement {
            sections.append(RestatementSection(material: material, restatement: restatement).section)
        }
        if material.kind.examination != nil {
            for place in sections.indices.dropFirst() { sections[place].startsPage = true }
        }
        return sections
    }

    private static func basis(_ material: ReportMaterial) -> [Term] {
        let result = material.result
        // A letter goes to customers: what lets them tie it to the report is enough.
        if material.kind == .bridgeLetter {
            return [
                Term("As known at", result.input.knownAt.toTheMinute),
                Term("Result", "sha256 \(material.resultDigest.hex)"),
            ]
        }
        var terms = [
            Term("Period", "\(result.input.period)"), Term("As known at", result.input.knownAt.description),
        ]
        if let agreed = result.input.tolerance.departure {
            terms.append(Term("Agreed for the period", agreed))
        }
        return terms + [
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
