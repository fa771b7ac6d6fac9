package import Catalog
package import Formats

/// A recorded fact with its place in the log and the time at which it became known.
package struct RecordedFact: Sendable {
    package let fact: Fact
    package let source: Identifier
    package let recorded: Instant
    package let reference: FactReference

    package init(fact: Fact, source: Identifier, recorded: Instant, reference: FactReference) {
        self.fact = fact
        self.source = source
        self.recorded = recorded
        self.reference = reference
    }
}

/// Replays recorded facts into histories. The order in which facts are added does not matter; what was recorded
/// later overrides what was recorded earlier for the same time.
package struct HistoryBuilder {
    private struct Stream: Hashable {
        let kind: Identifier
        let source: Identifier
    }

    let knownAt: Instant
    /// How far a snapshot is taken to hold on.
    let inferredUntil: Instant
    private let kinds: [Identifier: Kind]
    private var states: [Stream: [Identifier: [RecordedFact]]] = [:]
    private var events: [Stream: [Identifier: RecordedFact]] = [:]
    private var coverage: [Stream: [Interval]] = [:]
    private var since: [Stream: Instant] = [:]
    private var asked: [Stream: Instant] = [:]
    private var leaves: Set<Int> = []

    /// - Parameters:
    ///   - knownAt: facts recorded later are left out.
    ///   - inferredUntil: how far snapshots are taken to hold on; not beyond the time of knowledge where it is nil.
    package init(knownAt: Instant, kinds: [Kind], inferredUntil: Instant? = nil) {
        self.knownAt = knownAt
        self.inferredUntil = inferredUntil ?? knownAt
        self.kinds = Dictionary(kinds.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Notes a batch, whatever is in it.
    mutating func addBatch(_ leaf: Int, recorded: Instant) {
        if recorded <= knownAt { leaves.insert(leaf) }
    }

    /// Notes that a source was asked for a kind, even when it brought nothing: its coverage then counts.
    ///
    /// - Parameter asked: when that was.
    package mutating func addSource(
        _ source: Identifier, kind: Identifier, recorded: Instant, asked: Instant, leaf: Int
    ) {
        guard recorded <= knownAt else { return }
        leaves.insert(leaf)
        let stream = Stream(kind: kind, source: source)
        note(stream, since: min(recorded, asked))
        self.asked[stream] = max(self.asked[stream] ?? asked, asked)
    }

    /// Coverage has no say in since when a source counts: taking coverage away must never make more certain.
    private mutating func note(_ stream: Stream, since: Instant) {
        coverage[stream, default: []] += []
        self.since[stream] = min(self.since[stream] ?? since, since)
    }

    package mutating func add(_ recorded: RecordedFact) {
        guard recorded.recorded <= knownAt else { return }
        let stream = Stream(kind: recorded.fact.kind, source: recorded.source)
        leaves.insert(recorded.reference.leaf)
        note(stream, since: recorded.recorded)
        switch recorded.fact.shape {
        case .coverage(let interval): coverage[stream, default: []].append(interval)
        case .state:
            note(stream, since: recorded.fact.start)
            states[stream, default: [:]][recorded.fact.key, default: []].append(recorded)
        case .event:
            let key = recorded.fact.key
            note(stream, since: recorded.fact.start)
            if let earlier = events[stream]?[key], !Self.precedes(earlier, recorded) { return }
            events[stream, default: [:]][key] = recorded
        }
    }

    package func build() -> History {
        var found: [Identifier: KindHistory] = [:]
        for (stream, intervals) in coverage {
            guard let kind = kinds[stream.kind] else { continue }
            var history = SourceHistory()
            history.coverage = IntervalSet(intervals)
            history.since = since[stream] ?? .distantPast
            history.asked = asked[stream] ?? .distantPast
            for (key, facts) in states[stream] ?? [:] {
                history.states[key] = Self.versions(facts)
            }
            history.events = (events[stream] ?? [:]).values.compactMap(Self.event)
                .sorted { ($0.at, $0.id) < ($1.at, $1.id) }
            found[stream.kind, default: KindHistory(kind: kind)].sources[stream.source] = history
        }
        return History(kinds: found, leaves: leaves.sorted())
    }

    private static func event(_ recorded: RecordedFact) -> EventRecord? {
        guard case .event(let at, let value) = recorded.fact.shape else { return nil }
        return EventRecord(id: recorded.fact.key, at: at, value: value, reference: recorded.reference)
    }

    /// Knowledge order. Facts that became known together are ordered by their place in the log, and a log's order
    /// is the same for everyone who holds it.
    private static func precedes(_ left: RecordedFact, _ right: RecordedFact) -> Bool {
        (left.recorded, left.reference) < (right.recorded, right.reference)
    }

    private static func versions(_ facts: [RecordedFact]) -> [StateVersion] {
        var points: [StatePoint] = []
        for (row, fact) in facts.enumerated() {
            guard case .state(let from, let to, let value) = fact.fact.shape else { continue }
            points.append(
                StatePoint(
                    from: from, to: to, exists: value != nil, recorded: fact.recorded,
                    reference: fact.reference, row: row))
        }
        return StateResolution.stretches(points).compactMap { stretch in
            let fact = facts[stretch.row]
            guard let value = fact.fact.value else { return nil }
            return StateVersion(interval: stretch.interval, value: value, reference: fact.reference)
        }
    }
}
