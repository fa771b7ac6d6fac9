import Assessment
import Catalog
import Evidence
import Formats
import Ledger
import Programs

extension ReportMaterial {
    /// The workbook as auditors use one: populations, samples, tests, exceptions, criteria, crosswalk, changes.
    package var workbook: [UInt8] {
        get throws { try Workbook(sheets: ReportWorkbook(material: self).sheets).file.bytes }
    }
}

/// The sheets of a report's workbook.
struct ReportWorkbook {
    let material: ReportMaterial
    private let rows: [TestRow]

    init(material: ReportMaterial) {
        self.material = material
        rows = material.result.tests.compactMap { material.row($0.test.id) }
    }

    var sheets: [Workbook.Worksheet] {
        [about, populations, samples, tests, exceptions, criteria, crosswalk, changes]
    }

    private var about: Workbook.Worksheet {
        let manuscript = Manuscript(material)
        let lines = [("Report", manuscript.title), ("Of", manuscript.subtitle)]
        let notices = manuscript.notices.map { ("Notice", $0) }
        let basis = manuscript.basis.map { ($0.name, $0.value) }
        return Workbook.Worksheet(
            name: "About", columns: [("What", 24), ("Value", 110)],
            rows: (lines + notices + basis).map { [.text($0.0), .text($0.1)] })
    }

    private func controls(of test: Identifier) -> [ControlRule] {
        material.result.controls.map(\.control).filter { $0.tests.contains(test) }
    }

    private func names(of test: Identifier) -> String {
        controls(of: test).map(\.id.text).joined(separator: ", ")
    }

    private var populations: Workbook.Worksheet {
        Workbook.Worksheet(
            name: "Populations",
            columns: [
                ("Test", 24), ("Controls", 14), ("Kinds of evidence", 30), ("Sources", 18), ("Batches", 10),
                ("Count", 10),
                ("Root (SHA-256)", 68), ("Checks that hold", 12), ("Do not hold", 12),
                ("Cannot be shown", 12),
                ("Checks to follow up", 80),
            ],
            rows: rows.compactMap { row in
                guard let population = row.population else { return nil }
                func count(_ result: PopulationCheck.Result) -> Int {
                    population.checks.count { $0.result == result }
                }
                let open = population.checks.filter { $0.result != .holds }
                return [
                    .text(row.id.text), .text(names(of: row.id)),
                    .text(population.kinds.map(\.text).joined(separator: ", ")),
                    .text(population.sources.map(\.text).joined(separator: ", ")),
                    .number(population.batches),
                    .number(population.count), .text(population.root.hex), .number(count(.holds)),
                    .number(count(.fails)), .number(count(.open)),
                    .text(
                        open.map { "(\($0.name)) \($0.question): \($0.result.rawValue); \($0.why)" }.joined(
                            separator: "\n")),
                ]
            })
    }

    /// For the auditor: what practice takes, and cells to fill in once the seed is chosen.
    private var samples: Workbook.Worksheet {
        Workbook.Worksheet(
            name: "Samples",
            columns: [
                ("Test", 24), ("Population count", 12), ("Population root (SHA-256)", 68), ("Frequency", 14),
                ("Usual size, from", 12), ("Usual size, to", 12), ("Size (auditor)", 12),
                ("Seed (auditor)", 24),
                ("Draw", 60), ("Deviations (auditor)", 14), ("Conclusion (auditor)", 40),
            ],
            rows: rows.compactMap { row in
                guard let population = row.population, population.count > 0 else { return nil }
                let frequency = controls(of: row.id).compactMap { material.document($0.id)?.frequency }.first
                let size = PracticeSize(frequency: frequency, population: population.count)
                return [
                    .text(row.id.text), .number(population.count), .text(population.root.hex),
                    .text(frequency ?? "not stated"), .number(size.smallest), .number(size.largest),
                    .text(""),
                    .text(""), .text("assay sample \(row.id) --size N --seed SEED"), .text(""), .text(""),
                ]
            })
    }

    private var tests: Workbook.Worksheet {
        Workbook.Worksheet(
            name: "Tests",
            columns: [
                ("Control", 12), ("Test", 24), ("Procedure", 60), ("Extent", 40), ("Passing", 9),
                ("Failing", 9),
                ("Waived", 9), ("Unknown", 9), ("Not due", 9), ("Coverage", 10), ("Proposed", 26),
                ("Result", 60),
            ],
            rows: rows.map { row in
                let units = row.outcome.units
                return [
                    .text(names(of: row.id)), .text(row.id.text), .text(row.procedure), .text(row.extent),
                    .number(units.passing), .number(units.failing), .number(units.waived),
                    .number(units.unknown),
                    .number(units.pending), .text(Wording.percent(row.outcome.coverage)),
                    .text(Wording.proposal(row.outcome.conclusion)), .text(row.result),
                ]
            })
    }

    private var exceptions: Workbook.Worksheet {
        Workbook.Worksheet(
            name: "Exceptions",
            columns: [
                ("Exception", 32), ("Controls", 14), ("Test", 24), ("Unit", 24), ("From", 20), ("To", 20),
                ("Failing for", 14), ("Reason", 40), ("Proof", 90), ("Management's response (unaudited)", 50),
            ],
            rows: rows.flatMap { row in
                row.exceptions.map { exception in
                    [
                        .text(exception.id), .text(names(of: row.id)), .text(row.id.text),
                        .text(exception.unit),
                        .text(exception.interval.start.toTheMinute),
                        .text(exception.interval.end.toTheMinute),
                        .text(
                            exception.failing < .seconds(1) ? "at that moment" : exception.failing.toTheMinute
                        ),
                        .text(exception.reason), .text(material.proof(exception).joined(separator: "\n")),
                        .text("none given"),
                    ]
                }
            })
    }

    private var criteria: Workbook.Worksheet {
        Workbook.Worksheet(
            name: "Criteria",
            columns: [
                ("Criterion", 12), ("Category", 18), ("What it asks for (paraphrase)", 80), ("Controls", 40),
                ("Proposed", 24),
            ],
            rows: material.result.criteria.map { outcome in
                [
                    .text(outcome.criterion.id.text), .text("\(outcome.criterion.category)"),
                    .text(outcome.criterion.statement),
                    .text(outcome.controls.map(\.text).joined(separator: ", ")),
                    .text(Wording.proposal(outcome.status, hasExceptions: outcome.hasExceptions)),
                ]
            })
    }

    /// One line for each control with each criterion and each provision that it serves.
    private var crosswalk: Workbook.Worksheet {
        Workbook.Worksheet(
            name: "Crosswalk",
            columns: [
                ("Control", 12), ("Title", 40), ("Framework", 16), ("Reference", 24), ("Tests", 40),
                ("Proposed", 26),
            ],
            rows: material.result.controls.flatMap(crossings))
    }

    private func crossings(_ outcome: ControlOutcome) -> [[Workbook.Value]] {
        let rule = outcome.control
        let hipaa = material.document(rule.id)?.hipaa.map(\.value) ?? []
        let references = rule.criteria.map { ("TSP 100", $0.text) } + hipaa.map { ("45 CFR", $0) }
        let tests = rule.tests.map(\.text).joined(separator: ", ")
        return references.map { framework, reference in
            [
                .text(rule.id.text), .text(rule.title), .text(framework), .text(reference), .text(tests),
                .text(Wording.proposal(outcome.conclusion)),
            ]
        }
    }

    private var changes: Workbook.Worksheet {
        Workbook.Worksheet(
            name: "Changes",
            columns: [("From", 20), ("Document", 40), ("What", 12), ("Keys", 40), ("On record since", 20)],
            rows: material.changes.map { change in
                [
                    .text(change.at.toTheMinute), .text(change.document), .text(change.nature.rawValue),
                    .text(change.keys.joined(separator: ", ")), .text(change.recorded.toTheMinute),
                ]
            })
    }
}
