import Evidence
import Formats

/// Judges the calendar windows of a cadence test: which event discharges which window, over all versions of the test.
struct CadenceWindows {
    private let versions: [RequirementVersion]
    private let frame: Frame
    /// The longest time from the start of a window to the end of its grace.
    private let reach: TimeSpan
    /// Whether one event could serve more than one window, so that what served an earlier one matters.
    private let canCompete: Bool
    /// What has discharged a window discharges no other, not even one of the test's next version.
    private var used: [Identifier: Set<FactReference>] = [:]
    /// The same, had every event counted of which that cannot be said.
    private var usedAtBest: [Identifier: Set<FactReference>] = [:]

    init(versions: [RequirementVersion], frame: Frame) {
        self.versions = versions
        self.frame = frame
        var reach = TimeSpan.zero
        var grace = TimeSpan.zero
        for version in versions {
            guard case .cadence(let rule) = version.requirement,
                case .calendar(let unit, _, let due) = rule.schedule
            else { continue }
            reach = max(reach, unit.longest + due)
            grace = max(grace, due)
        }
        self.reach = reach
        canCompete = grace > .zero || versions.count > 1
    }

    /// A window belongs to the period in which it ends, and is judged by the version in force when it falls due.
    ///
    /// - Parameter ever: what has happened for the subject by any version of the test, in order of time.
    mutating func rows(
        _ rule: CadenceRequirement, _ calendar: CalendarWindows, _ due: TimeSpan,
        _ subject: CadenceEvaluation.Subject, _ occurrences: CadenceEvaluation.Occurrences,
        _ version: RequirementVersion, ever: [EventRecord]
    ) -> [VerdictRow] {
        let testBegins = versions.first?.inForce.start ?? .distantPast
        var certain = Discharge(events: occurrences.qualifying)
        var best = Discharge(events: occurrences.all)
        var found: [VerdictRow] = []
        for window in calendar.windows(from: begin(ever), to: frame.period.end) {
            let deadline = window.end + due
            guard version.inForce.contains(deadline), testBegins <= window.start,
                subject.possibleLife.covers(window), let claim = Interval(from: window.start, to: deadline)
            else { continue }
            // Where it is open whether the window counts, the others are the worse off if it does.
            let counts = subject.life.covers(window)
            let event = certain.take(claim, &used[subject.key, default: []])
            let atBest = counts ? best.take(claim, &usedAtBest[subject.key, default: []]) : nil
            guard window.end > frame.period.start, window.end <= frame.period.end else { continue }
            let doubt = counts ? nil : subject.doubt
            found.append(row(rule, window, claim, subject.key, event, atBest, doubt))
        }
        return found
    }

    private func row(
        _ rule: CadenceRequirement, _ window: Interval, _ claim: Interval, _ subject: Identifier,
        _ event: EventRecord?, _ atBest: EventRecord?, _ doubt: String?
    ) -> VerdictRow {
        let key = subject.text.isEmpty ? Identifier("\(window.start)") : subject
        func row(_ verdict: Verdict, _ reason: VerdictReason?, _ references: [FactReference] = [])
            -> VerdictRow
        {
            VerdictRow(
                key: key, interval: window, verdict: verdict, reason: reason, references: references,
                due: claim.end, isStretch: false)
        }
        if let event, doubt == nil { return row(.pass, .satisfied(at: event.at), [event.reference]) }
        let coverage = frame.history[rule.kind]?.completeCoverage ?? IntervalSet()
        let horizon = frame.horizon(rule.kind)
        if claim.end > horizon {
            if claim.end <= frame.awaited(after: coverage) {
                return row(.unknown, .notCollectedSince(horizon))
            }
            let isLate = claim.end <= frame.knownAt
            return row(.pending, isLate ? .notCollectedSince(horizon) : .notYetDue(claim.end))
        }
        if let doubt { return row(.unknown, .predicate(doubt), event.map { [$0.reference] } ?? []) }
        if !coverage.covers(claim) { return row(.unknown, .uncovered) }
        if let atBest {
            return row(
                .unknown, .predicate("an event that may count cannot be judged"), [atBest.reference])
        }
        return row(.fail, .missed)
    }

    // MARK: How far back to look

    /// From where windows must be walked. An event that served an earlier window serves no later one, so a window
    /// before the period matters where an unbroken chain of events leads from it into the period; where no event lies
    /// within one reach, the chain is broken.
    private func begin(_ events: [EventRecord]) -> Instant {
        guard canCompete else { return frame.period.start }
        let floor = frame.period.start - AssessmentInput.longestPeriod
        var edge = frame.period.start - reach
        var index = events.partition { $0.at >= edge + reach }
        while edge > floor, index > 0, events[index - 1].at >= edge {
            edge = edge - reach
            while index > 0, events[index - 1].at >= edge + reach { index -= 1 }
        }
        return edge
    }
}

/// Hands out events to windows: each event once, each window the first that is left.
private struct Discharge {
    let events: [EventRecord]
    private var first = 0

    init(events: [EventRecord]) {
        self.events = events
    }

    /// - Parameter claim: begins no earlier than the one before.
    mutating func take(_ claim: Interval, _ used: inout Set<FactReference>) -> EventRecord? {
        while first < events.count, events[first].at < claim.start { first += 1 }
        var index = first
        while index < events.count, events[index].at < claim.end {
            if used.insert(events[index].reference).inserted { return events[index] }
            index += 1
        }
        return nil
    }
}

extension [EventRecord] {
    /// The index of the first event for which a condition holds that, once it holds, holds for all later ones.
    fileprivate func partition(where holds: (EventRecord) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

extension CalendarUnit {
    /// No window of the unit is longer, whatever clocks do.
    var longest: TimeSpan {
        switch self {
        case .day: .days(2)
        case .week: .days(8)
        case .month: .days(32)
        case .quarter: .days(93)
        case .halfYear: .days(185)
        case .year: .days(367)
        }
    }
}
