import Assessment
import Evidence
import Formats
import Ledger

/// What was tested, and what evidence says of its completeness and accuracy: one table for all tests of Section IV.
struct PopulationTables {
    let material: ReportMaterial
    let rows: [TestRow]
    /// Whether only what is to be followed up is told with its reason.
    let isBounded: Bool

    /// One answer with its reason, and the tests whose populations it is given of.
    private struct Answer {
        let check: PopulationCheck
        var tests: [Identifier]
    }

    private typealias Asked = (row: TestRow, population: ReportPopulation)

    var blocks: [Block] {
        let asked = rows.compactMap { row -> Asked? in
            row.population.flatMap { Self.isCollected($0) ? (row, $0) : nil }
        }
        let unasked = rows.filter { row in row.population.map { !Self.isCollected($0) } ?? false }
        var blocks: [Block] = [.heading("Completeness and accuracy of the populations")]
        if !asked.isEmpty {
            blocks += [.table(questions(asked)), .table(overview(asked))]
            blocks += answers(asked)
        }
        blocks += erasures(of: rows)
        if !unasked.isEmpty {
            blocks.append(
                .paragraph(
                    "Nothing was collected for \(Wording.count(unasked.count, "test")), so nothing can be asked of \(unasked.count == 1 ? "its population" : "their populations"): \(unasked.map(\.id.text).joined(separator: ", "))."
                ))
        }
        return blocks.count == 1 ? [] : blocks
    }

    /// Of what nobody has collected, nothing can be asked.
    private static func isCollected(_ population: ReportPopulation) -> Bool {
        population.count > 0 || population.batches > 0
    }

    private func questions(_ asked: [Asked]) -> Sheet {
        var seen: Set<String> = []
        let checks = asked.flatMap(\.population.checks).filter { seen.insert($0.name).inserted }
        return Sheet(
            "What is asked of each population", columns: ["Check", "Question"],
            rows: checks.map { [Cell("(\($0.name))"), Cell($0.question)] })
    }

    private func overview(_ asked: [Asked]) -> Sheet {
        func names(_ population: ReportPopulation, _ result: PopulationCheck.Result, _ mark: Cell.Mark)
            -> Cell
        {
            let own = population.checks.filter { $0.result == result }
            return own.isEmpty
                ? Cell("–") : Cell(own.map { "(\($0.name))" }.joined(separator: " "), mark: mark)
        }
        // Only a population that was drawn from has a root.
        let isDrawn = asked.contains { $0.population.root != nil }
        return Sheet(
            "Populations, and the checks of each that hold",
            columns: ["Test", "Count", "Hold", "Do not hold", "Cannot be shown"]
                + (isDrawn ? ["Root (SHA-256)"] : []),
            rows: asked.map { row, population in
                [
                    Cell(row.id.text), Cell(population.count), names(population, .holds, .good),
                    names(population, .fails, .bad), names(population, .open, .unknown),
                ] + (isDrawn ? [Cell(population.root?.hex ?? "–")] : [])
            })
    }

    private func answers(_ asked: [Asked]) -> [Block] {
        let all = grouped(asked)
        let open = all.filter { $0.check.result != .holds }
        let holding = all.filter { $0.check.result == .holds }
        var blocks: [Block] = []
        if !open.isEmpty {
            blocks.append(.table(sheet("Checks to follow up, with the reason", open)))
        }
        guard !holding.isEmpty else { return blocks }
        return blocks + [
            isBounded
                ? .paragraph("Why the other checks hold is told in the page on screen (--output html).")
                : .details(
                    "Why the other checks hold", id: "population-checks",
                    [.table(sheet("Checks that hold, with the reason", holding))])
        ]
    }

    /// What was erased is in no population, and no check can find it missing.
    private func erasures(of rows: [TestRow]) -> [Block] {
        let found = material.erasures.compactMap { erasure -> [Cell]? in
            let statement = erasure.statement
            let tests = rows.compactMap { material.test($0.id) }
                .filter { $0.test.evidenceKinds.contains(statement.kind) }
            if tests.isEmpty { return nil }
            return [
                Cell(erasure.leaf), Cell(statement.recorded.toTheMinute), Cell(statement.kind.text),
                Cell(statement.items.count), Cell(statement.basis),
                erasure.isEarly
                    ? Cell("no: until \(erasure.keptUntil.toTheMinute)", mark: .bad) : Cell("yes"),
                Cell(tests.map(\.test.id.text).joined(separator: ", ")),
            ]
        }
        if found.isEmpty { return [] }
        return [
            .table(
                Sheet(
                    "Erased evidence: what it said counts for nothing here, for better or worse",
                    columns: [
                        "Log entry", "Erased", "Kind", "Items", "Basis", "Kept for its term", "Tests",
                    ], rows: found))
        ]
    }

    /// Populations of one kind of evidence share most answers.
    private func grouped(_ asked: [Asked]) -> [Answer] {
        var places: [PopulationCheck: Int] = [:]
        var found: [Answer] = []
        for (row, population) in asked {
            for check in population.checks {
                if let place = places[check] {
                    found[place].tests.append(row.id)
                } else {
                    places[check] = found.count
                    found.append(Answer(check: check, tests: [row.id]))
                }
            }
        }
        return found.enumerated().sorted {
            (Identifier($0.element.check.name), $0.offset) < (Identifier($1.element.check.name), $1.offset)
        }.map(\.element)
    }

    private func sheet(_ caption: String, _ answers: [Answer]) -> Sheet {
        Sheet(
            caption, columns: ["Check", "Answer", "Why", "Tests"],
            rows: answers.map { answer in
                [
                    Cell("(\(answer.check.name))"),
                    Cell(
                        answer.check.result.rawValue,
                        mark: answer.check.result == .holds
                            ? .good : answer.check.result == .fails ? .bad : .unknown),
                    Cell(answer.check.why), Cell(answer.tests.map(\.text).joined(separator: ", ")),
                ]
            })
    }
}
