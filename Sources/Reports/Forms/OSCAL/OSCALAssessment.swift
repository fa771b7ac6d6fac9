import Assessment
import Catalog
import Evidence
import Formats
import Ledger

/// What was tested and what came of it: assessment plan, assessment results and plan of action.
extension OSCALBundle {
    private var rows: [TestRow] {
        let used = Set(controls.flatMap(\.control.tests))
        return material.result.tests.filter { used.contains($0.test.id) }.compactMap {
            material.row($0.test.id)
        }
    }

    /// The criteria that some control addresses.
    private var reviewed: [CriterionOutcome] {
        criteria.filter { outcome in controls.contains { $0.control.criteria.contains(outcome.criterion.id) }
        }
    }

    private var reviewedControls: (String, JSON) {
        (
            "reviewed-controls",
            .object([
                (
                    "control-selections",
                    .array([
                        .object([
                            (
                                "include-controls",
                                .array(
                                    reviewed.map {
                                        .object([("control-id", .string(Self.token($0.criterion.id)))])
                                    })
                            )
                        ])
                    ])
                )
            ])
        )
    }

    // MARK: Plan

    var assessmentPlan: JSON {
        let activities = rows.map { row in
            JSON.object([
                ("uuid", .string(uuid("activity \(row.id)"))),
                ("title", .string(Self.line(row.outcome.test.title))),
                ("description", .string(row.procedure)),
                (
                    "props",
                    .array(
                        [property("test", row.id.text), property("extent", row.extent)]
                            + row.samples.map { property("sample", $0.extent) })
                ),
            ])
        }
        var members: [(String, JSON)] = [
            metadata("Plan of tests"),
            ("import-ssp", .object([("href", .string("system-security-plan.json"))])),
        ]
        if !activities.isEmpty {
            members.append(("local-definitions", .object([("activities", .array(activities))])))
        }
        members.append(reviewedControls)
        members.append(
            (
                "assessment-subjects",
                .array([
                    .object([
                        ("type", .string("component")),
                        ("description", .string("Every unit of each test's population.")),
                        ("include-all", .object([])),
                    ])
                ])
            ))
        return document("assessment-plan", members)
    }

    // MARK: Results

    var assessmentResults: JSON {
        let period = material.period
        var result: [(String, JSON)] = [
            ("uuid", .string(uuid("result"))), ("title", .string(Self.line(material.kind.title))),
            (
                "description",
                .string(
                    "Tests of \(material.periodName) by the organization itself. Proposals: only an auditor concludes.\(stillToCome)"
                )
            ),
            ("start", .string(period.start.description)), ("end", .string(period.end.description)),
            (
                "props",
                .array([
                    property("result-sha256", material.resultDigest.hex),
                    property("evidence-sha256", material.result.evidenceDigest.hex),
                    property("program-sha256", material.result.input.programDigest.hex),
                    property("engine", AssessmentResult.engine),
                ])
            ), reviewedControls,
        ]
        let observations = rows.map(observation)
        if !observations.isEmpty { result.append(("observations", .array(observations))) }
        let findings = reviewed.compactMap(finding)
        if !findings.isEmpty { result.append(("findings", .array(findings))) }
        var members: [(String, JSON)] = [
            metadata("Results of tests"), ("import-ap", .object([("href", .string("assessment-plan.json"))])),
            ("results", .array([.object(result)])),
        ]
        let resources = rows.compactMap(resource)
        if !resources.isEmpty { members.append(("back-matter", .object([("resources", .array(resources))]))) }
        return document("assessment-results", members)
    }

    private func observation(_ row: TestRow) -> JSON {
        let units = row.outcome.units
        var properties = [
            property("test", row.id.text), property("conclusion", row.outcome.conclusion.rawValue),
            property("passing", String(units.passing)), property("failing", String(units.failing)),
            // As the result in the description counts them, which a unit that failed without one is among, too.
            property("waived", String(row.outcome.waivedFailures)),
            property("unknown", String(units.unknown)),
            property("pending", String(units.pending)),
            property("coverage", Wording.percent(row.outcome.coverage)),
        ]
        if let part = row.inPart { properties.append(property("in-force", part)) }
        var evidence: [(String, JSON)] = []
        if let population = row.population {
            properties.append(property("population-count", String(population.count)))
            if let root = population.root { properties.append(property("population-root", root.hex)) }
            for sample in row.samples {
                let draw = sample.sample.draw
                properties += [
                    property("sample-size", String(draw.size)), property("sample-seed", draw.seed),
                    property("sample-root", draw.population.hex),
                    property("sample-log-entry", String(sample.sample.leaf)),
                    property("sample-result", sample.result),
                ]
            }
            evidence = [
                (
                    "relevant-evidence",
                    .array([
                        .object([
                            ("href", .string("#" + uuid("population \(row.id)"))),
                            ("description", .string(row.populationText)),
                        ])
                    ])
                )
            ]
        }
        return .object(
            [
                ("uuid", .string(uuid("observation \(row.id)"))),
                ("title", .string(Self.line(row.outcome.test.title))),
                ("description", .string("\(row.procedure) \(row.result)")), ("props", .array(properties)),
                ("methods", .array([.string("TEST")])), ("types", .array([.string("control-objective")])),
                (
                    "subjects",
                    .array(
                        controls.filter { $0.control.tests.contains(row.id) }.map { outcome in
                            .object([
                                ("subject-uuid", .string(uuid("component \(outcome.control.id)"))),
                                ("type", .string("component")),
                            ])
                        })
                ),
            ] + evidence + [("collected", .string(material.result.input.knownAt.description))])
    }

    private func resource(_ row: TestRow) -> JSON? {
        guard row.population != nil else { return nil }
        return .object([
            ("uuid", .string(uuid("population \(row.id)"))),
            ("title", .string(Self.line("Population of \(row.id)"))),
            (
                "description",
                .string(
                    "\(row.populationText). Sealed in the log \(material.checkpoint.origin), root \(material.checkpoint.root.hex)."
                )
            ),
        ])
    }

    /// A criterion is satisfied or not, for OSCAL; what could not be determined is not satisfied, for another reason
    /// than failure.
    private func finding(_ outcome: CriterionOutcome) -> JSON? {
        guard outcome.status != .notAddressed else { return nil }
        let id = Self.token(outcome.criterion.id)
        let addressing = controls.filter { $0.control.criteria.contains(outcome.criterion.id) }
        let tests = Set(addressing.flatMap(\.control.tests))
        let related = rows.filter { tests.contains($0.id) }.map { row in
            JSON.object([("observation-uuid", .string(uuid("observation \(row.id)")))])
        }
        let reason = outcome.status == .met ? "pass" : outcome.status == .notMet ? "fail" : "other"
        let words = Wording.proposal(outcome.status, hasExceptions: outcome.hasExceptions)
        var members: [(String, JSON)] = [
            ("uuid", .string(uuid("finding \(id)"))), ("title", .string("\(id): \(words)")),
            (
                "description",
                .string("Proposed by the engine from \(Wording.count(related.count, "test")): \(words).")
            ),
            ("props", .array([property("status", outcome.status.rawValue)])),
            (
                "target",
                .object([
                    ("type", .string("objective-id")), ("target-id", .string(id + "_obj")),
                    (
                        "status",
                        .object([
                            ("state", .string(outcome.status == .met ? "satisfied" : "not-satisfied")),
                            ("reason", .string(reason)),
                        ])
                    ),
                ])
            ),
        ]
        if !related.isEmpty { members.append(("related-observations", .array(related))) }
        let inPart = addressing.compactMap { control in
            Wording.testedInPart(control).map { "\(control.control.id) was tested in part: \($0)." }
        }
        if !inPart.isEmpty { members.append(("remarks", .string(inPart.joined(separator: " ")))) }
        return .object(members)
    }

    // MARK: Plan of action

    /// An item for each test with exceptions, an observation for each exception; nil when there are none.
    var planOfAction: JSON? {
        let failing = rows.filter { !$0.exceptions.isEmpty }
        guard !failing.isEmpty else { return nil }
        let observations = failing.flatMap { row in row.exceptions.map { observation($0, of: row) } }
        let items = failing.map { row in
            JSON.object([
                ("uuid", .string(uuid("item \(row.id)"))),
                ("title", .string(Self.line(row.outcome.test.title))),
                (
                    "description",
                    .string(
                        "\(row.result) Management's response (unaudited): \(ExceptionResponses(material, row).lines.joined(separator: " "))"
                    )
                ),
                (
                    "props",
                    .array([
                        property("test", row.id.text), property("exceptions", String(row.exceptions.count)),
                    ])
                ),
                (
                    "related-observations",
                    .array(row.exceptions.map { .object([("observation-uuid", .string(uuid($0.id)))]) })
                ),
            ])
        }
        return document(
            Self.planRoot,
            [
                metadata("Exceptions and their remedy"),
                ("import-ssp", .object([("href", .string("system-security-plan.json"))])),
                ("observations", .array(observations)), ("poam-items", .array(items)),
            ])
    }

    private func observation(_ exception: ExceptionRow, of row: TestRow) -> JSON {
        .object([
            ("uuid", .string(uuid(exception.id))), ("title", .string(Self.line(exception.id))),
            (
                "description",
                .string(
                    "\(material.names.name(exception.key, of: row.id)): \(exception.reason), \(exception.interval.start) to \(exception.interval.end)."
                )
            ),
            (
                "props",
                .array(
                    [
                        property("test", row.id.text),
                        property(
                            "\(exception.lasting.measure.rawValue)-microseconds",
                            String(exception.lasting.length.microseconds)),
                    ]
                        + material.proof(exception).map { property("proof", $0) })
            ), ("methods", .array([.string("TEST")])), ("types", .array([.string("finding")])),
            ("collected", .string(material.result.input.knownAt.description)),
        ])
    }
}
