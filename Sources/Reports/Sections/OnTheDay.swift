import Assessment
import Formats

/// What a report as of one instant says of tests that judge what happens over time: nothing operates within an instant,
/// and what can be told is the last time that something was judged.
extension ReportMaterial {
    /// What is proposed of a control or test, in words for a period or for a day.
    func proposal(_ conclusion: Conclusion) -> String {
        // Before the day, what holds at every instant is as little decided as what happens over time.
        let isToCome = isRunning && conclusion == .pending
        return isInstant && !isToCome ? Wording.onTheDay(conclusion) : Wording.proposal(conclusion)
    }

    /// The same of a control, and whether some of its tests spoke for a part of the period only.
    func proposal(of outcome: ControlOutcome) -> String {
        proposal(outcome.conclusion) + (outcome.testedInPart.isEmpty ? "" : ", tested in part")
    }

    /// The tests whose last occurrence before the day was an exception; none where a period is judged.
    var lastFailing: [Identifier] {
        result.lastOccurrences.filter { $0.value.verdict == .fail }.keys.sorted()
    }

    /// `lastFailing` as a sentence; nil where there are none.
    var lastFailingTold: String? {
        let failing = lastFailing
        if failing.isEmpty { return nil }
        return
            "Of \(Wording.count(failing.count, "test")) of what happens over time the last occurrence before the day was an exception: \(failing.map(\.text).joined(separator: ", "))."
    }

    /// The result of a test that judges what happens over time; nil for any other, and where a period is judged.
    func onTheDay(_ outcome: TestOutcome) -> (text: String, mark: Cell.Mark)? {
        guard isInstant else { return nil }
        if let last = result.lastOccurrences[outcome.test.id] {
            let name = names.name(last.key, of: outcome.test.id)
            let reason = last.reason.map { " (\($0))" } ?? ""
            return (
                "Judges what happens over time. Last occurrence: \(name), \(last.at.toTheMinute): \(last.verdict.word)\(reason).",
                Wording.mark(last.verdict)
            )
        }
        guard judged(outcome) == 0 else { return nil }
        switch outcome.conclusion {
        case .noOccurrence: return ("No occurrence in the 400 days before the date.", .neutral)
        case .pending: return (notDueYet, Wording.mark(outcome.conclusion))
        default: return nil
        }
    }

    private var notDueYet: String {
        let known = result.input.knownAt.toTheMinute
        return isRunning
            ? "Not due yet as known at \(known)."
            : "On the day not due, or not collected yet as known at \(known)."
    }

    /// How much of a test's population was judged as of the day.
    func extentOnTheDay(_ outcome: TestOutcome, _ unit: String) -> String {
        let units = outcome.units
        let all = judged(outcome)
        if all > 0 { return "As of the day: \(all - units.unknown) of \(Wording.count(all, unit)) decided." }
        return units.pending > 0
            ? "As of the day: \(Wording.count(units.pending, unit)) not due yet."
            : "As of the day there is nothing to judge at an instant."
    }

    private func judged(_ outcome: TestOutcome) -> Int {
        let units = outcome.units
        return units.passing + units.failing + units.waived + units.unknown
    }
}
