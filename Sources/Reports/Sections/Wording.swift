import Assessment
import Evidence
import Formats
import Programs

/// How a report says things: the words are chosen once, here.
enum Wording {
    static func count(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }

    /// Failures that are no exceptions and no success, with what is said of each.
    static let excuses: [(Verdict, String)] = [
        (.tolerated, "failed within the time allowed to put it right"),
        (.waived, "failed under an approved waiver"),
    ]

    /// What failed and is covered by a waiver, which is no exception and no success; nil when there is none.
    static func waived(_ tests: [TestOutcome]) -> String? {
        let waived = tests.reduce(0) { $0 + $1.waivedFailures }
        if waived == 0 { return nil }
        return
            "\(count(waived, "failure")) \(waived == 1 ? "is" : "are") covered by an approved waiver, and told apart from exceptions."
    }

    /// When none of a control's tests was in force, by the longest such time.
    static func untested(_ outcome: ControlOutcome) -> String {
        let longest = outcome.untested.intervals.max { $0.length < $1.length }
        let others = outcome.untested.intervals.count - 1
        let more = others == 0 ? "" : " and \(count(others, "other time"))"
        let span = longest.map { "from \($0.start.toTheMinute) to \($0.end.toTheMinute)" } ?? "at times"
        return "no test was in force \(span)\(more), which is too long to speak for the period"
    }

    /// Which of a control's tests do not speak for the period, though others do; nil when there is none.
    static func testedInPart(_ outcome: ControlOutcome) -> String? {
        if outcome.testedInPart.isEmpty { return nil }
        return outcome.testedInPart.map { part in
            "test \(part.test) was in force for \(percent(part.share)) of the time only, \(times(part.inForce))"
        }.joined(separator: "; ")
    }

    /// The first stretches of a time, and how many more there are.
    static func times(_ times: IntervalSet) -> String {
        let told = times.intervals.prefix(3).map {
            "from \($0.start.toTheMinute) to \($0.end.toTheMinute)"
        }
        let others = times.intervals.count - told.count
        return (told + (others > 0 ? [count(others, "other time")] : [])).joined(separator: ", ")
    }

    static func batches(_ count: Int) -> String {
        count == 1 ? "one batch" : "\(count) batches"
    }

    /// Whole days where midnights of the organization's zone, or of UTC, begin and end the period, as people speak of one;
    /// the end is its last day.
    static func period(_ period: Interval, in zone: Zone) -> String {
        let isInstant = period.isInstant
        let ends = isInstant ? [period.start] : [period.start, period.end]
        let own = [zone, .utc].first { zone in ends.allSatisfy { zone.midnight(of: zone.date(at: $0)) == $0 }
        }
        guard let own else {
            return isInstant
                ? "as of \(period.start.toTheMinute)"
                : "\(period.start.toTheMinute) to \(period.end.toTheMinute), end not included"
        }
        let first = own.date(at: period.start)
        return isInstant
            ? "as of the start of \(first) (\(own))"
            : "\(first) to \(own.date(at: period.end - TimeSpan(microseconds: 1))) (\(own))"
    }

    static func date(_ instant: Instant) -> String {
        String(instant.description.prefix { $0 != "T" })
    }

    /// A share of what held or is covered in percent, cut off at hundredths, so that only all is 100 %.
    static func percent(_ ratio: Ratio) -> String { percent(ratio, isRoundedUp: false) }

    /// A share of what failed or is unknown in percent, rounded up to hundredths: less than there was is never told.
    static func percentAtMost(_ ratio: Ratio) -> String { percent(ratio, isRoundedUp: true) }

    /// What is not nothing is never 0 %, and what is not all never 100 %.
    private static func percent(_ ratio: Ratio, isRoundedUp: Bool) -> String {
        guard ratio.whole > 0 else { return "nothing to cover" }
        let (part, whole) = (Int128(ratio.part) * 10_000, Int128(ratio.whole))
        if part > 0, part < whole { return "< 0.01 %" }
        let hundredths = isRoundedUp ? (part + whole - 1) / whole : part / whole
        if hundredths == 10_000, ratio.part < ratio.whole { return "> 99.99 %" }
        let rest = hundredths % 100
        return rest == 0 ? "\(hundredths / 100) %" : "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest) %"
    }

    /// What the engine proposes of a control or test, in the words of a report.
    static func proposal(_ conclusion: Conclusion) -> String {
        switch conclusion {
        case .effective: "effective"
        case .withExceptions: "effective, with exceptions"
        case .ineffective: "not effective"
        case .noEvidence: "insufficient evidence"
        case .noOccurrence: "not testable: no occurrence in the period"
        case .pending: "not due yet"
        case .notTested: "not tested"
        }
    }

    /// The same of one day, on which nothing operates for long.
    static func onTheDay(_ conclusion: Conclusion) -> String {
        switch conclusion {
        case .effective: "in place on the day"
        case .withExceptions: "in place on the day, with exceptions"
        case .ineffective: "not in place on the day"
        case .noOccurrence, .pending: "acts over time; see its last occurrence"
        case .noEvidence, .notTested: proposal(conclusion)
        }
    }

    /// The same, where there is room for two words only.
    static func short(_ conclusion: Conclusion) -> String {
        conclusion == .noOccurrence ? "no occurrence" : proposal(conclusion)
    }

    static func mark(_ conclusion: Conclusion) -> Cell.Mark {
        switch conclusion {
        case .effective: .good
        case .withExceptions: .exception
        case .ineffective: .bad
        case .noEvidence, .pending, .notTested: .unknown
        case .noOccurrence: .neutral
        }
    }

    static func mark(_ status: CriterionStatus, hasExceptions: Bool) -> Cell.Mark {
        switch status {
        case .met: hasExceptions ? .exception : .good
        case .notMet: .bad
        case .notDeterminable, .notAddressed: .unknown
        }
    }

    static func mark(_ verdict: Verdict) -> Cell.Mark {
        switch verdict {
        case .pass: .good
        case .fail: .bad
        case .tolerated, .waived: .exception
        case .unknown, .pending: .unknown
        case .notApplicable: .neutral
        }
    }

    static func proposal(_ status: CriterionStatus, hasExceptions: Bool) -> String {
        status == .met && hasExceptions ? "met, with exceptions" : status.rawValue
    }
}

extension Cell {
    /// What is proposed of a control, and which of its tests do not speak for the period.
    static func proposed(_ words: String, of outcome: ControlOutcome) -> Cell {
        let lines = [words, Wording.testedInPart(outcome)].compactMap(\.self)
        return Cell(lines, mark: Wording.mark(outcome.conclusion))
    }

    /// An id with what it says, marked as long as nobody has adopted it.
    static func named(_ text: String, isDraft: Bool) -> Cell {
        isDraft ? Cell([text, "Draft: nobody has adopted it yet."], mark: .unknown) : Cell(text)
    }
}

extension AssessmentStatement {
    /// What was assessed, for people.
    package var subject: String {
        let time =
            period.isInstant
            ? "at \(period.start)" : "from \(period.start) to \(period.end)"
        return "of what held \(time), as known at \(knownAt)"
    }
}
