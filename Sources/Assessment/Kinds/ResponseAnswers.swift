import Catalog
import Evidence
import Expressions
import Formats

/// What became of an obligation, as far as answers tell.
struct AnswerOutcome {
    /// When it was certainly answered; nil when it was not, or not certainly.
    var answered: Instant?
    /// Why it cannot be said that it was not answered in time.
    var doubt: String?
    /// There was nothing that could have answered.
    var isNobody = false
    var references: [FactReference] = []
}

/// Looks for the answers to one obligation.
struct ResponseAnswers {
    let rule: ResponseRequirement
    let history: KindHistory
    private let isAnsweredByEnd: Bool
    private let events: [Identifier: AnsweringRecords]

    init(rule: ResponseRequirement, history: KindHistory) {
        self.rule = rule
        self.history = history
        isAnsweredByEnd = rule.target.isAnsweredByEnd
        guard history.kind.mode == .event else {
            events = [:]
            return
        }
        events = history.sources.mapValues { AnsweringRecords($0.events, rule.target, history.kind) }
    }

    /// One record or event that answers, may answer, or fails to.
    struct Candidate {
        /// Whether it is certain that it belongs to the trigger.
        var isOwn: Bool
        /// From when on it has answered for certain.
        var certainly: Instant?
        /// From when on it may have answered.
        var possibly: Instant?
        /// The fact that it is known by.
        let reference: FactReference
        var doubt: String?

        func hasAnswered(by latest: Instant) -> Bool { certainly.map { $0 <= latest } ?? false }
        func mayHaveAnswered(by latest: Instant) -> Bool { possibly.map { $0 <= latest } ?? false }

        mutating func answer(at instant: Instant) {
            certainly = instant
            possibly = possibly ?? instant
        }

        mutating func mayAnswer(at instant: Instant, _ reason: String) {
            possibly = possibly ?? instant
            doubt = doubt ?? reason
        }
    }

    /// - Parameter latest: the last instant at which an answer is in time.
    func outcome(key: Identifier, from start: Instant, to latest: Instant) -> AnswerOutcome {
        var candidates: [Candidate] = []
        for source in history.sourceNames {
            guard let records = history.sources[source] else { continue }
            switch history.kind.mode {
            case .event: candidates += events[source]?.candidates(key, from: start, to: latest) ?? []
            case .state:
                candidates += records.states.keys.sorted().flatMap {
                    record(
                        records.states[$0] ?? [], key, from: start, to: latest,
                        recordsEnd: records.recordsEnd, watched: records.coverage)
                }
            }
        }
        return outcome(of: candidates, latest)
    }

    func outcome(of candidates: [Candidate], _ latest: Instant) -> AnswerOutcome {
        rule.target.every && history.kind.mode == .state
            ? every(candidates, latest) : any(candidates, latest)
    }

    private func any(_ candidates: [Candidate], _ latest: Instant) -> AnswerOutcome {
        let own = candidates.filter(\.isOwn)
        var outcome = AnswerOutcome(references: own.map(\.reference))
        outcome.answered = own.compactMap(\.certainly).min()
        if outcome.answered.map({ $0 <= latest }) ?? false { return outcome }
        if let open = candidates.first(where: { $0.mayHaveAnswered(by: latest) }) {
            outcome.doubt = open.doubt ?? "an answer cannot be judged"
            outcome.references.append(open.reference)
        }
        return outcome
    }

    private func every(_ candidates: [Candidate], _ latest: Instant) -> AnswerOutcome {
        let own = candidates.filter(\.isOwn)
        var outcome = AnswerOutcome(isNobody: candidates.isEmpty, references: own.map(\.reference))
        let last = own.reduce(Instant?.some(.distantPast)) { last, candidate in
            last.flatMap { last in candidate.certainly.map { max(last, $0) } }
        }
        outcome.answered = own.isEmpty ? nil : last
        if own.contains(where: { !$0.mayHaveAnswered(by: latest) }) { return outcome }
        // What may not belong here does no harm once it has answered too.
        let open = candidates.first { !$0.hasAnswered(by: latest) } ?? (own.isEmpty ? candidates.first : nil)
        if let open {
            outcome.doubt = open.doubt ?? "an answer cannot be judged"
            if !open.isOwn { outcome.references.append(open.reference) }
        }
        return outcome
    }

    // MARK: States

    /// When a record came to satisfy the predicate, or ceased to exist where that is an answer, from `start` on. Where it
    /// is none, a later life of the record may still answer. None when it was certainly not this key's between `start`
    /// and `latest`.
    ///
    /// - Parameter recordsEnd: of the record's source (`SourceHistory.recordsEnd`). Who gives a source up has answered
    ///   nothing: what ends there may live on unseen.
    /// - Parameter watched: where the source looked. A predicate that turns with time is computed, and says nothing of a
    ///   record at which nobody looked then.
    func record(
        _ states: [StateVersion], _ key: Identifier, from start: Instant, to latest: Instant,
        recordsEnd: Instant, watched: IntervalSet = .always
    ) -> [Candidate] {
        let turns = rule.target.predicate?.readsInstant ?? false
        let states = turns ? states.cut(for: [rule.target.predicate], history.kind) : states
        let lives = isAnsweredByEnd ? [states] : states.lives
        return lives.compactMap {
            life(
                $0, key, from: start, to: latest, recordsEnd: recordsEnd,
                watched: turns ? watched : .always)
        }
    }

    private func life(
        _ states: [StateVersion], _ key: Identifier, from start: Instant, to latest: Instant,
        recordsEnd: Instant, watched: IntervalSet
    ) -> Candidate? {
        var found: Candidate?
        var end = Instant.distantPast
        for state in states where state.interval.end > start {
            if found != nil, state.interval.start > end { break }
            let record = history.kind.expressionValue(of: state.value)
            let at = max(state.interval.start, start)
            let owner = rule.target.key.key(record, at: at)
            let isOwn = owner == .value(key)
            if found == nil {
                guard at <= latest else { break }
                var doubt: String?
                if case .undecidable(let reason) = owner { doubt = reason }
                guard isOwn || doubt != nil else { continue }
                found = Candidate(isOwn: isOwn, reference: state.reference, doubt: doubt)
            } else if isOwn, at <= latest {
                found?.isOwn = true
            }
            switch rule.target.predicate?.answer(record, at: at) ?? .yes {
            case .yes:
                let span = Interval(from: at, to: state.interval.end)
                let seen = span.flatMap { watched.clipped(to: $0).intervals.first?.start }
                if seen != at { found?.mayAnswer(at: at, ResponseRequirement.turnedUnseen) }
                if let seen {
                    found?.answer(at: seen)
                    return found
                }
            case .no: break
            case .undecidable(let reason): found?.mayAnswer(at: at, reason)
            }
            end = state.interval.end
        }
        guard isAnsweredByEnd, end != .distantFuture else { return found }
        if end == recordsEnd {
            found?.mayAnswer(at: end, ResponseRequirement.givenUp)
        } else {
            found?.answer(at: end)
        }
        return found
    }
}

extension [StateVersion] {
    /// A record's versions by stretches of unbroken life.
    fileprivate var lives: [[StateVersion]] {
        var found: [[StateVersion]] = []
        for state in self {
            if let end = found.last?.last?.interval.end, state.interval.start <= end {
                found[found.count - 1].append(state)
            } else {
                found.append([state])
            }
        }
        return found
    }
}

/// The events of a source that answer triggers, or may, each judged once.
private struct AnsweringRecords {
    private struct Entry {
        let event: EventRecord
        let answer: Answer
    }

    /// Those that answer some trigger or may, in order of time.
    private var entries: [Entry] = []
    /// Places of those of which it can be said whose trigger they answer.
    private var byKey: [Identifier: [Int]] = [:]
    /// Places of those that may be anyone's.
    private var nameless: [Int] = []

    init(_ events: [EventRecord], _ target: ResponseTarget, _ kind: Kind) {
        for event in events {
            guard let (answer, key) = target.judged(event, kind) else { continue }
            if let key {
                byKey[key, default: []].append(entries.count)
            } else {
                nameless.append(entries.count)
            }
            entries.append(Entry(event: event, answer: answer))
        }
    }

    /// The first that answers for certain, and all before it that may have answered in time.
    func candidates(
        _ key: Identifier, from start: Instant, to latest: Instant
    ) -> [ResponseAnswers.Candidate] {
        var found: [ResponseAnswers.Candidate] = []
        let places = [byKey[key] ?? [], nameless].flatMap { $0.drop { entries[$0].event.at < start } }
        for place in places.sorted() {
            let event = entries[place].event
            switch entries[place].answer {
            case .yes:
                return found + [
                    ResponseAnswers.Candidate(
                        isOwn: true, certainly: event.at, possibly: event.at, reference: event.reference)
                ]
            case .no: break
            case .undecidable(let reason):
                guard event.at <= latest else { continue }
                found.append(
                    ResponseAnswers.Candidate(
                        isOwn: false, possibly: event.at, reference: event.reference, doubt: reason))
            }
        }
        return found
    }
}

extension ResponseTarget {
    /// Whether an event answers a trigger with this key.
    func answers(_ event: EventRecord, _ key: Identifier, _ kind: Kind) -> Answer {
        guard let (answer, own) = judged(event, kind), own ?? key == key else { return .no }
        return answer
    }

    /// Whether an event answers, and triggers with which key: a key of nil may be any. Nil when it answers none.
    fileprivate func judged(_ event: EventRecord, _ kind: Kind) -> (answer: Answer, key: Identifier?)? {
        let record = kind.expressionValue(of: event.value)
        let counts = predicate?.answer(record, at: event.at) ?? .yes
        if counts == .no { return nil }
        switch key.key(record, at: event.at) {
        case .value(let key): return (counts, key)
        case .nothing: return nil
        case .undecidable(let reason): return (.undecidable(reason), nil)
        }
    }
}
