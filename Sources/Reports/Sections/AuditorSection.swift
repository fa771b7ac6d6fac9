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
                    by: "independent service auditor"),
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
}
