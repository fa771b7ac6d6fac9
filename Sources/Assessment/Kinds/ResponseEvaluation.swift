import Catalog
import Evidence
import Formats

/// Evaluates a `response` test in its simplest form: every trigger against every possible answer
/// (`docs/verdicts.md`).
struct ResponseEvaluation {
    let versions: [RequirementVersion]
    let frame: Frame

    func rows() -> TestRows {
        var found = TestRows()
        var obligations: [Obligation] = []
        for (index, version) in versions.enumerated() {
            guard case .response(let rule) = version.requirement else { continue }
            guard let clock = DeadlineClock(rule.deadline) else {
                found.uncovered = found.uncovered.union(undatable(version))
                continue
            }
            found.uncovered = found.uncovered.union(unseen(rule, version, clock))
            // One that is open at an instant, or falls due just then, says nothing of that instant.
            if frame.isInstant { continue }
            let triggers = ResponseTriggers(rule: rule, version: index, clock: clock)
            if let history = frame.history[rule.trigger.kind] {
                obligations += triggers.obligations(history).filter { version.inForce.contains($0.at) }
            }
        }
        let consumption = Consumption(obligations, frame.history)
        var silences: [Identifier: Silence] = [:]
        var answers: [Int: ResponseAnswers] = [:]
        for (index, obligation) in obligations.enumerated() {
            let outcome =
                obligation.rule.target.consumes
                ? outcome(obligation, consumption.certain[index], consumption.possible[index])
                : outcome(obligation, &answers)
            let kind = obligation.rule.target.kind
            let silence = silences[kind] ?? Silence(kind, frame)
            silences[kind] = silence
            if let row = row(obligation, outcome, silence) { found.rows.append(row) }
        }
        found.sort()
        return found
    }

    /// Without the rules of the deadline's zone nothing falls due, and nothing can be said.
    func undatable(_ version: RequirementVersion) -> IntervalSet {
        version.inForce.clipped(to: frame.period).map(frame.elapsed) ?? IntervalSet()
    }

    /// Where obligations may fall due whose triggers nobody saw: the gaps of the triggers' coverage, as much later as
    /// what starts in them would be due.
    func unseen(
        _ rule: ResponseRequirement, _ version: RequirementVersion, _ clock: DeadlineClock
    ) -> IntervalSet {
        let reach = Interval(from: frame.period.start - rule.limit, to: frame.period.end)
        guard let stretch = reach.flatMap({ version.inForce.clipped(to: $0) }) else { return IntervalSet() }
        let coverage = frame.history[rule.trigger.kind]?.completeCoverage ?? IntervalSet()
        let due = frame.missing(from: coverage, in: stretch).intervals.compactMap { gap in
            let (first, last) = (clock.due(after: gap.start), clock.due(after: gap.end))
            return Interval(from: first, to: last) ?? Interval(instant: first)
        }
        return IntervalSet(due).intersection(frame.elapsed(frame.period))
    }

    // MARK: Answers

    /// - Parameter known: the answers that each version asks for, gathered once.
    private func outcome(
        _ obligation: Obligation, _ known: inout [Int: ResponseAnswers]
    ) -> AnswerOutcome {
        guard let key = obligation.key.value, let history = frame.history[obligation.rule.target.kind] else {
            return AnswerOutcome(isNobody: obligation.rule.target.every)
        }
        let answers =
            known[obligation.version] ?? ResponseAnswers(rule: obligation.rule, history: history)
        known[obligation.version] = answers
        return answers.outcome(
            key: key, from: obligation.at - obligation.rule.skew, to: obligation.latest)
    }

    private func outcome(
        _ obligation: Obligation, _ certain: EventRecord?, _ possible: EventRecord?
    ) -> AnswerOutcome {
        var outcome = AnswerOutcome(answered: certain?.at)
        outcome.references = [certain?.reference].compactMap { $0 }
        if certain.map({ $0.at > obligation.latest }) ?? true, let possible {
            outcome.doubt = "it cannot be said which trigger an answer belongs to"
            outcome.references.append(possible.reference)
        }
        return outcome
    }

    // MARK: Verdict

    /// Nil when the obligation belongs to another period.
    func row(_ obligation: Obligation, _ outcome: AnswerOutcome, _ silence: Silence) -> VerdictRow? {
        let (at, due, latest) = (obligation.at, obligation.due, obligation.latest)
        let period = frame.period
        guard due >= period.start, at < period.end else { return nil }
        func row(
            _ verdict: Verdict, _ reason: VerdictReason?, from start: Instant? = nil, until end: Instant,
            settled: Instant? = nil
        ) -> VerdictRow? {
            let start = start ?? at
            let interval = Interval(from: start, to: min(end, period.end)) ?? Interval(instant: start)
            return interval.map {
                VerdictRow(
                    key: obligation.unit, source: obligation.source, interval: $0, verdict: verdict,
                    reason: reason, references: FactReferences([obligation.reference] + outcome.references),
                    due: due, settled: settled)
            }
        }
        // Falls due after the period: carried forward, and counted there.
        if due >= period.end { return row(.pending, .notYetDue(due), until: period.end) }
        if let doubt = obligation.doubt { return row(.unknown, .predicate(doubt), until: due) }
        let answered = outcome.answered.flatMap { $0 <= frame.knownAt ? $0 : nil }
        if let ended = obligation.ending.at, ended <= due, answered.map({ $0 > ended }) ?? true {
            return row(.notApplicable, .ended(at: ended), until: ended)
        }
        if obligation.key.value == nil {
            return row(.unknown, .predicate("the trigger has nothing to be matched on"), until: due)
        }
        if let answered, answered <= latest, outcome.doubt == nil {
            if silence.bearsOut(answered, since: at, asksEveryone: obligation.rule.target.every) {
                return row(.pass, .satisfied(at: answered), until: max(answered, due))
            }
            let undecided = open(obligation, silence) ?? (verdict: .unknown, reason: .uncovered)
            return row(undecided.verdict, undecided.reason, until: due)
        }
        if let open = open(obligation, silence) { return row(open.verdict, open.reason, until: due) }
        if let doubt = obligation.ending.doubt, doubt.at <= due {
            return row(.unknown, .predicate(doubt.reason), until: due)
        }
        if let doubt = outcome.doubt { return row(.unknown, .predicate(doubt), until: due) }
        if outcome.isNobody { return row(.notApplicable, .noResource, until: due) }
        // Until it was due, the obligation was open and nothing had failed.
        let end = answered ?? silence.horizon
        let settled = min(end, obligation.ending.at ?? end)
        let reason = answered.map { VerdictReason.late(by: $0 - due) } ?? .missed
        return row(.fail, reason, from: due, until: end, settled: settled)
    }

    /// Why an obligation that is not known to be answered has not failed either: not yet decidable, or never.
    private func open(
        _ obligation: Obligation, _ silence: Silence
    ) -> (verdict: Verdict, reason: VerdictReason)? {
        let (coverage, horizon) = (silence.coverage, silence.horizon)
        if coverage.isEmpty, obligation.latest < frame.knownAt {
            return (.unknown, .notCollectedSince(.distantPast))
        }
        if obligation.latest >= horizon {
            if obligation.latest < silence.awaited {
                return (.unknown, .notCollectedSince(horizon))
            }
            let isOverdue = obligation.latest < frame.knownAt
            return (.pending, isOverdue ? .notCollectedSince(horizon) : .notYetDue(obligation.due))
        }
        // The deadline is inclusive, so its own instant must be covered too.
        let window = Interval(from: obligation.at, to: obligation.due + TimeSpan(microseconds: 1))
        guard let window, coverage.covers(window) else { return (.unknown, .uncovered) }
        return nil
    }
}

/// What it means that nothing of a kind is known.
struct Silence {
    let coverage: IntervalSet
    /// Of what is later, nothing can be known.
    let horizon: Instant
    /// From here on nothing is collected yet.
    let awaited: Instant
    /// Records answer, which may be asked of all of them; of events one suffices.
    private let isState: Bool

    init(_ kind: Identifier, _ frame: Frame) {
        isState = frame.history[kind]?.kind.mode == .state
        coverage = frame.history[kind]?.completeCoverage ?? IntervalSet()
        horizon = frame.horizon(kind)
        awaited = frame.awaited(after: coverage)
    }

    /// Whether an answer settles what began at an instant. That all have answered can be said only where no other can
    /// have been there unseen.
    func bearsOut(_ answered: Instant, since at: Instant, asksEveryone: Bool) -> Bool {
        guard isState, asksEveryone else { return true }
        let last = max(at, answered) + TimeSpan(microseconds: 1)
        return Interval(from: at, to: last).map(coverage.covers) ?? false
    }
}
