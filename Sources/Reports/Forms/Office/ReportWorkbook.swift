import Assessment
import Catalog
import Evidence
import Formats
import Ledger
import Programs

extension ReportMaterial {
    /// The workbook as auditors use one: populations, samples, tests, exceptions and their severity, criteria, crosswalk,
    /// changes.
    package var workbook: [UInt8] {
        get throws {
            try Workbook(sheets: ReportWorkbook(material: self).sheets).file.bytes
        }
    }
}

/// The sheets of a report's workbook.
struct ReportWorkbook {
    let material: ReportMaterial
    let rows: [TestRow]

    init(material: ReportMaterial) {
        self.material = material
        rows = material.result.tests.compactMap { material.row($0.test.id) }
    }

    var sheets: [Workbook.Worksheet] {
        let own: [Workbook.Worksheet] =
            switch material.kind {
            case .typeOne: [items]
            case .underwriting: [answers]
            default: []
            }
        return [about] + own + [
            populations, samples, sampledItems, tests, exceptions, severity, criteria, crossings, changes,
        ]
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

    func controls(of test: Identifier) -> [ControlRule] {
        material.result.controls.map(\.control).filter { $0.tests.contains(test) }
    }

    func names(of test: Identifier) -> String {
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
                // Of what nobody has collected, nothing can be asked.
                let isCollected = population.count > 0 || population.batches > 0
                let open = population.checks.filter { $0.result != .holds }
                return [
                    .text(row.id.text), .text(names(of: row.id)),
                    .text(population.kinds.map(\.text).joined(separator: ", ")),
                    .text(population.sources.map(\.text).joined(separator: ", ")),
                    .number(population.batches),
                    .number(population.count), .text(population.root?.hex ?? ""), .number(count(.holds)),
                    .number(count(.fails)), .number(count(.open)),
                    .text(
                        isCollected
                            ? open.map { "(\($0.name)) \($0.question): \($0.result.rawValue); \($0.why)" }
                                .joined(separator: "\n")
                            : "nothing was collected"),
                ]
            })
    }

    private var tests: Workbook.Worksheet {
        Workbook.Worksheet(
            name: "Tests",
            columns: [
                ("Control", 12), ("Test", 24), ("Procedure", 60), ("Extent", 40), ("Passing", 9),
                ("Failing", 9),
                ("Failures under a waiver", 12), ("Unknown", 9), ("Not due", 9), ("Coverage", 10),
                ("Proposed", 26),
                ("Result", 60), ("Conclusion (auditor)", 30), ("Done by, on (auditor)", 20),
                ("Reviewed by, on (auditor)", 20),
            ],
            rows: rows.map { row in
                let units = row.outcome.units
                return [
                    .text(names(of: row.id)), .text(row.id.text), .text(row.procedure),
                    .text(([row.extent] + row.samples.map(\.extent)).joined(separator: "\n")),
                    .number(units.passing), .number(units.failing),
                    // Those too that failed at another time without one: the result counts the same.
                    .number(row.outcome.waivedFailures),
                    .number(units.unknown),
                    .number(units.pending), .text(Wording.percent(row.outcome.coverage)),
                    .text(material.proposal(row.outcome.conclusion)),
                    .text(([row.result] + row.samples.map(\.result)).joined(separator: "\n")), .text(""),
                    .text(""), .text(""),
                ]
            })
    }

    private var exceptions: Workbook.Worksheet {
        Workbook.Worksheet(
            name: "Exceptions",
            columns: [
                ("Exception", 32), ("Controls", 14), ("Test", 24), ("Unit", 24), ("From", 20), ("To", 20),
                ("How long", 22), ("Reason", 40), ("Proof", 90), ("Management's response (unaudited)", 50),
            ],
            rows: rows.flatMap { row -> [[Workbook.Value]] in
                let responses = ExceptionResponses(material, row)
                return row.exceptions.map { exception in
                    [
                        .text(exception.id), .text(names(of: row.id)), .text(row.id.text),
                        .text(material.names.name(exception.key, of: row.id)),
                        .text(exception.interval.start.toTheMinute),
                        .text(exception.interval.end.toTheMinute),
                        .text(exception.lasting.words ?? "at that moment"), .text(exception.reason),
                        .text(material.proof(exception).joined(separator: "\n")),
                        .text(responses.text(of: exception)),
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

    /// One line for each control with each criterion and each provision that it serves, and with what these are related to
    /// in other frameworks.
    private var crossings: Workbook.Worksheet {
        Workbook.Worksheet(
            name: "Crosswalk",
            columns: [
                ("Control", 12), ("Title", 40), ("Framework", 16), ("Reference", 24), ("By way of", 24),
                ("Tests", 40), ("Proposed", 26),
            ],
            rows: material.result.controls.flatMap(crossings))
    }

    private func crossings(_ outcome: ControlOutcome) -> [[Workbook.Value]] {
        let rule = outcome.control
        let hipaa = material.document(rule.id)?.hipaa.map(\.value) ?? []
        let named =
            rule.criteria.map { ("TSP 100", $0.text, "") } + hipaa.map { ("45 CFR", $0, "") }
        let tests = rule.tests.map(\.text).joined(separator: ", ")
        return (named + related(rule)).map { framework, reference, way in
            [
                .text(rule.id.text), .text(rule.title), .text(framework), .text(reference), .text(way),
                .text(tests), .text(material.proposal(of: outcome)),
            ]
        }
    }

    /// Categories of other frameworks that the control's criteria are related to, each with those criteria.
    private func related(_ rule: ControlRule) -> [(framework: String, reference: String, way: String)] {
        var ways: [Identifier: [String]] = [:]
        let laws = Dictionary(
            material.laws.provisions.map { ($0.id, $0.jurisdiction) }, uniquingKeysWith: { first, _ in first }
        )
        let own = material.program.organization?.jurisdictions ?? []
        for criterion in rule.criteria {
            for link in material.crosswalk.links(from: criterion) where !link.id.text.hasPrefix("164.") {
                if let law = laws[link.id], !own.contains(law) { continue }
                ways[link.id, default: []].append(criterion.text + (link.strength == .partial ? "~" : ""))
            }
        }
        return ways.sorted { $0.key < $1.key }.map { id, way in
            let framework =
                id.text.hasPrefix("HITRUST")
                ? "HITRUST domain" : laws[id] == nil ? "NIST CSF 2.0" : "Health privacy law"
            return (framework, id.text, way.joined(separator: ", "))
        }
    }

    private var changes: Workbook.Worksheet {
        Workbook.Worksheet(
            name: "Changes",
            columns: [
                ("From", 20), ("Document", 40), ("What", 12), ("Keys", 40), ("On record since", 20),
                ("Remark", 28),
            ],
            rows: material.changes.map { change in
                [
                    .text(change.at.toTheMinute), .text(change.document), .text(change.nature.rawValue),
                    .text(change.keys.joined(separator: ", ")), .text(change.recorded.toTheMinute),
                    .text(change.remark(in: material.program.zone) ?? ""),
                ]
            })
    }
}
