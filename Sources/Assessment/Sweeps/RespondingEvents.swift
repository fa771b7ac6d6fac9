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
        let events: any EventBlocks
        /// Events that count, with a key: all in order of time.
        var instants: [Int64] = []
        /// Block and row of each, in one number.
        var places: [UInt64] = []
        var offsets: [UInt32] = []
        var rows: [Int32] = []
        /// Events that may answer, in order of time.
        var doubtful: [(place: UInt64, event: EventRecord)] = []
        /// The identities of the blocks that were asked for.
        var identities: [EventIdentity?] = []

        func first(_ key: UInt32, from start: Int64) -> Int? {
            guard Int(key) + 1 < offsets.count else { return nil }
            let end = Int(offsets[Int(key) + 1])
            var (low, high) = (Int(offsets[Int(key)]), end)
            while low < high {
                let middle = (low + high) / 2
                if instants[Int(rows[middle])] < start { low = middle + 1 } else { high = middle }
            }
            return low < end ? Int(rows[low]) : nil
        }

        mutating func reference(_ row: Int) throws -> FactReference {
            let block = Int(places[row] >> 32)
            let identity = try identities[block] ?? events.identity(block)
            identities[block] = identity
            return identity.reference(Int(places[row] & 0xFFFF_FFFF))
        }
    }

    /// Nil when the key is no plain text.
    init?(_ rule: ResponseRequirement, _ columns: KindColumns, _ texts: TextDictionary) throws {
        self.rule = rule
        self.texts = texts
        kind = columns.kind
        answers = ResponseAnswers(rule: rule, history: KindHistory(kind: columns.kind))
        for source in columns.sourceNames {
            guard let events = columns.sources[source]?.events else { continue }
            guard let source = try self.source(events) else { return nil }
            sources.append(source)
        }
    }

    private func source(_ events: any EventBlocks) throws -> Source? {
        var found = Source(events: events)
        found.identities = [EventIdentity?](repeating: nil, count: events.blockCount)
        let target = rule.target
        let fields = kind.fieldsToRead([target.predicate, target.key])
        let plain = PlainKeys(target.key)
        var evaluation = target.predicate.map { ColumnEvaluation($0.expression) }
        var keys: [UInt32] = []
        for index in 0..<events.blockCount {
            let block = try events.block(index, fields: fields)
            let rows = ColumnBlock(
                count: block.count, variables: [(target.key.variable, block.record)],
                instants: block.instants)
            guard let own = plain.numbers(over: rows) else { return nil }
            var counts: [UInt8]?
            if let predicate = target.predicate, var own = evaluation.take() {
                counts = predicate.answers(&own, over: rows)
                evaluation = own
            }
            var doubtful: [Int] = []
            for row in 0..<block.count {
                let answer = counts?[row] ?? ColumnAnswer.yes
                if answer == ColumnAnswer.no { continue }
                if answer == ColumnAnswer.yes, own[row] != KeyNumbers.undecidable {
                    found.instants.append(block.instants[row])
                    found.places.append(UInt64(index) << 32 | UInt64(row))
                    keys.append(own[row])
                } else {
                    doubtful.append(row)
                }
            }
            if doubtful.isEmpty { continue }
            let whole = try events.block(index, fields: nil)
            let identity = try events.identity(index)
            for row in doubtful {
                found.doubtful.append(
                    (UInt64(index) << 32 | UInt64(row), whole.event(row, identity)))
            }
        }
        (found.offsets, found.rows) = JoinTable.byKey(keys, count: texts.count)
        return found
    }

    func answered(_ key: UInt32, from start: Instant, to latest: Instant) -> Instant? {
        var first: Instant?
        for index in sources.indices {
            guard sources[index].doubtful.isEmpty else { return nil }
            guard let own = sources[index].first(key, from: start.microseconds) else { continue }
            let at = Instant(microseconds: sources[index].instants[own])
            first = min(first ?? at, at)
        }
        return first
    }

    mutating func outcome(_ key: UInt32, from start: Instant, to latest: Instant) throws -> AnswerOutcome {
        if sources.contains(where: { !$0.doubtful.isEmpty }) {
            return try doubtfulOutcome(key, from: start, to: latest)
        }
        var outcome = AnswerOutcome()
        for index in sources.indices {
            guard let own = sources[index].first(key, from: start.microseconds) else { continue }
            let at = Instant(microseconds: sources[index].instants[own])
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
            let own = sources[index].first(key, from: start.microseconds)
            let stop = own.map { sources[index].places[$0] } ?? .max
            candidates += doubtful(sources[index], key, from: start, to: latest, before: stop)
            guard let own else { continue }
            let at = Instant(microseconds: sources[index].instants[own])
            candidates.append(
                ResponseAnswers.Candidate(
                    isOwn: true, certainly: at, possibly: at, reference: try sources[index].reference(own)))
        }
        return answers.outcome(of: candidates, latest)
    }

    private func doubtful(
        _ source: Source, _ key: UInt32, from start: Instant, to latest: Instant, before stop: UInt64
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
