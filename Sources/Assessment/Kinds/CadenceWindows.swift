import Evidence
import Formats

/// Judges the calendar windows of a cadence test: which event discharges which window, over all versions of the test.
struct CadenceWindows {
    private let frame: Frame
    private let versions: [RequirementVersion]
    /// Where the test was in force, by whichever version.
    private let inForce: IntervalSet
    /// The longest time from the start of a window to the end of its grace.
    let reach: TimeSpan
    /// Whether one event could serve more than one window, so that what served an earlier one matters.
    private let canCompete: Bool
    /// What has discharged a window discharges no other, not even one of the test's next version.
    private var used: [Identifier: Set<FactReference>] = [:]
    /// The same, had every event counted of which that cannot be said.
    private var usedAtBest: [Identifier: Set<FactReference>] = [:]

    init(versions: [RequirementVersion], frame: Frame) {
        self.frame = frame
        self.versions = versions
        inForce = versions.inForce
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

    /// A window belongs to the period in which it ends, and is judged by the version in force when it falls due, or by
    /// the last one before that where the test had been taken out for a while.
    ///
    /// - Parameter ever: what has happened for the subject by any version of the test, in order of time.
    mutating func rows(
        _ rule: CadenceRequirement, _ calendar: CalendarWindows, _ due: TimeSpan,
        _ subject: CadenceEvaluation.Subject, _ occurrences: CadenceEvaluation.Occurrences,
        _ version: RequirementVersion, ever: [EventRecord]
    ) -> [VerdictRow] {
        let silence = Silence(rule.kind, frame)
        var certain = Discharge(events: occurrences.qualifying)
        var best = Discharge(events: occurrences.all)
        var found: [VerdictRow] = []
        let begin = begin(ever.lazy.map(\.at))
        for (window, claim) in claims(calendar, due, version, from: begin)
        where subject.possibleLife.covers(window) {
            // Where it is open whether the window counts, the others are the worse off if it does.
            let counts = subject.life.covers(window)
            let event = certain.take(claim, &used[subject.key, default: []])
            let atBest = counts ? best.take(claim, &usedAtBest[subject.key, default: []]) : nil
            guard belongs(window) else { continue }
            let doubt = counts ? nil : subject.doubt
            found.append(row(window, claim, subject.key, subject.seen, event, atBest, doubt, silence))
        }
        return found
    }

    /// The windows that a version judges, from an instant to the end of the period, each with the stretch in which an
    /// event discharges it.
    func claims(
        _ calendar: CalendarWindows, _ due: TimeSpan, _ version: RequirementVersion, from begin: Instant
    ) -> [(window: Interval, claim: Interval)] {
        let term = versions.term(of: version)
        let first = versions.begin ?? .distantPast
        return calendar.windows(from: begin, to: frame.period.end).compactMap { window in
            let deadline = window.end + due
            // What began before the test was first asked, or outlives it, was never asked as a whole.
            guard term.contains(deadline), window.start >= first,
                let claim = Interval(from: window.start, to: deadline)
            else { return nil }
            return (window, claim)
        }
    }

    /// Whether a window is counted in the period; as of one instant none is.
    func belongs(_ window: Interval) -> Bool {
        !frame.isInstant && window.end > frame.period.start && window.end <= frame.period.end
    }

    /// - Parameter seen: up to when it is known whether the subject exists.
    func row(
        _ window: Interval, _ claim: Interval, _ subject: Identifier, _ seen: Instant, _ event: EventRecord?,
        _ atBest: EventRecord?, _ doubt: String?, _ silence: Silence
    ) -> VerdictRow {
        let key = subject.text.isEmpty ? Identifier("\(window.start)") : subject
        func row(_ verdict: Verdict, _ reason: VerdictReason?, _ references: FactReferences = [])
            -> VerdictRow
        {
            VerdictRow(
                key: key, interval: window, verdict: verdict, reason: reason, references: references,
                due: claim.end)
        }
        if let event, doubt == nil { return row(.pass, .satisfied(at: event.at), [event.reference]) }
        let (coverage, horizon) = (silence.coverage, silence.horizon)
        if claim.end > horizon {
            if claim.end <= silence.awaited {
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
        // A break in force must not make a missed window vanish, nor can the whole of it be asked for.
        if !inForce.covers(claim) { return row(.unknown, .notInForce) }
        let (verdict, reason) = CadenceEvaluation.missed(seen, at: window.end, frame)
        return row(verdict, reason)
    }

    // MARK: How far back to look

    /// From where windows must be walked. An event that served an earlier window serves no later one, so a window
    /// before the period matters where an unbroken chain of events leads from it into the period; where no event lies
    /// within one reach, the chain is broken.
    ///
    /// - Parameter events: when they happened, in order.
    func begin(_ events: some RandomAccessCollection<Instant>) -> Instant {
        guard canCompete else { return frame.period.start }
        let floor = earliest
        var edge = frame.period.start - reach
        var place = events.firstPlace { $0 >= edge + reach }
        func before(_ place: Int) -> Instant { events[events.index(events.startIndex, offsetBy: place - 1)] }
        while edge > floor, place > 0, before(place) >= edge {
            edge = edge - reach
            while place > 0, before(place) >= edge + reach { place -= 1 }
        }
        return edge
    }

    /// No chain is followed to windows before this.
    var earliest: Instant { frame.period.start - AssessmentInput.longestPeriod }
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

extension RandomAccessCollection {
    /// How many elements come before the first for which a condition holds that, once it holds, holds for all later ones.
    fileprivate func firstPlace(where holds: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if holds(self[index(startIndex, offsetBy: middle)]) { high = middle } else { low = middle + 1 }
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
