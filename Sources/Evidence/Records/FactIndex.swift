import Formats
import Storage

/// Of a batch's facts those that say something new, in population order.
struct KeptFacts: Sendable {
    private let all: [Fact]
    private let places: [Int]

    /// - Parameter places: of those that are kept, in their order.
    init(_ all: [Fact], _ places: [Int]) {
        (self.all, self.places) = (all, places)
    }

    var count: Int { places.count }

    /// Copied only where somebody asks.
    var facts: [Fact] { places.map { all[$0] } }
}

/// Finds out which facts of a batch say something new, and indexes those.
struct FactIndex {
    let source: Identifier
    let leaf: Int
    var unchanged = 0
    /// Ends that were told of records of which nothing was known that could end.
    private(set) var notOpen = 0

    /// The facts that say something new, in population order; they and the open states are indexed, and their items
    /// written.
    ///
    /// - Parameter refusingRepeats: facts that are about the same record and time, or may be, make it nil, before anything
    ///   is written.
    mutating func keep(
        _ reading: BatchReading, refusingRepeats: Bool, items: inout ItemWriter, _ database: any Writing
    ) throws -> KeptFacts? {
        guard let (facts, order) = try news(of: reading, refusingRepeats: refusingRepeats, database) else {
            return nil
        }
        if refusingRepeats, Fact.hasRepeats(facts, in: order) { return nil }
        var streams: [Identifier: Int64] = [:]
        for kind in Fact.kinds(of: facts) {
            streams[kind] = try EvidenceTables.stream(source: source, kind: kind, database)
        }
        let (all, forms) = (facts, try CanonicalFacts(facts, in: order))
        let kept = try insert(facts, order, forms, streams, database)
        items.append(kept, of: forms) { all[order[$0]].kind }
        // What a snapshot concludes to have ended was there.
        let isTold = reading.draft.mode != .snapshot
        try trackStates(facts, order, kept, forms, streams, endsAreTold: isTold, database)
        for kind in wholeKinds(of: reading.draft) {
            let stream = try EvidenceTables.stream(source: source, kind: kind, database)
            try SnapshotTable.insert(stream, reading.draft.started, database)
        }
        return KeptFacts(facts, kept.map { order[$0] })
    }

    /// The facts of a batch, without those of a snapshot that find a record as it was, and their order in the population.
    private mutating func news(
        of reading: BatchReading, refusingRepeats: Bool, _ database: any Writing
    ) throws -> (facts: [Fact], order: [Int])? {
        guard reading.draft.mode == .snapshot else {
            let late = try LateFacts(source: source, taken: nil).bounded(reading.facts, database)
            let facts = late ?? reading.facts
            return (facts, Fact.populationOrder(facts))
        }
        let late = LateFacts(source: source, taken: reading.draft.started)
        var comparison = SnapshotComparison(reading, source: source)
        if refusingRepeats {
            let order = Fact.populationOrder(reading.facts)
            if try !comparison.goThrough(order, database) { return nil }
            unchanged += comparison.unchanged
            if comparison.isAllNew, try late.bounded(reading.facts, database) == nil {
                return (reading.facts, order)
            }
        } else {
            try comparison.lookUp(database)
            unchanged += comparison.unchanged
        }
        let changed = try late.bounded(comparison.changed, database) ?? comparison.changed
        return (changed, Fact.populationOrder(changed))
    }

    /// The kinds of which a snapshot lists every record, as its statement will say.
    private func wholeKinds(of draft: BatchDraft) -> [Identifier] {
        draft.failures.count < BatchStatement.listLimit ? draft.wholeKinds : []
    }

    /// Places in the population of those that say something new.
    private mutating func insert(
        _ all: [Fact], _ order: [Int], _ forms: CanonicalFacts, _ streams: [Identifier: Int64],
        _ database: any Writing
    ) throws -> [Int] {
        var kept: [Int] = []
        kept.reserveCapacity(all.count)
        var row = Row(leaf)
        var kind: Identifier?
        try database.prepared(
            """
            INSERT INTO fact (stream, record, start, digest, revision, batch, item)
            VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING
            """
        ) { statement in
            // In their memory: an element that an array hands out is a copy, and its parts are counted.
            try all.withUnsafeBufferPointer { facts in
                try forms.forEach { place, form in
                    let index = order[place]
                    if kind != facts[index].kind {
                        kind = facts[index].kind
                        row.stream = streams[facts[index].kind] ?? 0
                    }
                    form.digest.write(to: &row.digest)
                    let item = kept.count
                    if try !row.insert(facts[index].key, facts[index].start, revision: 0, item, statement) {
                        let isFinal = !Self.isSuperseded(all, order, place)
                        guard
                            let revision = try nextRevision(
                                facts[index], row.stream, row.digest, isFinal, database),
                            try row.insert(
                                facts[index].key, facts[index].start, revision: revision, item, statement)
                        else {
                            unchanged += 1
                            return
                        }
                    }
                    kept.append(place)
                }
            }
        }
        return kept
    }

    /// What the rows of neighbours have in common, and room for what they do not.
    private struct Row {
        let leaf: Int64
        var stream: Int64 = 0
        var digest = [UInt8](repeating: 0, count: 16)

        init(_ leaf: Int) {
            self.leaf = Int64(leaf)
        }

        /// False when there is such a row.
        func insert(
            _ key: Identifier, _ start: Instant, revision: Int64, _ item: Int,
            _ statement: any PreparedStatement
        ) throws(StorageError) -> Bool {
            try statement.bind(1, stream)
            try statement.bind(2, key.text)
            try statement.bind(3, start.microseconds)
            try statement.bind(4, digest)
            try statement.bind(5, revision)
            try statement.bind(6, leaf)
            try statement.bind(7, Int64(item))
            return try statement.run() > 0
        }
    }

    /// Whether an event is followed by another statement about the same id, at a later time: it counts for nothing
    /// beside it.
    private static func isSuperseded(_ facts: [Fact], _ order: [Int], _ place: Int) -> Bool {
        guard place + 1 < order.count else { return false }
        let (fact, next) = (facts[order[place]], facts[order[place + 1]])
        return fact.shapeOrder == 2 && next.shapeOrder == 2 && fact.key == next.key && fact.kind == next.kind
    }

    /// The revision under which a fact comes back after something else had replaced it; nil when it is what is known.
    ///
    /// - Parameter isFinal: nothing else in the batch speaks of the same event.
    private func nextRevision(
        _ fact: Fact, _ stream: Int64, _ digest: [UInt8], _ isFinal: Bool, _ database: any Reading
    ) throws -> Int64? {
        let place: [SQLValue] = [
            .integer(stream), .text(fact.key.text), .integer(fact.start.microseconds),
        ]
        if case .coverage = fact.shape { return nil }
        let newest = try database.first(
            """
            SELECT digest, batch, item FROM fact WHERE stream = $1 AND record = $2 AND start = $3
            ORDER BY batch DESC, item DESC LIMIT 1
            """, place
        ) { (digest: try $0.bytes(0), batch: try $0.integer(1), item: try $0.integer(2)) }
        if let newest, newest.digest == digest,
            try !isReplaced(
                fact, Array(place.prefix(2)), since: (newest.batch, newest.item), isFinal, database)
        {
            return nil
        }
        let last = try database.integer(
            "SELECT max(revision) FROM fact WHERE stream = $1 AND record = $2 AND start = $3 AND digest = $4",
            place + [.bytes(digest)])
        return (last ?? 0) + 1
    }

    /// Whether a later batch said something else for the time of this fact, though it begins at another time: an event
    /// that was moved, or a stretch that was written over. Where stretches end is not in the index, so that any
    /// later statement that begins before the end counts; at worst a fact is kept once more.
    private func isReplaced(
        _ fact: Fact, _ record: [SQLValue], since known: (batch: Int64, item: Int64), _ isFinal: Bool,
        _ database: any Reading
    ) throws -> Bool {
        let end: Instant
        var item = known.item
        switch fact.shape {
        case .coverage: return false
        // A stretch that begins before may lie over it; one that begins later leaves it as it was.
        case .state(let from, nil, _): end = from
        case .event:
            if !isFinal { return false }
            end = .distantFuture
        case .state(_, let to?, _):
            end = to
            // What came with it did not replace it: the same batch again brings nothing new.
            item = .max
        }
        return try database.integer(
            """
            SELECT 1 FROM fact WHERE stream = $1 AND record = $2 AND start <> $3 AND start < $4
                AND (batch > $5 OR (batch = $5 AND item > $6)) LIMIT 1
            """,
            record + [
                .integer(fact.start.microseconds), .integer(end.microseconds),
                .integer(known.batch), .integer(item),
            ]) != nil
    }

    /// Whether anything is known of a record that an end can be the end of, also one that lies before what is known.
    private static func canEnd(
        _ stream: Int64, _ record: Identifier, at end: Instant, _ database: any Reading
    ) throws -> Bool {
        try database.integer(
            """
            SELECT 1 FROM open_state WHERE stream = $1 AND record = $2
                AND (length(value_digest) > 0 OR since > $3)
            UNION ALL SELECT 1 FROM stretch WHERE stream = $1 AND record = $2 AND until > $3
            LIMIT 1
            """, [.integer(stream), .text(record.text), .integer(end.microseconds)]) != nil
    }

    /// Keeps what the states among these leave behind: open ones, and stretches with an end.
    private mutating func trackStates(
        _ facts: [Fact], _ order: [Int], _ kept: [Int], _ forms: CanonicalFacts,
        _ streams: [Identifier: Int64], endsAreTold: Bool, _ database: any Writing
    ) throws {
        var stretched: Set<Int64> = []
        for stream in streams.values where try !StretchTable.isEmpty(stream, database) {
            stretched.insert(stream)
        }
        var digestBytes = [UInt8](repeating: 0, count: 16)
        try database.prepared(
            """
            INSERT INTO open_state (stream, record, since, value_digest) VALUES ($1, $2, $3, $4)
            ON CONFLICT (stream, record) DO UPDATE SET since = excluded.since,
                value_digest = excluded.value_digest WHERE excluded.since >= open_state.since
            """
        ) { statement in
            var (kind, stream): (Identifier?, Int64?) = (nil, nil)
            for place in kept {
                let fact = facts[order[place]]
                guard case .state(let from, let to, _) = fact.shape else { continue }
                if kind != fact.kind {
                    kind = fact.kind
                    stream = streams[fact.kind]
                }
                guard let stream else { continue }
                if let to {
                    guard let interval = Interval(from: from, to: to) else { continue }
                    try StretchTable.insert(stream, fact.key, interval, database)
                    stretched.insert(stream)
                    continue
                }
                if endsAreTold, !fact.hasValue, try !Self.canEnd(stream, fact.key, at: from, database) {
                    notOpen += 1
                }
                try statement.bind(1, stream)
                try statement.bind(2, fact.key.text)
                try statement.bind(3, from.microseconds)
                if let digest = forms[place].openDigest {
                    digest.write(to: &digestBytes)
                    try statement.bind(4, digestBytes)
                } else {
                    // An empty digest marks a record that has ceased to exist; it must stay known, or a late change
                    // from before its end would seem to bring it back.
                    try statement.bind(4, [UInt8]())
                }
                try statement.run()
                if stretched.contains(stream) {
                    try StretchTable.end(stream, fact.key, at: from, database)
                }
            }
        }
    }
}
