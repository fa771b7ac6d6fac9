import Assessment
import Catalog
import Evidence
import Expressions
import Formats
import Ledger
import Programs

/// What cyber insurers usually ask, answered from the tests of the period: never by a plain yes, and by "no evidence" where
/// there is none.
struct UnderwritingForm {
    let material: ReportMaterial
    let answers: [UnderwritingAnswer]

    init(material: ReportMaterial) {
        self.material = material
        answers = material.underwriting.questions.map { UnderwritingAnswer($0, material) }
    }

    var sections: [Manuscript.Section] {
        [
            Manuscript.Section(
                id: "underwriting", title: "Answers in short",
                blocks: [
                    .paragraph(
                        "The questions are those that applications for cyber insurance usually ask, in our own words. Each is answered by tests of \(material.organization)'s controls over the period\(material.isRunning ? " so far" : ""), from sealed evidence. An answer says what the evidence shows and no more; it is no warranty, and what is marked as unknown has not been shown either way."
                    ),
                    .terms([
                        .init("Organization", material.organization),
                        .init("Period", material.periodName + material.asFarAsOver),
                        .init("Evidence as known at", material.result.input.knownAt.toTheMinute),
                        .init("Status", "prepared by management; no auditor has concluded on it"),
                        .init(
                            "Sealed evidence",
                            "\(Wording.batches(material.result.evidenceLeaves)); log \(material.checkpoint.origin), root \(material.checkpoint.root.hex)"
                        ),
                    ]), .table(overview),
                ] + material.erasedBlocks),
            Manuscript.Section(
                id: "answers", title: "Answers with their evidence", blocks: answers.map(details)),
            Manuscript.Section(id: "losses", title: "Incidents of the period", blocks: incidents),
            Manuscript.Section(
                id: "stated", title: "What only the organization can state",
                blocks: [
                    .paragraph(
                        "No evidence answers these. Nothing has been filled in."),
                    .table(
                        Sheet(
                            "To be stated", columns: ["Subject", "What", "Statement"],
                            rows: material.underwriting.stated.map {
                                [Cell($0.title), Cell($0.what), Cell("not stated", mark: .unknown)]
                            })),
                    .placeholder(
                        "The statements above are complete and true. Name, title, date and signature.",
                        by: "management of \(material.organization)"),
                ]),
        ]
    }

    private var overview: Sheet {
        Sheet(
            "Questions, with what the evidence of the period says",
            columns: ["Question", "Answer", "Tests", "Exceptions"],
            rows: answers.map { answer in
                [
                    Cell(
                        ["\(answer.question.topic)", answer.question.question],
                        target: "answer-\(answer.question.id)"),
                    Cell(answer.summary, mark: answer.mark), Cell(answer.tests.count),
                    Cell(answer.exceptions),
                ]
            })
    }

    private func details(_ answer: UnderwritingAnswer) -> Block {
        let question = answer.question
        var blocks: [Block] = [.paragraph(question.question), .paragraph("Answer: \(answer.summary).")]
        if !answer.tests.isEmpty {
            blocks.append(
                .table(
                    Sheet(
                        "Tests that answer \(question.topic.lowercasingFirst)",
                        columns: ["Test", "Held", "Failed", "Unknown", "Result", "Evidence"],
                        rows: answer.tests.map(row))))
        }
        let exceptions = answer.tests.flatMap { test in test.exceptions.map { (test, $0) } }
        if !exceptions.isEmpty { blocks.append(.table(listed(exceptions, of: question))) }
        blocks.append(.paragraph("Beyond this evidence: \(question.beyond)."))
        return .details(
            "\(question.topic) – \(answer.summary)", id: "answer-\(question.id)", blocks)
    }

    private func row(_ test: TestRow) -> [Cell] {
        let controls = material.result.controls.map(\.control).filter { $0.tests.contains(test.id) }
        let timeline = test.outcome.timeline
        let result = [test.result, test.inPart].compactMap(\.self)
        return [
            Cell([
                "\(test.outcome.test.title) (\(test.id))",
                "Control \(controls.map(\.id.text).joined(separator: ", "))",
            ]),
            Cell(timeline.held), Cell(timeline.failed), Cell(timeline.unknown),
            Cell(result, mark: Wording.mark(test.forThePeriod)),
            Cell(test.populationText),
        ]
    }

    /// Most exceptions that are listed for one answer; the Type II report and the workbook have all.
    private static let limit = 10

    private func listed(
        _ exceptions: [(TestRow, ExceptionRow)], of question: UnderwritingQuestions.Question
    ) -> Sheet {
        let sorted = exceptions.sorted {
            ($0.1.interval.start, $0.0.id, $0.1.key) < ($1.1.interval.start, $1.0.id, $1.1.key)
        }
        let cut =
            sorted.count > Self.limit
            ? "; the first \(Self.limit) of \(sorted.count), the workbook has all" : ""
        return Sheet(
            "Exceptions under \(question.topic.lowercasingFirst), by date\(cut)",
            columns: ["Exception", "From", "To", "Reason", "Proof"],
            rows: sorted.prefix(Self.limit).map { test, exception in
                [
                    Cell([exception.id, material.names.name(exception.key, of: test.id)]),
                    Cell(exception.interval.start.toTheMinute), Cell(exception.interval.end.toTheMinute),
                    Cell(exception.reason), Cell(material.proof(exception)),
                ]
            })
    }

    private var incidents: [Block] {
        guard material.hasIncidentSource else {
            return [
                .missing(
                    "No source of incident records (incident.record) is connected, so the evidence says nothing of incidents; they are to be stated."
                )
            ]
        }
        let all = material.incidents
        return [
            .paragraph(
                all.isEmpty
                    ? "The connected sources hold no incident of the period\(material.asFarAsOver)."
                    : "The connected sources hold \(Wording.count(all.count, "incident")) of the period\(material.asFarAsOver); \(all.count { $0.touchesPHI == true }) touched health information, of \(all.count { $0.touchesPHI == nil }) it is not stated, and \(all.count { $0.isContained != true }) \(all.count { $0.isContained != true } == 1 ? "is" : "are") not shown to be contained."
            )
        ]
    }
}

/// One question, with the tests that answer it and what they say together.
struct UnderwritingAnswer {
    let question: UnderwritingQuestions.Question
    let tests: [TestRow]
    /// What the question asks for and no test speaks to, in words: an answer without it is one in part.
    private let untested: [String]
    /// Some of the period is still to come, and nothing may sound as if it were over.
    private let isRunning: Bool

    init(_ question: UnderwritingQuestions.Question, _ material: ReportMaterial) {
        self.question = question
        isRunning = material.isRunning
        let wanted = Set(question.criteria)
        var seen: Set<Identifier> = []
        let outcomes = material.result.controls.map(\.control)
            .filter { wanted.isEmpty || !wanted.isDisjoint(with: $0.criteria) }
            .flatMap(\.tests).filter { seen.insert($0).inserted }
            .compactMap(material.test)
            .filter { outcome in
                question.evidence.contains { outcome.test.speaks(to: $0) }
                    || question.testKinds.contains { outcome.test.isOfKind($0) }
            }
        tests = outcomes.compactMap { material.row($0.test.id) }
        let lacking = question.evidence.filter { evidence in
            !outcomes.contains { $0.test.speaks(to: evidence) }
        }
        let kinds = question.testKinds.filter { kind in !outcomes.contains { $0.test.isOfKind(kind) } }
        untested =
            (lacking.isEmpty ? [] : ["nothing tests \(lacking.map(\.name).joined(separator: ", "))"])
            + kinds.map { "no test is of kind \($0)" }
    }

    /// Why nothing answers: what no test reads. Another may still be about it, by evidence that nobody expects.
    private var unread: String {
        let criteria = question.criteria.map(\.text).joined(separator: ", ")
        let none = criteria.isEmpty ? "no test here" : "no test of a control for \(criteria)"
        let kinds = question.testKinds.map { ", and none is of kind \($0)" }.joined()
        return "\(none) reads \(question.evidence.map(\.name).joined(separator: ", "))\(kinds)"
    }

    var exceptions: Int { tests.reduce(0) { $0 + $1.exceptions.count } }
    private var waived: Int { tests.reduce(0) { $0 + $1.outcome.waivedFailures } }

    private func count(_ conclusions: Set<Conclusion>) -> Int {
        tests.count { conclusions.contains($0.forThePeriod) }
    }

    /// In words; a test without evidence never counts for an answer.
    var summary: String {
        if question.evidence.isEmpty { return "not answered: no evidence tells it; it is to be stated" }
        if tests.isEmpty { return "not answered: \(unread)" }
        let open = count([.noEvidence, .pending, .notTested])
        let silent = tests.count { $0.forThePeriod != $0.outcome.conclusion }
        let spoken =
            silent > 0
            ? " (\(silent) \(silent == 1 ? "was" : "were") in force for a part of the time only)" : ""
        let idle = count([.noOccurrence])
        let judged = tests.count - open - idle
        let failed = count([.ineffective])
        let lack = untested.map { "; \($0)" }.joined()
        // What a waiver covers is no exception, and no success either.
        let found = [
            exceptions > 0 ? Wording.count(exceptions, "exception") : nil,
            waived > 0 ? "\(Wording.count(waived, "failure")) under an approved waiver" : nil,
        ].compactMap(\.self)
        let with = found.isEmpty ? "" : ", with \(found.joined(separator: " and "))"
        if judged == 0 {
            let none = silent > 0 ? "none speaks for the period" : "none could be decided"
            return open > 0
                ? "no evidence: \(Wording.count(tests.count, "test")) in force, and \(none)\(spoken)\(with)\(lack)"
                : "nothing happened \(isRunning ? "so far" : "in the period") that could be tested\(lack)"
        }
        let of = "\(judged) of \(Wording.count(tests.count, "test"))"
        let rest = open > 0 ? "; no evidence for \(open)\(spoken)" : ""
        if failed > 0 {
            return "did not hold: \(failed) of \(Wording.count(judged, "decided test")) failed\(rest)\(lack)"
        }
        let told = found.isEmpty ? ", without exception" : with
        let part = untested.isEmpty ? "" : "in part: "
        let span = isRunning ? "so far" : "over the period"
        return "\(part)held \(span) in \(of)\(told)\(rest)\(lack)"
    }

    var mark: Cell.Mark {
        if count([.ineffective]) > 0 { return .bad }
        let judged = count([.effective, .withExceptions])
        if judged == 0 {
            let isIdle = count([.noOccurrence]) == tests.count && !tests.isEmpty && untested.isEmpty
            return isIdle ? .neutral : .unknown
        }
        if count([.noEvidence, .pending, .notTested]) > 0 || !untested.isEmpty { return .unknown }
        return exceptions > 0 || waived > 0 ? .exception : .good
    }
}

extension TestRow {
    /// What it says of the period as a whole: a test that was in force for a part of it shows nothing of the rest, and only
    /// what failed in it failed.
    fileprivate var forThePeriod: Conclusion {
        switch outcome.conclusion {
        case .effective, .withExceptions, .noOccurrence: inPart == nil ? outcome.conclusion : .noEvidence
        case .ineffective, .noEvidence, .pending, .notTested: outcome.conclusion
        }
    }
}

extension ControlTest {
    /// Whether any version of the test is of a kind.
    fileprivate func isOfKind(_ kind: String) -> Bool {
        versions.contains { $0.requirement.kind.rawValue == kind }
    }

    /// Whether any version of the test judges a kind of evidence, and the field of it that is asked about.
    fileprivate func speaks(to evidence: UnderwritingQuestions.Evidence) -> Bool {
        guard evidenceKinds.contains(evidence.kind) else { return false }
        guard let field = evidence.field else { return true }
        return versions.contains { version in
            version.requirement.demands(of: evidence.kind).contains { predicate in
                predicate.expression.fieldsRead(of: predicate.variable)?.contains(field) ?? true
            }
        }
    }
}

extension Requirement {
    /// What the records of a kind are held to.
    fileprivate func demands(of kind: Identifier) -> [Predicate] {
        switch self {
        case .state(let rule): rule.kind == kind ? [rule.require] : []
        case .event(let rule): rule.kind == kind ? [rule.require] : []
        case .ratio(let rule): rule.kind == kind ? [rule.require] : []
        case .response(let rule): rule.target.kind == kind ? [rule.target.predicate].compactMap(\.self) : []
        case .cadence, .recon, .sod, .attest: []
        }
    }
}
