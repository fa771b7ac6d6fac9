import Assessment
import Catalog
import Formats
import Ledger
import Programs

/// What shows that recognized security practices were in place, for the case that the Department of Health and Human
/// Services asks after a breach (Public Law 116-321, 42 U.S.C. 17941).
struct SecurityPractices {
    let material: ReportMaterial

    var section: Manuscript.Section {
        Manuscript.Section(
            id: "security-practices", title: "Recognized security practices over the period",
            blocks: [
                .paragraph(
                    "Public Law 116-321 lets the Secretary consider, when penalties and audits are decided, whether recognized security practices were in place for at least the twelve months before. Standards under section 2(c)(15) of the NIST Act, such as the Cybersecurity Framework, are among them. The law makes nothing a duty and promises nothing; this is a record, not a legal opinion."
                ),
                .terms([
                    .init("Organization", material.organization), .init("Period", material.periodName),
                    .init(
                        "Sealed evidence",
                        "\(Wording.batches(material.result.evidenceLeaves)); log \(material.checkpoint.origin), root \(material.checkpoint.root.hex)"
                    ),
                ]),
            ] + remarks + [
                .heading("By category of the NIST Cybersecurity Framework 2.0"), .table(categories),
                .heading("By control"), .table(controls),
            ])
    }

    private var remarks: [Block] { length + material.erasedBlocks }

    private var length: [Block] {
        let days = material.period.length.microseconds / TimeSpan.days(1).microseconds
        return days >= 365
            ? [] : [.missing("The period has \(days) days, and the law speaks of not less than 12 months.")]
    }

    // MARK: Categories

    private var categories: Sheet {
        Sheet(
            "Categories, by way of the criteria that the controls serve",
            columns: ["Category", "Controls", "Shown to work", "Shown to fail", "Cannot be judged"],
            rows: material.csf.categories.map { category in
                let ids = [category.id] + category.subcategories.map(\.id)
                let criteria = Set(ids.flatMap(material.crosswalk.links).map(\.id))
                let own = material.result.controls.filter { !criteria.isDisjoint(with: $0.control.criteria) }
                func count(_ conclusions: Set<Conclusion>) -> Int {
                    own.count { conclusions.contains($0.conclusion) }
                }
                let works = count([.effective, .withExceptions])
                let fails = count([.ineffective])
                return [
                    Cell("\(category.id) \(category.title) (\(category.function))"),
                    own.isEmpty ? Cell("none", mark: .unknown) : Cell(own.count),
                    Cell(works), fails > 0 ? Cell(String(fails), mark: .bad) : Cell(fails),
                    Cell(own.count - works - fails),
                ]
            })
    }

    // MARK: Controls

    private var controls: Sheet {
        Sheet(
            "Controls: how much of the period the evidence shows them to have held, failed, or says nothing",
            columns: [
                "Control", "In the program since", "Held", "Failed", "Unknown", "Exceptions", "Proposed",
            ],
            rows: material.result.controls.map { outcome in
                let exceptions = outcome.control.tests.compactMap(material.test).reduce(0) {
                    $0 + $1.exceptions.count
                }
                return [
                    Cell("\(outcome.control.id): \(outcome.control.title)"), since(outcome.control.id),
                    Cell(outcome.timeline.held), Cell(outcome.timeline.failed),
                    Cell(outcome.timeline.unknown),
                    Cell(exceptions),
                    Cell.proposed(Wording.proposal(outcome.conclusion), of: outcome),
                ]
            })
    }

    /// Since when the log has the control.
    private func since(_ control: Identifier) -> Cell {
        let first = material.history.steps(of: .control, control).first
        return first.map { Cell(material.program.zone.date(at: $0.recorded).description) }
            ?? Cell("not on record", mark: .unknown)
    }
}
