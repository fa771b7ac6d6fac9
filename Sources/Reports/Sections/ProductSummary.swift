import Assessment
import Formats
import Programs

/// What a buyer who asks about a product is answered: which report there is of it, what the evidence shows, what it covers,
/// and what it is not.
struct ProductSummary {
    let material: ReportMaterial
    let figure: ScopeFigure

    init(material: ReportMaterial) {
        self.material = material
        figure = ScopeFigure(material.program)
    }

    var sections: [Manuscript.Section] {
        let systems = material.program.systems
        let opening = Manuscript.Section(
            id: "about", title: "What can be said of each product",
            blocks: [
                .paragraph(
                    "SOC 2 is no certificate, and nobody issues one: an independent auditor (CPA) examines what management says of its controls, and gives an opinion in a report. What can be told of a product is which report covers it, for which time, and what stands in it. Below is what \(material.organization) has on record; the report itself is for restricted use, by customers and those who may become customers, usually under an agreement of confidentiality."
                ),
                systems.isEmpty
                    ? .missing("No document of type system says which products there are.")
                    : .table(overview(systems)),
            ])
        return [opening] + systems.map(section)
    }

    private func overview(_ systems: [SystemDescription]) -> Sheet {
        Sheet(
            "Products, and the report of each",
            columns: ["Product", "SOC 2 Type II", "SOC 2 Type I", "Health information"],
            rows: systems.map { system in
                [
                    Cell.named(system.title, isDraft: system.isDraft), status(of: system, .typeTwo),
                    status(of: system, .typeOne), Cell(health(in: system)),
                ]
            })
    }

    private func section(_ system: SystemDescription) -> Manuscript.Section {
        let engagements = engagements(of: system)
        return Manuscript.Section(
            id: "product-\(system.id)", title: system.title,
            blocks: (system.isDraft ? [.missing("Draft: nobody has adopted this description yet.")] : [])
                + [
                    .terms([
                        .init("SOC 2 Type II", status(of: system, .typeTwo).lines.joined(separator: "; ")),
                        .init("SOC 2 Type I", status(of: system, .typeOne).lines.joined(separator: "; ")),
                        .init("Opinion", "stands in an issued report, and nowhere else"),
                        .init("Trust services categories", categories),
                        .init(
                            "HIPAA",
                            "knows no certificate either; the evidence of its safeguards is a report of its own"
                        ), .init("Health information", health(in: system)),
                    ])
                ] + (engagements.isEmpty ? [] : [.table(table(engagements))])
                + [.heading("What the evidence shows")] + evidence
                + [.heading("What is covered, and what is not"), .list(scope(of: system))]
                + [.heading("After the end of the period"), .paragraph(bridge(of: system))]
                + [.heading("What this is not"), .list(Self.whatItIsNot)])
    }

    private static let whatItIsNot = [
        "No certificate, and no seal: no product can hold one of SOC 2 or of HIPAA.",
        "No opinion: what is proposed here of controls is computed from evidence, and only the auditor concludes.",
        "No replacement of the report: read its scope, its opinion, its exceptions, and what it expects of customers.",
    ]

    // MARK: Reports

    /// The examinations on record that a product is part of.
    func engagements(of system: SystemDescription) -> [Engagement] {
        material.program.engagements.filter { $0.form.isExamination && Self.covers($0, system) }
    }

    static func covers(_ engagement: Engagement, _ system: SystemDescription) -> Bool {
        engagement.systems.isEmpty || engagement.systems.contains { $0.id == system.id }
    }

    func newestIssued(of system: SystemDescription, _ form: Engagement.Form) -> Engagement? {
        engagements(of: system).filter { $0.form == form && material.isIssued($0) }
            .max { ($0.issued ?? material.today) < ($1.issued ?? material.today) }
    }

    /// The newest report that was issued, else what is under way.
    private func status(of system: SystemDescription, _ form: Engagement.Form) -> Cell {
        let name = form == .typeTwo ? "Type II" : "Type I"
        if let issued = newestIssued(of: system, form), let date = issued.issued {
            return Cell(
                "\(name) report issued \(date) by \(issued.firm), \(span(issued)); read its opinion there",
                mark: .good)
        }
        guard let engaged = engagements(of: system).last(where: { $0.form == form }) else {
            return Cell("\(name) report not issued; no firm is on record", mark: .unknown)
        }
        return Cell("\(name) report not issued; \(engaged.firm) is engaged, \(span(engaged))", mark: .unknown)
    }

    private func span(_ engagement: Engagement) -> String {
        if engagement.form == .typeOne {
            return engagement.date.map { "as of \($0)" } ?? "date not stated"
        }
        return material.period(of: engagement).map {
            "period \(Wording.period($0, in: material.program.zone))"
        }
            ?? "period not stated"
    }

    private func table(_ engagements: [Engagement]) -> Sheet {
        Sheet(
            "Examinations on record", columns: ["Report", "Firm", "Of", "Standing", "Systems in it"],
            rows: engagements.map { engagement in
                let systems = engagement.systems.map { text in
                    material.program.systems.first { $0.id == text.id }?.title ?? text.value
                }
                return [
                    Cell("\(engagement.form == .typeTwo ? "Type II" : "Type I") (\(engagement.id))"),
                    Cell(
                        [engagement.firm.value]
                            + [engagement.licence.map { "licence: \($0)" } ?? "licence not on file"]),
                    Cell(span(engagement)),
                    material.isIssued(engagement)
                        ? Cell("issued \(engagement.issued?.description ?? "")", mark: .good)
                        : Cell("not issued", mark: .unknown),
                    Cell(systems.isEmpty ? "all of this page" : systems.joined(separator: ", ")),
                ]
            })
    }

    private var categories: String {
        material.result.categories.filter { $0.addressed > 0 }.map { "\($0.category)" }
            .joined(separator: ", ").orMissing
    }

    // MARK: Evidence

    private var evidence: [Block] {
        let outcomes = material.result.controls.filter { $0.conclusion != .notTested }
        func count(_ conclusions: Set<Conclusion>) -> Int {
            outcomes.count { conclusions.contains($0.conclusion) }
        }
        let shared =
            material.program.systems.count > 1
            ? " The controls are the same for all products of this page." : ""
        let untested = material.result.controls.count - outcomes.count
        let found: [(Int, String)] = [
            (count([.effective]), "worked without exception"),
            (count([.withExceptions]), "worked with exceptions"),
            (count([.ineffective]), "did not work as promised"),
            (count([.noEvidence, .pending]), "cannot be judged, because too little is known"),
            (count([.noOccurrence]), "had nothing to act on"), (untested, "more without a test"),
        ]
        let words = found.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
        var blocks: [Block] = [
            .paragraph(
                "Over \(material.periodName)\(material.asFarAsOver), of \(Wording.count(outcomes.count, "tested control")): \(words).\(shared)"
            ), .paragraph(time(outcomes)),
        ]
        let inPart = outcomes.filter { !$0.testedInPart.isEmpty }.map(\.control.id.text)
        if !inPart.isEmpty {
            blocks.append(
                .paragraph(
                    "Tested in part, as one of their tests was in force for too little of the time to speak for it: \(inPart.joined(separator: ", "))."
                ))
        }
        let failing = outcomes.map { ($0, exceptions(of: $0)) }.filter { $0.1 > 0 }
        blocks.append(
            failing.isEmpty
                ? .paragraph("No exceptions were found in what was collected.")
                : .table(
                    Sheet(
                        "Exceptions by control; an exception does not by itself make an opinion a qualified one",
                        columns: ["Control", "Exceptions", "Proposed"],
                        rows: failing.map { outcome, count in
                            [
                                Cell("\(outcome.control.id): \(outcome.control.title)"), Cell(count),
                                Cell(
                                    Wording.proposal(outcome.conclusion),
                                    mark: Wording.mark(outcome.conclusion)),
                            ]
                        })))
        blocks += material.erasedBlocks
        if let waived = Wording.waived(material.result.tests) { blocks.append(.paragraph(waived)) }
        blocks.append(.paragraph(incidents))
        return blocks
    }

    private func exceptions(of outcome: ControlOutcome) -> Int {
        outcome.control.tests.compactMap(material.test).reduce(0) { $0 + $1.exceptions.count }
    }

    /// The window in one sentence.
    private func time(_ outcomes: [ControlOutcome]) -> String {
        func length(_ verdict: Verdict) -> TimeSpan {
            outcomes.reduce(.zero) { $0 + $1.timeline.time(verdict) }
        }
        let judged: [Verdict] = [.pass, .fail, .tolerated, .waived, .unknown]
        let all = judged.reduce(TimeSpan.zero) { $0 + length($1) }
        guard all > .zero else { return "Nothing was judged for any length of time." }
        func share(_ verdict: Verdict) -> Ratio {
            Ratio(length(verdict).microseconds, of: all.microseconds)
        }
        // Where nothing failed within grace or under a waiver, neither is spoken of.
        let failures: [(Verdict, String)] =
            [(.fail, "failed")] + Wording.excuses.filter { length($0.0) > .zero }
        let failed = failures.map { verdict, words in "\(Wording.percentAtMost(share(verdict))) \(words)" }
        return
            "Taken over all these controls and all the time in which each had something to do: \(Wording.percent(share(.pass))) held, \(failed.joined(separator: ", ")), and of \(Wording.percentAtMost(share(.unknown))) nothing is known, which counts as neither."
    }

    private var incidents: String {
        guard material.hasIncidentSource else {
            return "No source of incident records is connected, so nothing is said here about incidents."
        }
        let own = material.incidents
        return own.isEmpty
            ? "The connected sources hold no incident of the period."
            : "The connected sources hold \(Wording.count(own.count, "incident")) of the period, \(own.count { $0.touchesPHI == true }) of which touched health information."
    }
}
