import Programs

/// Section I, which only an auditor may write.
struct AuditorSection {
    let material: ReportMaterial

    var section: Manuscript.Section {
        let isTypeTwo = material.kind == .typeTwo
        return Manuscript.Section(
            id: "section-1", title: "Section I. Independent service auditor's report",
            blocks: [
                .placeholder(
                    "To be written, signed and dated by the independent service auditor. Nothing here has been filled in, and nobody but the auditor may fill it in.",
                    by: "independent service auditor")
            ] + engaged + [
                .paragraph("The auditor's report will state:"),
                .list(
                    [
                        "to whom it is addressed, and the scope: system, \(isTypeTwo ? "period" : "date"), categories, what is carved out, complementary controls, and that Section V is not covered",
                        "the responsibilities of management and of the auditor, the standards followed, independence",
                        "inherent limitations",
                        "the opinion on the description, on the design of controls"
                            + (isTypeTwo ? ", and on their operation over the period" : " as of the date"),
                        "the basis for any modification of the opinion",
                        "who may use the report, then signature, city and date",
                    ]),
            ])
    }

    /// What management has on file about who was engaged; no word of what that firm concludes.
    private var engaged: [Block] {
        let form: Engagement.Form = material.kind == .typeTwo ? .typeTwo : .typeOne
        let own = material.program.engagements.filter { engagement in
            engagement.form == form
                && (material.period(of: engagement).map { $0 == material.period } ?? (form == .typeOne))
        }
        if own.isEmpty {
            return [.missing("No document of type engagement says which firm was engaged to examine this.")]
        }
        return own.flatMap { engagement -> [Block] in
            [
                .paragraph("On file with management about the engagement \(engagement.id):"),
                .terms([
                    .init("Firm", engagement.firm.value),
                    .init("Licence", engagement.licence ?? "not on file"),
                    .init("Last peer review", engagement.peerReviewed?.description ?? "not on file"),
                    .init("Letter of engagement", engagement.letter?.description ?? "not on file"),
                    .init("Independence", engagement.independence ?? "no declaration on file"),
                ]),
            ]
        }
    }
}
