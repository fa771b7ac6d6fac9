import Assessment
import Catalog
import Evidence
import Ledger
import Formats
import Programs

/// Section IV: criteria, controls, tests and results; each control is printed once.
struct TestsSection {
    let material: ReportMaterial
    private let rows: [Identifier: TestRow]
    private let exceptions: ExceptionTables
    /// With which control the details of a test stand: the first, where several rest on it.
    private let home: [Identifier: Identifier]

    /// - Parameter isPrinted: for paper, where less of long lists is printed than on a screen.
    init(material: ReportMaterial, isPrinted: Bool = false) {
        self.material = material
        rows = Dictionary(
            material.result.tests.compactMap { material.row($0.test.id) }.map { ($0.id, $0) },
            uniquingKeysWith: { first, _ in first })
        exceptions = ExceptionTables(material: material, isPrinted: isPrinted)
        home = Dictionary(
            material.result.controls.flatMap { outcome in
                outcome.control.tests.map { ($0, outcome.control.id) }
            }, uniquingKeysWith: { first, _ in first })
    }

    /// The tests that stand in the section, each once, in the order of their controls.
    private var printed: [TestRow] {
        material.result.controls.flatMap { outcome in
            outcome.control.tests.filter { home[$0] == outcome.control.id }.compactMap { rows[$0] }
        }
    }

    private var isTypeOne: Bool { material.kind == .typeOne }

    var section: Manuscript.Section {
        var blocks: [Block] = [
            .paragraph(
                "The tests below were run by the organization's own software over sealed evidence. The results are proposals: the auditor decides on reliance, performs tests of the auditor's own, and concludes."
            )
        ]
        if !isTypeOne {
            blocks += [
                .heading("The window"),
                .window(WindowFigure(material.result, in: material.program.zone, isLinked: true)),
            ]
        }
        blocks += [.heading("Criteria"), .table(criteria)]
        if isTypeOne { blocks += DesignItemTable(material: material).blocks }
        for outcome in material.result.controls { blocks.append(details(outcome)) }
        if !isTypeOne {
            blocks +=
                PopulationTables(material: material, rows: printed, isBounded: exceptions.isPrinted).blocks
        }
        blocks += exceptions.entries(of: printed)
        return Manuscript.Section(
            id: "section-4",
            title: isTypeOne
                ? "Section IV. Criteria and controls as of the date"
                : "Section IV. Criteria, controls, tests and results", blocks: blocks)
    }

    // MARK: Criteria

    private var criteria: Sheet {
        let addressed = Set(material.result.categories.filter { $0.addressed > 0 }.map(\.category))
        let outcomes = material.result.criteria.filter {
            $0.criterion.category == .security || addressed.contains($0.criterion.category)
        }
        return Sheet(
            "Criteria of the categories in scope (our paraphrase), and what is proposed",
            columns: ["Criterion", "What it asks for", "Controls", "Proposed"],
            rows: outcomes.map { outcome in
                [
                    Cell(outcome.criterion.id.text), Cell(outcome.criterion.statement),
                    Cell(
                        outcome.controls.isEmpty
                            ? "none" : outcome.controls.map(\.text).joined(separator: ", ")),
                    Cell(
                        Wording.proposal(outcome.status, hasExceptions: outcome.hasExceptions),
                        mark: Wording.mark(outcome.status, hasExceptions: outcome.hasExceptions)),
                ]
            })
    }

    // MARK: Controls

    private func details(_ outcome: ControlOutcome) -> Block {
        let id = outcome.control.id
        let document = material.document(id)
        let rows = outcome.control.tests.compactMap { self.rows[$0] }
        var blocks: [Block] = [.terms(terms(outcome, document))]
        if rows.isEmpty {
            blocks.append(
                .missing("No test was in force for this control; evidence has to be shown by hand."))
        } else {
            blocks.append(.table(isTypeOne ? designTable(rows, id) : table(rows, id)))
            let own = rows.filter { home[$0.id] == id }
            if !isTypeOne { blocks += own.flatMap { $0.samples.flatMap { $0.blocks(material.names) } } }
            blocks += own.flatMap(exceptions.blocks)
            blocks += rows.compactMap { elsewhere($0, than: id) }
        }
        return .details(
            "\(id): \(outcome.control.title) – \(material.proposal(of: outcome))", id: "control-\(id)",
            blocks)
    }

    /// Where the exceptions of a test stand that another control rests on too.
    private func elsewhere(_ row: TestRow, than control: Identifier) -> Block? {
        guard let home = home[row.id], home != control, !row.exceptions.isEmpty else { return nil }
        return .paragraph(
            "\(Wording.count(row.exceptions.count, "exception")) of \(row.id): listed with \(home), which rests on the same test."
        )
    }

    private func terms(_ outcome: ControlOutcome, _ document: Control?) -> [Manuscript.Term] {
        let rule = outcome.control
        var terms: [Manuscript.Term] = [
            .init("Control", document?.statement ?? rule.title),
            .init(
                "Criteria", rule.criteria.isEmpty ? "none" : rule.criteria.map(\.text).joined(separator: ", ")
            ),
        ]
        if let document {
            let hipaa = document.hipaa.map(\.value).joined(separator: ", ")
            if !hipaa.isEmpty { terms.append(.init("HIPAA (45 CFR)", hipaa)) }
            terms.append(
                .init(
                    "Operation",
                    "\(document.nature.rawValue), \(document.frequency); owner \(document.owner)\(document.isKey ? "; key control" : "")"
                ))
            if document.isClinical {
                terms.append(.init("Clinical safety", "its failure can reach patients' care"))
            }
            terms.append(.init("Policy", document.policy?.value ?? "none named"))
        }
        if !outcome.untested.isEmpty { terms.append(.init("Not tested", Wording.untested(outcome))) }
        if let part = Wording.testedInPart(outcome) { terms.append(.init("Tested in part", part)) }
        if let mitigation = outcome.mitigation {
            let by = mitigation.by.map(\.text).joined(separator: ", ")
            let late = material.namedLate(outcome).joined(separator: ", ")
            let told =
                mitigation.isComplete
                ? "\(by) operated whenever this control failed. The exceptions stand; the criteria count this control as effective with exceptions."
                : "\(by) operated during \(mitigation.time.length.toTheMinute) of the time in which this control failed, not all of it."
            terms.append(
                .init(
                    "Compensating controls",
                    late.isEmpty
                        ? told : "\(told) Named only by a change after the failing had begun: \(late)."))
        }
        if !outcome.alternatives.isEmpty {
            terms.append(
                .init(
                    "Alternative procedures",
                    "Signed statements, listed beside the tests and no part of the conclusion: \(outcome.alternatives.map(\.text).joined(separator: ", "))"
                ))
        }
        return terms
    }

    private func table(_ rows: [TestRow], _ control: Identifier) -> Sheet {
        Sheet(
            "Tests of \(control)", columns: ["Test performed", "Population and extent", "Result"],
            rows: rows.map { row in
                [
                    Cell(["Test \(row.id)", row.procedure]),
                    Cell([row.populationText, row.extent] + row.samples.map(\.extent)),
                    Cell([row.result] + row.samples.map(\.result), mark: row.mark),
                ]
            })
    }

    /// Type I: design and implementation on the day, and the last occurrence of what happens over time.
    private func designTable(_ rows: [TestRow], _ control: Identifier) -> Sheet {
        Sheet(
            "How \(control) is tested, and how it stood on the day; nothing here was tested over time",
            columns: ["Test", "As of the date"],
            rows: rows.map { row in
                [Cell(["Test \(row.id)", row.procedure]), Cell(row.result, mark: row.mark)]
            })
    }
}
