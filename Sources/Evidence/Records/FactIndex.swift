import Catalog
import Formats
import Ledger
import Storage

/// Finds out which facts of a batch say something new, and indexes those.
struct FactIndex {
    let source: Identifier
    let leaf: Int
    var unchanged = 0

    /// The facts that say something new, in population order; they and the open states are indexed.
    mutating func keep(
        _ typed: [Fact], snapshotAt: Instant?, snapshotKinds: [Identifier], _ database: any Writing
    ) throws -> [CanonicalFact] {
        var facts = typed
        if let snapshotAt {
            facts = try changes(facts, at: snapshotAt, kinds: snapshotKinds, database)
        }
        facts = Fact.inPopulationOrder(facts)
        var streams: [Identifier: Int64] = [:]
        for kind in Set(facts.map(\.kind)) {
            streams[kind] = try EvidenceTables.stream(source: source, kind: kind, database)
        }
        let kept = try insert(facts, streams, database)
        try trackOpenStates(kept, streams, database)
        return kept
    }

    private mutating func insert(
        _ facts: [Fact], _ streams: [Identifier: Int64], _ database: any Writing
    ) throws -> [CanonicalFact] {
        var kept: [CanonicalFact] = []
        kept.reserveCapacity(facts.count)
        let superseded = Self.superseded(facts)
        try database.prepared(
            """
            INSERT INTO fact (stream, record, start, digest, revision, batch, item)
            VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING
            """
        ) { statement in
            for (place, fact) in facts.enumerated() {
                guard let stream = streams[fact.kind] else { continue }
                let encoded = try CanonicalFact(fact)
                let digest = encoded.indexDigest
                let item = Int64(kept.count)
                func insert(revision: Int64) throws -> Bool {
                    try statement.bind(1, stream)
                    try statement.bind(2, fact.key.text)
                    try statement.bind(3, fact.start.microseconds)
                    try statement.bind(4, digest)
                    try statement.bind(5, revision)
                    try statement.bind(6, Int64(leaf))
                    try statement.bind(7, item)
                    return try statement.run() > 0
                }
                if try !insert(revision: 0) {
                    let isFinal = !superseded.contains(place)
                    guard let revision = try nextRevision(fact, stream, digest, isFinal, database),
                        try insert(revision: revision)
                    else {
                        unchanged += 1
                        continue
                    }
                }
                kept.append(encoded)
            }
        }
        return kept
    }

    /// Places of events that are followed by another statement about the same id, at a later time: they count for
    /// nothing beside it.
    private static func superseded(_ facts: [Fact]) -> Set<Int> {
        var found: Set<Int> = []
        // In place: a copy of a fact counts references to all that is in it.
        for place in facts.indices.dropLast()
        where facts[place].shapeOrder == 2 && facts[place + 1].shapeOrder == 2
            && facts[place].key == facts[place + 1].key && facts[place].kind == facts[place + 1].kind
        {
            found.insert(place)
        }
        return found
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
        case .coverage, .state(_, nil, _): return false
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

    /// What differs between a snapshot and the open states: changed and new records, and the ends of missing ones.
    private mutating func changes(
        _ facts: [Fact], at snapshotAt: Instant, kinds: [Identifier], _ database: any Writing
    ) throws -> [Fact] {
        var found: [Fact] = []
        var open: [Identifier: OpenRecords] = [:]
        for kind in Set(facts.map(\.kind) + kinds) {
            open[kind] = try openRecords(of: kind, database)
        }
        // Facts of one kind mostly stand together: their records are looked at without going through the kinds.
        var kind: Identifier?
        var records = OpenRecords()
        for fact in facts {
            guard case .state(_, nil, let value?) = fact.shape else {
                found.append(fact)
                continue
            }
            if kind != fact.kind {
                if let kind { open[kind] = records }
                records = open.removeValue(forKey: fact.kind) ?? OpenRecords()
                kind = fact.kind
            }
            // A snapshot that arrives late may lie before the change that made the record what it is now.
            if let known = records.see(fact.key), known.since <= fact.start,
                known.digest == (try HalfDigest(of: value))
            {
                unchanged += 1
            } else {
                found.append(fact)
            }
        }
        if let kind { open[kind] = records }
        for kind in kinds {
            for key in open[kind]?.unseen ?? [] { found.append(.state(kind, key, from: snapshotAt, nil)) }
        }
        return found
    }

    private func openRecords(of kind: Identifier, _ database: any Writing) throws -> OpenRecords {
        let stream = try EvidenceTables.stream(source: source, kind: kind, database)
        var records = OpenRecords()
        try database.query(
            "SELECT record, since, value_digest FROM open_state WHERE stream = $1", [.integer(stream)]
        ) { row in
            guard let digest = HalfDigest(try row.bytes(2)) else { return }
            records.add(
                Identifier(try row.text(0)), since: Instant(microseconds: try row.integer(1)), digest)
        }
        return records
    }

    private func trackOpenStates(
        _ kept: [CanonicalFact], _ streams: [Identifier: Int64], _ database: any Writing
    ) throws {
        try database.prepared(
            """
            INSERT INTO open_state (stream, record, since, value_digest) VALUES ($1, $2, $3, $4)
            ON CONFLICT (stream, record) DO UPDATE SET since = excluded.since,
                value_digest = excluded.value_digest WHERE excluded.since >= open_state.since
            """
        ) { statement in
            for encoded in kept {
                let fact = encoded.fact
                guard case .state(let from, nil, _) = fact.shape, let stream = streams[fact.kind]
                else { continue }
                // An empty digest marks a record that has ceased to exist; it must stay known, or a late change from
                // before its end would seem to bring it back.
                let digest = encoded.valueDigest ?? []
                try statement.run([
                    .integer(stream), .text(fact.key.text), .integer(from.microseconds), .bytes(digest),
                ])
            }
        }
    }
}

extension Fact {
    var isCoverage: Bool { shapeOrder == 0 }

    /// Coverage, state, event.
    var shapeOrder: Int {
        switch shape {
        case .coverage: 0
        case .state: 1
        case .event: 2
        }
    }

    private var end: Instant {
        switch shape {
        case .coverage(let interval): interval.end
        case .state(_, let to, _): to ?? .distantFuture
        case .event(let at, _): at
        }
    }

    /// By kind, coverage before states before events, then key and time: the order of a population.
    ///
    /// Small keys are sorted instead of the facts, and compared in full only where their beginnings are equal.
    static func inPopulationOrder(_ facts: [Fact]) -> [Fact] {
        struct Place {
            let kind: Int
            let shape: Int
            let keyStart: UInt64
            let index: Int
        }
        let kinds = Set(facts.map(\.kind)).sorted()
        let ranks = Dictionary(uniqueKeysWithValues: kinds.enumerated().map { ($1, $0) })
        var places = facts.enumerated().map { index, fact in
            Place(
                kind: ranks[fact.kind] ?? 0, shape: fact.shapeOrder, keyStart: fact.key.sortingStart,
                index: index)
        }
        places.sort { left, right in
            let (a, b) = ((left.kind, left.shape, left.keyStart), (right.kind, right.shape, right.keyStart))
            if a != b { return a < b }
            let (first, second) = (facts[left.index], facts[right.index])
            return (first.key, first.start, first.end) < (second.key, second.start, second.end)
        }
        return places.map { facts[$0.index] }
    }

    /// Whether `first` stands strictly before `second` in a population.
    package static func isInPopulationOrder(_ first: Fact, before second: Fact) -> Bool {
        (first.kind, first.shapeOrder, first.key, first.start, first.end)
            < (second.kind, second.shapeOrder, second.key, second.start, second.end)
    }

    static func valueDigest(_ value: JSONObject) throws -> [UInt8] {
        Array(Digest.sha256(try CanonicalJSON.encode(.object(value))).bytes.prefix(16))
    }
}

extension Identifier {
    /// The first eight bytes as a number that sorts as they do.
    fileprivate var sortingStart: UInt64 {
        var value: UInt64 = 0
        var count = 0
        for byte in text.utf8.prefix(8) {
            value = value << 8 | UInt64(byte)
            count += 1
        }
        return value << UInt64(8 * (8 - count))
    }
}
