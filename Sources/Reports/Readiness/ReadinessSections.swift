import Assessment
import Formats
import Programs

/// The readiness report: gaps in their order, what blocks the period, a dated plan, what the running period will show.
struct ReadinessSections {
    let material: ReportMaterial
    private let gaps: [Gap]

    init(material: ReportMaterial) {
        self.material = material
        gaps = GapAnalysis(material).gaps
    }

    var sections: [Manuscript.Section] {
        let stages = StageTable(material: material, blockers: gaps.count(where: \.isBlocker)).section
        let roadmap = Roadmap(material: material, gaps: gaps).section
        let domains = HITRUSTDomains(material: material).section.map { [$0] } ?? []
        return [overview, gapSection, blockers, plan, roadmap, forecast, stages] + domains
    }

    private var overview: Manuscript.Section {
        Manuscript.Section(
            id: "readiness-overview", title: "Where things stand",
            blocks: [
                .table(
                    Sheet(
                        "Gaps by kind", columns: ["Kind", "Meaning", "Gaps", "Of these blockers"],
                        rows: Gap.Kind.allCases.map { kind in
                            let own = gaps.filter { $0.kind == kind }
                            return [
                                Cell(kind.rawValue), Cell(Self.meaning(kind)), Cell(own.count),
                                Cell(own.filter(\.isBlocker).count),
                            ]
                        })), .heading("The window"),
                .window(WindowFigure(material.result, in: material.program.zone)),
            ])
    }

    private static func meaning(_ kind: Gap.Kind) -> String {
        switch kind {
        case .missing: "nothing is there: no control, no test, no source of evidence"
        case .undocumented: "it may be done, but no document says so"
        case .inconsistent: "it is written down, but not done as written, or not shown to be"
        }
    }

    private var gapSection: Manuscript.Section {
        Manuscript.Section(
            id: "gaps", title: "Gaps, by their effect on criteria",
            blocks: gaps.isEmpty
                ? [.paragraph("No gap was found.")]
                : [
                    .table(
                        Sheet(
                            "Gaps in the order in which to close them: blockers, then by the number of criteria touched",
                            columns: ["No.", "Kind", "Subject", "What", "Criteria touched", "Remedy"],
                            rows: gaps.enumerated().map { index, gap in
                                [
                                    Cell(index + 1),
                                    Cell(gap.kind.rawValue, mark: gap.isBlocker ? .bad : .exception),
                                    Cell(gap.subject), Cell(gap.what),
                                    Cell(
                                        gap.criteria.isEmpty
                                            ? "the description"
                                            : gap.criteria.map(\.text).joined(separator: ", ")),
                                    Cell(gap.remedy),
                                ]
                            }))
                ])
    }

    private var blockers: Manuscript.Section {
        let own = gaps.filter(\.isBlocker)
        return Manuscript.Section(
            id: "blockers", title: "Blockers before a period starts",
            blocks: [
                .paragraph(whatBlockingMeans),
                own.isEmpty
                    ? .paragraph("Nothing blocks.")
                    : .list(own.map { "\($0.subject): \($0.what) Remedy: \($0.remedy)." }),
            ])
    }

    private var isOver: Bool { material.result.input.knownAt >= material.period.end }

    private var whatBlockingMeans: String {
        let (name, start) = (material.periodName, material.period.start)
        if isOver {
            return
                "The period \(name) is over; closing what blocks changes nothing in it any more. Close these before the next one starts."
        }
        return start <= material.result.input.knownAt
            ? "The period \(name) has begun already. What blocks now will show in it; close these before the next one starts."
            : "The period begins on \(start.toTheMinute). Close these before: time lost cannot be made good later."
    }

    private var plan: Manuscript.Section {
        let now = material.result.input.knownAt
        let rows = gaps.enumerated().map { index, gap -> (Instant, [Cell]) in
            let usual = now + gap.leadTime
            let starts = material.period.start
            let due = gap.isBlocker && starts > now ? min(usual, starts) : usual
            return (
                due,
                [
                    Cell(Wording.date(due)), Cell(index + 1), Cell(gap.subject), Cell(gap.remedy),
                    Cell(owner(gap) ?? "to be named", mark: owner(gap) == nil ? .unknown : nil),
                ]
            )
        }
        return Manuscript.Section(
            id: "plan", title: "Plan",
            blocks: [
                .paragraph(
                    "Dates are the usual time that such a gap takes, counted from \(now.toTheMinute), the time as of which this report knows; blockers end before the period starts, where that is still ahead."
                ),
                .table(
                    Sheet(
                        "Steps by date", columns: ["By", "Gap no.", "Subject", "Step", "Owner"],
                        rows: rows.enumerated().sorted {
                            ($0.element.0, $0.offset) < ($1.element.0, $1.offset)
                        }
                        .map(\.element.1))),
            ])
    }

    /// Who answers for the control that a gap is about.
    private func owner(_ gap: Gap) -> String? {
        let subject = Identifier(gap.subject)
        let controls = material.program.controls.filter { control in
            control.id == subject
                || control.tests.contains { $0.id == subject || gap.tests.contains($0.id) }
        }
        let owners = Set(controls.map { Identifier($0.owner) }).sorted().map(\.text)
        return owners.isEmpty ? material.program.policy(subject)?.owner : owners.joined(separator: ", ")
    }

    private var forecast: Manuscript.Section {
        let found = material.forecasts
        let blocks: [Block] =
            isOver
            ? [.paragraph("The period is over; what it shows stands above.")]
            : found.isEmpty
                ? [.paragraph("Nothing is known that will fall due in the rest of the period.")]
                : [
                    .paragraph(
                        "As known at \(material.result.input.knownAt.toTheMinute). Windows with a rolling span are not forecast."
                    ),
                    .list(found.prefix(100).map(\.sentence)),
                ]
        return Manuscript.Section(
            id: "forecast", title: "What the running period will show if nothing is done", blocks: blocks)
    }
}
