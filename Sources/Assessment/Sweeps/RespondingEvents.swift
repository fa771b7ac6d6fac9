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
    private var sources: [Source] = []

    private struct Source {
        let answering: AnsweringEvents
        /// The identities of the blocks that were asked for.
        var identities: [EventIdentity?]

        mutating func reference(_ row: Int) throws -> FactReference {
            let place = answering.places[row]
            let block = Int(place >> 32)
            let identity = try identities[block] ?? answering.events.identity(block)
            identities[block] = identity
            return identity.reference(Int(place & 0xFFFF_FFFF))
        }
    }

    /// Nil when the key is no plain text.
    init?(_ rule: ResponseRequirement, _ columns: KindColumns, _ frame: SweepFrame) throws {
        self.rule = rule
        texts = frame.columns.texts
        kind = columns.kind
        answers = ResponseAnswers(rule: rule, history: KindHistory(kind: columns.kind))
        guard let answering = try frame.answering(rule.target, columns) else { return nil }
        sources = answering.map {
            Source(
                answering: $0,
                identities: [EventIdentity?](repeating: nil, count: $0.events.blockCount))
        }
    }

    func answered(_ key: UInt32, from start: Instant, to latest: Instant) -> Instant? {
        var first: Instant?
        for index in sources.indices {
            guard sources[index].answering.doubtful.isEmpty else { return nil }
            guard let own = sources[index].answering.first(key, from: start.microseconds) else { continue }
            let at = Instant(microseconds: sources[index].answering.instants[own])
            first = min(first ?? at, at)
        }
        return first
    }

    mutating func outcome(_ key: UInt32, from start: Instant, to latest: Instant) throws -> AnswerOutcome {
        if sources.contains(where: { !$0.answering.doubtful.isEmpty }) {
            return try doubtfulOutcome(key, from: start, to: latest)
        }
        var outcome = AnswerOutcome()
        for index in sources.indices {
            guard let own = sources[index].answering.first(key, from: start.microseconds) else { continue }
            let at = Instant(microseconds: sources[index].answering.instants[own])
            outcome.answered = min(outcome.answered ?? at, at)
            outcome.references.append(try sources[index].reference(own))
        }
        return outcome
    }

    private mutating func doubtfulOutcome(
        _ key: UInt32, from start: Instant, to latest: Instant
    ) throws -> AnswerOutcome {
        var candidates: [ResponseAnswers.Candidate] = []
        for index in sources.indices {
            let own = sources[index].answering.first(key, from: start.microseconds)
            let stop = own.map { sources[index].answering.places[$0] } ?? .max
            candidates += doubtful(sources[index].answering, key, from: start, to: latest, before: stop)
            guard let own else { continue }
            let at = Instant(microseconds: sources[index].answering.instants[own])
            candidates.append(
                ResponseAnswers.Candidate(
                    isOwn: true, certainly: at, possibly: at, reference: try sources[index].reference(own)))
        }
        return answers.outcome(of: candidates, latest)
    }

    private func doubtful(
        _ source: AnsweringEvents, _ key: UInt32, from start: Instant, to latest: Instant, before stop: UInt64
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
            guard place < stop, event.at <= latest else { break }
            guard let doubt = rule.target.answers(event, name, kind).doubt else { continue }
            found.append(
                ResponseAnswers.Candidate(
                    isOwn: false, possibly: event.at, reference: event.reference, doubt: doubt))
        }
        return found
    }
}
