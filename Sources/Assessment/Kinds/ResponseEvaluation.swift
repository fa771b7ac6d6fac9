import Catalog
import Evidence
import Expressions
import Formats

/// Evaluates a `response` test in its simplest form: every trigger against every possible answer (`engine.md` §3).
struct ResponseEvaluation {
    let versions: [RequirementVersion]
    let frame: Frame

    private struct Started {
        let unit: Identifier
        let source: Identifier
        let at: Instant
        let key: Identifier?
        let reference: FactReference
        /// Why it cannot be said whether this starts a clock at all.
        var doubt: String?
    }

    /// When a resource answered; nil when it has not.
    private struct Answered {
        let at: Instant?
        let reference: FactReference
    }

    func rows() -> TestRows {
        var found = TestRows()
        for version in versions {
            guard case .response(let rule) = version.requirement else { continue }
            let history = frame.history[rule.trigger.kind]
            for trigger in history.map({ triggers(rule, $0) }) ?? []
            where version.inForce.contains(trigger.at) {
                if let row = row(rule, trigger) { found.rows.append(row) }
            }
            guard let stretch = version.inForce.clipped(to: frame.period) else { continue }
            let coverage = history?.completeCoverage ?? IntervalSet()
            found.uncovered = found.uncovered.union(frame.missing(from: coverage, in: stretch))
        }
        found.sort()
        return found
    }

    // MARK: Triggers

    private func triggers(_ rule: ResponseRequirement, _ history: KindHistory) -> [Started] {
        var found: [Started] = []
        for source in history.sourceNames {
            guard let records = history.sources[source] else { continue }
            switch history.kind.mode {
            case .event:
                for event in records.events {
                    let record = history.kind.expressionValue(of: event.value)
                    let starts = starts(rule, record, event.at)
                    if starts == .no { continue }
                    let moment = rule.trigger.moment.map { $0.moment(record, at: event.at) } ?? event.at
                    guard let moment else { continue }
                    found.append(
                        Started(
                            unit: event.id, source: source, at: moment,
                            key: rule.trigger.key.joinKey(record, at: event.at), reference: event.reference,
                            doubt: starts.doubt))
                }
            case .state:
                for key in records.states.keys.sorted() {
                    found += started(rule, key, records.states[key] ?? [], history.kind, source)
                }
            }
        }
        return found
    }

    /// The moments that a record's versions announce. A moment counts when the version that held at that moment said
    /// so, or a later one did in retrospect; a date that was moved before it came does not.
    private func started(
        _ rule: ResponseRequirement, _ key: Identifier, _ states: [StateVersion], _ kind: Kind,
        _ source: Identifier
    ) -> [Started] {
        var found: [Started] = []
        var before = Answer.no
        for state in states {
            let record = kind.expressionValue(of: state.value)
            let at = state.interval.start
            let filtered = rule.trigger.filter?.answer(record, at: at) ?? .yes
            defer { before = filtered }
            let starts = starts(rule, record, at)
            if starts == .no { continue }
            let moment: Instant
            if let expression = rule.trigger.moment {
                guard let announced = expression.moment(record, at: state.interval.start),
                    announced < state.interval.end
                else { continue }
                moment = announced
            } else {
                if before == filtered { continue }
                moment = state.interval.start
            }
            if found.contains(where: { $0.at == moment }) { continue }
            found.append(
                Started(
                    unit: key, source: source, at: moment,
                    key: rule.trigger.key.joinKey(record, at: state.interval.start),
                    reference: state.reference, doubt: starts.doubt))
        }
        return found
    }

    /// Whether a record starts a clock: its filter and the scope both say so.
    private func starts(_ rule: ResponseRequirement, _ record: Value, _ at: Instant) -> Answer {
        let answers = [rule.trigger.filter, rule.scope].compactMap { $0?.answer(record, at: at) }
        if answers.contains(.no) { return .no }
        return answers.first { $0 != .yes } ?? .yes
    }

    private func passes(_ filter: Predicate?, _ record: Value, _ at: Instant) -> Bool {
        filter.map { $0.answer(record, at: at) == .yes } ?? true
    }

    // MARK: Verdict

    /// Nil when the obligation belongs to another period.
    private func row(_ rule: ResponseRequirement, _ trigger: Started) -> VerdictRow? {
        let due = trigger.at + rule.limit
        guard due >= frame.period.start, trigger.at < frame.period.end else { return nil }
        let latest = due + rule.skew
        var references = [trigger.reference]
        func row(
            _ verdict: Verdict, _ reason: VerdictReason?, from start: Instant? = nil, until end: Instant
        ) -> VerdictRow? {
            let start = start ?? trigger.at
            let interval = Interval(from: start, to: end) ?? Interval(instant: start)
            return interval.map {
                VerdictRow(
                    key: trigger.unit, source: trigger.source, interval: $0, verdict: verdict, reason: reason,
                    references: references, due: due, isStretch: false)
            }
        }
        // Falls due after the period: carried forward, and counted there.
        if due >= frame.period.end { return row(.pending, .notYetDue(due), until: frame.period.end) }
        if let doubt = trigger.doubt { return row(.unknown, .predicate(doubt), until: due) }
        guard let key = trigger.key else {
            return row(.unknown, .predicate("the trigger has nothing to be matched on"), until: due)
        }
        let answers = answers(rule, key: key, from: trigger.at - rule.skew, to: latest)
        references += answers.map(\.reference)
        let answered = rule.target.every ? allAnswered(answers) : answers.compactMap(\.at).min()
        if let answered, answered <= latest, !answers.isEmpty {
            return row(.pass, .satisfied(at: answered), until: max(answered, due))
        }
        let coverage = frame.history[rule.target.kind]?.completeCoverage ?? IntervalSet()
        if coverage.isEmpty, latest < frame.knownAt {
            return row(.unknown, .notCollectedSince(.distantPast), until: due)
        }
        let horizon = frame.horizon(rule.target.kind)
        if latest >= horizon {
            if latest < frame.awaited(after: coverage) {
                return row(.unknown, .notCollectedSince(horizon), until: due)
            }
            let isOverdue = latest < frame.knownAt
            return row(.pending, isOverdue ? .notCollectedSince(horizon) : .notYetDue(due), until: due)
        }
        // The deadline is inclusive, so its own instant must be covered too.
        let window = Interval(from: trigger.at, to: due + TimeSpan(microseconds: 1))
        guard let window, coverage.covers(window) else { return row(.unknown, .uncovered, until: due) }
        if answers.isEmpty, rule.target.every { return row(.notApplicable, .noResource, until: due) }
        // Until it was due, the obligation was open and nothing had failed.
        if let answered { return row(.fail, .late(by: answered - due), from: due, until: answered) }
        return row(.fail, .missed, from: due, until: min(horizon, frame.period.end))
    }

    private func allAnswered(_ answers: [Answered]) -> Instant? {
        var last: Instant?
        for answer in answers {
            guard let at = answer.at else { return nil }
            last = max(last ?? at, at)
        }
        return last
    }

    // MARK: Answers

    private func answers(
        _ rule: ResponseRequirement, key: Identifier, from start: Instant, to latest: Instant
    ) -> [Answered] {
        guard let history = frame.history[rule.target.kind] else { return [] }
        var found: [Answered] = []
        for source in history.sourceNames {
            guard let records = history.sources[source] else { continue }
            switch history.kind.mode {
            case .event:
                let first = records.events.first { event in
                    let record = history.kind.expressionValue(of: event.value)
                    return event.at >= start && rule.target.key.joinKey(record, at: event.at) == key
                        && passes(rule.target.predicate, record, event.at)
                }
                if let first { found.append(Answered(at: first.at, reference: first.reference)) }
            case .state:
                for resource in records.states.keys.sorted() {
                    let states = records.states[resource] ?? []
                    if let answer = answer(rule, states, history.kind, key, from: start, to: latest) {
                        found.append(answer)
                    }
                }
            }
        }
        return found
    }

    /// When a resource came to satisfy the predicate, or ceased to exist, from `start` on. Nil when the resource was not
    /// this key's between `start` and `latest`.
    private func answer(
        _ rule: ResponseRequirement, _ states: [StateVersion], _ kind: Kind, _ key: Identifier,
        from start: Instant, to latest: Instant
    ) -> Answered? {
        var begun: StateVersion?
        var end = Instant.distantPast
        for state in states where state.interval.end > start {
            if begun != nil, state.interval.start > end { break }
            let record = kind.expressionValue(of: state.value)
            let at = max(state.interval.start, start)
            let isOwn = rule.target.key.joinKey(record, at: at) == key
            if begun == nil {
                guard isOwn, at <= latest else { continue }
                begun = state
            }
            if passes(rule.target.predicate, record, at) {
                return Answered(at: at, reference: state.reference)
            }
            end = state.interval.end
        }
        guard let begun else { return nil }
        return Answered(at: end == .distantFuture ? nil : end, reference: begun.reference)
    }
}

extension Answer {
    fileprivate var doubt: String? { if case .undecidable(let error) = self { error } else { nil } }
}
