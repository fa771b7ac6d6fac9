import Programs
import Assessment
import Catalog
import Formats
import Ledger

/// The first page, in words that need no knowledge of auditing.
struct OpeningPage {
    let material: ReportMaterial

    var section: Manuscript.Section {
        Manuscript.Section(
            id: "summary", title: "What this is, and what it says",
            blocks: [
                .paragraph(whatThisIs), .terms(facts), .heading("In short"), .list(inShort),
                .heading("What it is not"), .list(whatItIsNot), .heading("How to check it"),
                .paragraph(howToCheck),
                .terms([
                    .init("Result", "sha256 \(material.resultDigest.hex)"),
                    .init(
                        "Log",
                        "\(material.checkpoint.origin), \(material.checkpoint.size) entries, root \(material.checkpoint.root.hex)"
                    ),
                ]),
            ])
    }

    private var whatThisIs: String {
        let name = material.organization
        let span = material.periodName
        return switch material.kind {
        case .readiness:
            "\(name) has prepared this overview for itself: it lists what stands between today and a SOC 2 examination, \(span). It is advice, not an examination."
        case .typeOne:
            "A SOC 2 Type I report says whether a vendor's controls were suitably designed and in place on one day. This document is the part that \(name) prepares for it, \(span). It says nothing about how the controls worked over time."
        case .typeTwo:
            "A SOC 2 Type II report says whether a vendor's controls were suitably designed and worked over a period. This document is the part that \(name) prepares for it, for \(span): the description, the controls, every test over the whole period, and the exceptions."
        case .hipaa:
            "\(name) handles health information for others. This document lists its controls under the HIPAA Security Rule (45 CFR Part 164) and what evidence says of each, for \(span). HIPAA knows no certificate; this is evidence, not a legal opinion."
        case .bridgeLetter, .leadership, .securityPractices, .productSummary, .underwriting:
            material.kind.title
        }
    }

    private var facts: [Manuscript.Term] {
        let result = material.result
        return [
            .init("Organization", material.organization),
            .init("System", material.program.systems.map(\.title).joined(separator: "; ").orMissing),
            .init(material.isInstant ? "Day" : "Period", material.periodName),
            .init(
                "Report status",
                material.kind.examination.map { material.status(of: $0) }
                    ?? "Prepared by management; unaudited"),
            .init("Trust services categories", categories.orMissing),
            .init("Evidence as known at", result.input.knownAt.toTheMinute),
        ]
    }

    private var categories: String {
        material.result.categories.filter { $0.addressed > 0 }.map { "\($0.category)" }.joined(
            separator: ", ")
    }

    private var inShort: [String] {
        let result = material.result
        let tested = result.controls.filter { $0.conclusion != .notTested }
        func controls(_ conclusions: [Conclusion]) -> [String] {
            tested.filter { conclusions.contains($0.conclusion) }.map(\.control.id.text)
        }
        func line(_ ids: [String], _ singular: String, _ plural: String) -> String? {
            ids.isEmpty
                ? nil
                : "\(ids.count) \(ids.count == 1 ? singular : plural): \(ids.joined(separator: ", "))."
        }
        let counts = result.tests.map(\.exceptions.count)
        let exceptions = counts.reduce(0, +)
        let areCut = counts.contains { $0 > ExceptionTables.limit(isPrinted: true) }
        let untested = result.controls.count - tested.count
        var lines = [
            "\(Wording.count(tested.count, "control")) \(tested.count == 1 ? "has" : "have") tests"
                + (untested > 0 ? "; \(untested) more \(untested == 1 ? "has" : "have") no test." : ".")
        ]
        lines += (material.isInstant ? onTheDay : overThePeriod).compactMap {
            line(controls($0.conclusions), $0.one, $0.many)
        }
        lines += result.controls.compactMap { outcome in
            Wording.testedInPart(outcome).map { "\(outcome.control.id) was tested in part: \($0)." }
        }
        lines.append(exceptions == 0 ? nothingFound : found(exceptions, areCut: areCut))
        lines += material.erasedTold
        if let lastFailing = material.lastFailingTold { lines.append(lastFailing) }
        if let waived = Wording.waived(result.tests) { lines.append(waived) }
        return lines
    }

    /// A day says nothing of the time before it, however much was found there.
    private var nothingFound: String {
        guard material.isInstant else { return "No exceptions were found in what was collected." }
        return material.isRunning
            ? "Of exceptions nothing can be said before the day."
            : "No exceptions were found on the day itself. Of the time before it, only last occurrences are judged."
    }

    private func found(_ exceptions: Int, areCut: Bool) -> String {
        let were = exceptions == 1 ? "was" : "were"
        let cut = areCut ? "; of a test with many the first are printed, and the workbook has all" : ""
        return
            "\(Wording.count(exceptions, "exception")) \(were) found, each resting on entries of the log\(cut). An exception does not by itself make an opinion a qualified one."
    }

    /// How many controls of each conclusion, as a sentence about one of them and about several.
    private typealias Tally = (conclusions: [Conclusion], one: String, many: String)

    private var overThePeriod: [Tally] {
        let soFar = material.isRunning ? ", in what was collected so far" : ""
        return [
            (
                [.effective], "control worked without exception\(soFar)",
                "controls worked without exception\(soFar)"
            ),
            (
                [.withExceptions], "control worked, with exceptions\(soFar)",
                "controls worked, with exceptions\(soFar)"
            ),
            ([.ineffective], "control did not work as promised", "controls did not work as promised"),
            (
                [.noEvidence, .pending], "control cannot be judged: too little is known, or not yet",
                "controls cannot be judged: too little is known, or not yet"
            ),
            (
                [.noOccurrence], "control had nothing to act on\(soFar)",
                "controls had nothing to act on\(soFar)"
            ),
        ]
    }

    private var onTheDay: [Tally] {
        material.isRunning ? Self.onOneDay + [Self.beforeTheDay] : Self.onOneDay + [Self.overTime]
    }

    private static let beforeTheDay: Tally = (
        [.noOccurrence, .pending], "control cannot be judged before the day",
        "controls cannot be judged before the day"
    )

    private static let overTime: Tally = (
        [.noOccurrence, .pending],
        "control acts over time, and is shown by its last occurrence, if there was one",
        "controls act over time, and are shown by their last occurrences, where there were any"
    )

    private static let onOneDay: [Tally] = [
        ([.effective], "control was in place on the day", "controls were in place on the day"),
        (
            [.withExceptions], "control was in place on the day, with exceptions",
            "controls were in place on the day, with exceptions"
        ),
        ([.ineffective], "control was not in place on the day", "controls were not in place on the day"),
        (
            [.noEvidence], "control cannot be judged: too little is known",
            "controls cannot be judged: too little is known"
        ),
    ]

    private var whatItIsNot: [String] {
        [
            "It is not a certificate. A SOC 2 report is an attestation: an independent auditor (CPA) examines what management says, and gives an opinion; in the United States under the AICPA's attestation standards, elsewhere under ISAE 3000.",
            "It holds no opinion. \"Effective\", \"met\" and the like are proposals computed from evidence; only the auditor concludes.",
            "Unknown is never counted as good: where nothing was collected, the report says so.",
        ]
    }

    private var howToCheck: String {
        "Every number rests on evidence that is sealed in a log. Whoever gets the sealed package of this result can repeat the whole evaluation offline with \"assay-verify reperform\", and must arrive at the digest below."
    }
}

extension String {
    var orMissing: String { isEmpty ? "missing: no document says" : self }
}
