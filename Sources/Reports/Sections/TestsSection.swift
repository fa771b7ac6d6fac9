import Assessment
import Catalog
import Evidence
import Ledger
import Formats
import Programs

/// Section IV: criteria, controls, tests and results; each control is printed once.
struct TestsSection {
    let material: ReportMaterial
    private let byControl: [Identifier: [TestRow]]

    init(material: ReportMaterial) {
        self.material = material
        byControl = Dictionary(
            material.result.controls.map { ($0.control.id, $0.control.tests.compactMap(material.row)) },
            uniquingKeysWith: { first, _ in first })
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
        for outcome in material.result.controls { blocks.append(details(outcome)) }
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
        let rows = byControl[id] ?? []
        var blocks: [Block] = [.terms(terms(outcome, document))]
        if rows.isEmpty {
            blocks.append(
                .missing("No test was in force for this control; evidence has to be shown by hand."))
        } else {
            blocks.append(.table(isTypeOne ? designTable(rows, id) : table(rows, id)))
            if !isTypeOne {
                blocks += rows.flatMap(population)
                blocks += rows.flatMap { $0.samples.flatMap { $0.blocks(material.names) } }
            }
            blocks += rows.flatMap(exceptions)
        }
        return .details(
            "\(id): \(outcome.control.title) – \(Wording.proposal(outcome.conclusion))", id: "control-\(id)",
            blocks)
    }

    private func terms(_ outcome: ControlOutcome, _ document: Control?) -> [Manuscript.Term] {
        let rule = outcome.control
        var terms: [Manuscript.Term] = [
            .init("Control", "\(rule.id): \(document?.statement ?? rule.title)"),
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
        terms.append(.init("Proposed", Wording.proposal(outcome.conclusion)))
        if let mitigation = outcome.mitigation {
            let by = mitigation.by.map(\.text).joined(separator: ", ")
            terms.append(
                .init(
                    "Compensating controls",
                    mitigation.isComplete
                        ? "\(by) operated whenever this control failed. The exceptions stand; the criteria count this control as effective with exceptions."
                        : "\(by) operated during \(mitigation.time.length.toTheMinute) of the time in which this control failed, not all of it."
                ))
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
                    Cell([row.result] + row.samples.map(\.result), mark: mark(row)),
                ]
            })
    }

    private func mark(_ row: TestRow) -> Cell.Mark {
        let mark = Wording.mark(row.outcome.conclusion)
        return mark == .good && row.outcome.hasExceptions ? .exception : mark
    }

    /// Type I: design and implementation on the day, and the last occurrence of what happens over time.
    private func designTable(_ rows: [TestRow], _ control: Identifier) -> Sheet {
        Sheet(
            "How \(control) is tested, and how it stood on the day; nothing here was tested over time",
            columns: ["Test", "As of the date"],
            rows: rows.map { row in
                [Cell(["Test \(row.id)", row.procedure]), standing(row)]
            })
    }

    private func standing(_ row: TestRow) -> Cell {
        if let last = material.result.lastOccurrences[row.id] {
            let name = material.names.name(last.key, of: row.id)
            let reason = last.reason.map { " (\($0))" } ?? ""
            return Cell(
                "Judges what happens over time. Last occurrence: \(name), \(last.at.toTheMinute): \(last.verdict.word)\(reason).",
                mark: Wording.mark(last.verdict))
        }
        let judgesInstants =
            row.outcome.units.passing + row.outcome.units.failing + row.outcome.units.unknown > 0
        if !judgesInstants, row.outcome.conclusion == .noOccurrence || row.outcome.conclusion == .pending {
            return Cell("No occurrence in the 400 days before the date.", mark: .neutral)
        }
        return Cell(row.result, mark: mark(row))
    }

    // MARK: Drill-down

    private func population(_ row: TestRow) -> [Block] {
        // Of what nobody has collected, nothing can be asked.
        guard let population = row.population, population.count > 0 || population.batches > 0 else {
            return []
        }
        let counts = population.checks.reduce(into: [PopulationCheck.Result: Int]()) {
            $0[$1.result, default: 0] += 1
        }
        let summary = [PopulationCheck.Result.holds, .fails, .open].compactMap { result in
            counts[result].map {
                "\($0) \(result == .holds ? "hold" : result == .fails ? "do not hold" : "cannot be shown")"
            }
        }
        let table = Sheet(
            "Completeness and accuracy of the population of \(row.id)", columns: ["Check", "Answer", "Why"],
            rows: population.checks.map { check in
                [
                    Cell("(\(check.name)) \(check.question)"),
                    Cell(
                        check.result.rawValue,
                        mark: check.result == .holds ? .good : check.result == .fails ? .bad : .unknown),
                    Cell(check.why),
                ]
            })
        return [
            .details(
                "Completeness of the population of \(row.id): \(summary.joined(separator: ", "))",
                id: "population-\(row.id)", [.table(table)])
        ]
    }

    private func exceptions(_ row: TestRow) -> [Block] {
        if row.exceptions.isEmpty { return [] }
        let shown = row.exceptions.prefix(Self.exceptionLimit)
        let rest: [Block] =
            shown.count == row.exceptions.count
            ? []
            : [
                .paragraph(
                    "The first \(shown.count) of \(row.exceptions.count), by date. All of them are in the workbook, sheet Exceptions (assay report --output xlsx)."
                )
            ]
        let table = Sheet(
            "Exceptions of \(row.id), each with the sealed facts it rests on",
            columns: ["Exception", "From", "To", "Failing for", "Reason", "Proof"],
            rows: shown.map { exception in
                [
                    Cell([exception.id, material.names.name(exception.key, of: row.id)]),
                    Cell(exception.interval.start.toTheMinute),
                    Cell(exception.interval.end.toTheMinute),
                    Cell(exception.failing < .seconds(1) ? "at that moment" : exception.failing.toTheMinute),
                    Cell(exception.reason), Cell(material.proof(exception)),
                ]
            })
        return [
            .details(
                "\(Wording.count(row.exceptions.count, "exception")) of \(row.id)",
                id: "exceptions-\(row.id)",
                rest + [.table(table)] + entries(shown))
        ]
    }

    /// Most exceptions of one test that are printed.
    private static let exceptionLimit = 100

    /// The log entries that exceptions rest on, each once.
    private func entries(_ exceptions: some Sequence<ExceptionRow>) -> [Block] {
        let leaves = Set(exceptions.flatMap { material.printed($0).map(\.leaf) })
        let entries = leaves.sorted().compactMap { leaf in material.proofs[leaf].map { (leaf, $0) } }
        if entries.isEmpty { return [] }
        return [
            .table(
                Sheet(
                    "Log entries that these exceptions rest on",
                    columns: [
                        "Log entry", "Batch of", "Recorded", "Items", "Root of its items", "Leaf hash",
                    ],
                    rows: entries.map { leaf, proof in
                        [
                            Cell(leaf), Cell(proof.source.text), Cell(proof.recorded.toTheMinute),
                            Cell(proof.items), Cell(proof.populationRoot.hex), Cell(proof.leafHash.hex),
                        ]
                    }))
        ]
    }
}

extension ReportMaterial {
    /// Most facts that are printed for one exception.
    package static let factLimit = 3

    /// The facts that are printed of those that an exception rests on.
    func printed(_ exception: ExceptionRow) -> [FactReference] {
        Array(exception.references.sorted().prefix(Self.factLimit))
    }

    /// Log entry and item of the facts that an exception rests on.
    func proof(_ exception: ExceptionRow) -> [String] {
        if exception.references.isEmpty {
            return ["No fact: nothing was found where something was required, in time that was covered."]
        }
        var lines = printed(exception).map { "log entry \($0.leaf), item \($0.item + 1)" }
        let rest = exception.references.count - lines.count
        if rest > 0 { lines.append("and \(rest) more: assay explain") }
        return lines
    }
}
