import Assessment
import Catalog
import Formats
import Programs

/// One page for a quarterly review by those who lead: where things stand, who has to act, what is overdue, and whether
/// it gets better.
struct LeadershipPage {
    let material: ReportMaterial

    var section: Manuscript.Section {
        Manuscript.Section(
            id: "leadership", title: "Where security and privacy stand",
            blocks: [
                .terms([
                    .init("Period", material.periodName + material.asFarAsOver),
                    .init("As known at", material.result.input.knownAt.toTheMinute),
                    .init("Report status", "no opinion is in here; only an auditor concludes"),
                ]),
                .table(categories), .heading("Who has to act"), .table(owners), .heading("What is overdue"),
            ] + overdue + [.heading("Whether it gets better")] + better + [
                .heading("The window"), .window(WindowFigure(material.result, in: material.program.zone)),
                .placeholder(
                    "Reviewed, with the decisions taken. Name, role and date.",
                    by: "management of \(material.organization)"),
            ])
    }

    private var categories: Sheet {
        Sheet(
            "Criteria by category, as the evidence has it",
            columns: [
                "Category", "Met", "Of these with exceptions", "Not met", "Not determinable",
                "Without a tested control",
            ],
            rows: material.result.categories.filter { $0.addressed > 0 }.map { category in
                let own = material.result.criteria.filter { $0.criterion.category == category.category }
                func count(_ status: CriterionStatus) -> Int { own.count { $0.status == status } }
                return [
                    Cell("\(category.category)"), Cell(count(.met)),
                    Cell(own.count { $0.status == .met && $0.hasExceptions }), Cell(count(.notMet)),
                    Cell(count(.notDeterminable)), Cell(count(.notAddressed)),
                ]
            })
    }

    // MARK: Owners

    private var owners: Sheet {
        let byOwner = Dictionary(grouping: material.result.controls) { outcome in
            Identifier(material.document(outcome.control.id)?.owner ?? "nobody named")
        }
        func list(_ outcomes: [ControlOutcome], _ conclusions: Set<Conclusion>, _ mark: Cell.Mark) -> Cell {
            let found = outcomes.filter { conclusions.contains($0.conclusion) }.map(\.control.id.text)
            return found.isEmpty ? Cell("none") : Cell(found.joined(separator: ", "), mark: mark)
        }
        func isInPart(_ outcome: ControlOutcome) -> Bool { !outcome.testedInPart.isEmpty }
        let hasPart = material.result.controls.contains(where: isInPart)
        return Sheet(
            "Controls that need their owner",
            columns: ["Owner", "Do not work", "Work, with exceptions", "Cannot be judged", "Work"]
                + (hasPart ? ["Of these, tested in part"] : []),
            rows: byOwner.sorted { $0.key < $1.key }.map { owner, outcomes in
                let cells: [Cell] = [
                    Cell(owner.text), list(outcomes, [.ineffective], .bad),
                    list(outcomes, [.withExceptions], .exception),
                    list(outcomes, [.noEvidence, .pending, .notTested], .unknown),
                    Cell(outcomes.count { $0.conclusion == .effective }),
                ]
                let inPart = list(outcomes.filter(isInPart), Set(Conclusion.allCases), .exception)
                return hasPart ? cells + [inPart] : cells
            })
    }

    // MARK: Overdue

    private var overdue: [Block] {
        let today = material.program.zone.date(at: material.result.input.knownAt)
        let responses = material.program.responses.compactMap { response in
            response.done == nil
                ? response.due.map { ($0, "response \(response.id)", response.owner.value) } : nil
        }
        let risks = material.program.risks.compactMap { risk in
            risk.due.map {
                ($0, "plan of risk \(risk.id): \(risk.title)", risk.owner?.value ?? "nobody named")
            }
        }
        let late = (responses + risks).filter { $0.0 < today }.sorted { ($0.0, $0.1) < ($1.0, $1.1) }
        if late.isEmpty { return [.paragraph("No promised action is past its date.")] }
        return [
            .table(
                Sheet(
                    "Promised and not done", columns: ["Due", "What", "Owner"],
                    rows: late.map { [Cell($0.description, mark: .bad), Cell($1), Cell($2)] }))
        ]
    }

    // MARK: Trend

    private var better: [Block] { trend + material.erasedBlocks }

    /// Exceptions by the quarter in which they began; a window that fell due in the period and began before it counts in
    /// the first.
    private var trend: [Block] {
        let quarters = quarters
        var counts: [Identifier: [Int]] = [:]
        for outcome in material.result.controls {
            let tests = outcome.control.tests.compactMap(material.test)
            for start in tests.flatMap(\.exceptions).map(\.interval.start) {
                let counted = quarter(of: max(start, material.period.start))
                guard let index = quarters.firstIndex(of: counted) else { continue }
                counts[outcome.control.id, default: quarters.map { _ in 0 }][index] += 1
            }
        }
        if counts.isEmpty { return [.paragraph(nothingBegan)] }
        // What is counted of a quarter that is not over is no less for that.
        let whole = isLastQuarterRunning ? quarters.count - 1 : quarters.count
        let rows = counts.sorted { $0.key < $1.key }.map { id, counts in
            [Cell(id.text)] + counts.map { Cell($0) } + [Self.direction(counts.prefix(whole))]
        }
        let names = quarters.enumerated().map { $0.offset < whole ? $0.element : $0.element + " so far" }
        return [
            .table(
                Sheet(
                    "Exceptions by the quarter in which they began, the first also with what began before it; the window below shows where less was collected",
                    columns: ["Control"] + names + ["From the first to the last that is over"], rows: rows))
        ]
    }

    private var nothingBegan: String {
        material.result.evidenceLeaves == 0 || end <= material.period.start
            ? "Nothing was collected of the period, so that nothing can be said of exceptions."
            : "No exception began in the period\(material.asFarAsOver), in what was collected of it."
    }

    private static func direction(_ counts: ArraySlice<Int>) -> Cell {
        guard let first = counts.first, let last = counts.last, counts.count > 1 else { return Cell("–") }
        // Fewer is no good news by itself: where less is collected, less is found.
        return last < first ? Cell("fewer") : last > first ? Cell("more", mark: .bad) : Cell("as many")
    }

    /// Up to where the period is over, as far as that is known.
    private var end: Instant { min(material.period.end, material.result.input.knownAt) }

    /// Those that have begun.
    private var quarters: [String] {
        var found: [String] = []
        func add(_ instant: Instant) {
            let name = quarter(of: instant)
            if found.last != name { found.append(name) }
        }
        var instant = material.period.start
        while instant < end {
            add(instant)
            instant = instant + .days(1)
        }
        if material.period.start < end { add(end - TimeSpan(microseconds: 1)) }
        return found
    }

    private var isLastQuarterRunning: Bool {
        material.isRunning && quarters.last == quarter(of: material.result.input.knownAt)
    }

    private func quarter(of instant: Instant) -> String {
        let date = material.program.zone.date(at: instant)
        return "\(date.year) Q\((date.month + 2) / 3)"
    }
}
