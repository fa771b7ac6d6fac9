import Catalog
import Evidence
import Expressions
import Formats

/// The events that may answer, by key and in order of time. The events of which that cannot be said stand apart; they are
/// few, and the simple evaluator is asked about each.
struct RespondingEvents: Responders {
    private let rule: ResponseRequirement
    private let kind: Kind
    private let texts: TextDictionary
    private let answers: ResponseAnswers
    /// Of each source.
    private let sources: [KeyedEvents]
    private let hasDoubts: Bool
    private var identities: BlockIdentities

    /// Nil when the key is no plain text.
    init?(_ rule: ResponseRequirement, _ columns: KindColumns, _ frame: SweepFrame) throws {
        self.rule = rule
        texts = frame.columns.texts
        kind = columns.kind
        answers = ResponseAnswers(rule: rule, history: KindHistory(kind: columns.kind))
        identities = BlockIdentities(columns)
        guard
            let sources = try frame.events(columns, where: rule.target.predicate, by: rule.target.key)
        else { return nil }
        self.sources = sources
        hasDoubts = sources.contains { !$0.doubtful.isEmpty }
    }

    func answered(_ key: UInt32, from start: Instant, to latest: Instant) -> Instant? {
        if hasDoubts { return nil }
        var first: Int64?
        for index in sources.indices {
            guard let own = sources[index].first(key, from: start.microseconds) else { continue }
            first = min(first ?? own.at, own.at)
        }
        return first.map { Instant(microseconds: $0) }
    }

    mutating func outcome(_ key: UInt32, from start: Instant, to latest: Instant) throws -> AnswerOutcome {
        if hasDoubts { return try doubtfulOutcome(key, from: start, to: latest) }
        var outcome = AnswerOutcome()
        for index in sources.indices {
            guard let own = sources[index].first(key, from: start.microseconds) else { continue }
            let at = Instant(microseconds: own.at)
            outcome.answered = min(outcome.answered ?? at, at)
            outcome.references.append(try identities.reference(own.place))
        }
        return outcome
    }

    private mutating func doubtfulOutcome(
        _ key: UInt32, from start: Instant, to latest: Instant
    ) throws -> AnswerOutcome {
        var candidates: [ResponseAnswers.Candidate] = []
        for index in sources.indices {
            let own = sources[index].first(key, from: start.microseconds)
            candidates += doubtful(sources[index], key, from: start, to: latest, before: own?.place)
            guard let own else { continue }
            let at = Instant(microseconds: own.at)
            candidates.append(
                ResponseAnswers.Candidate(
                    isOwn: true, certainly: at, possibly: at,
                    reference: try identities.reference(own.place)))
        }
        return answers.outcome(of: candidates, latest)
    }

    private func doubtful(
        _ source: KeyedEvents, _ key: UInt32, from start: Instant, to latest: Instant,
        before stop: EventPlace?
    ) -> [ResponseAnswers.Candidate] {
        if source.doubtful.isEmpty { return [] }
        var (low, high) = (0, source.doubtful.count)
        while low < high {
            let middle = (low + high) / 2
            if source.doubtful[middle].event.at < start { low = middle + 1 } else { high = middle }
        }
        var found: [ResponseAnswers.Candidate] = []
        let name = Identifier("s:" + texts.text(key))
        for (place, event) in source.doubtful[low...] {
            guard stop.map({ place < $0 }) ?? true, event.at <= latest else { break }
            guard let doubt = rule.target.answers(event, name, kind).doubt else { continue }
            found.append(
                ResponseAnswers.Candidate(
                    isOwn: false, possibly: event.at, reference: event.reference, doubt: doubt))
        }
        return found
    }
}
