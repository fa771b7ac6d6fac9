import Formats
import Storage

/// What differs between a snapshot and what its source said before: changed and new records, and the ends of those that
/// are missing. Open states tell it, and the stretches that lie over them.
struct SnapshotComparison {
    private let facts: [Fact]
    private let source: Identifier
    private let snapshotAt: Instant
    /// A record of these that the snapshot does not hold has ceased to exist.
    private let completeKinds: [Identifier]

    /// Places of facts that say something new.
    private var found: [Int] = []
    private var ends: [Fact] = []
    /// By kind and record, where something is said for stretches with an end.
    private var stretches: [Identifier: [Identifier: [Interval]]] = [:]
    /// By kind, records that have ceased to exist after the snapshot, as is known.
    private var endedLater: [Identifier: [Identifier]] = [:]
    private(set) var unchanged = 0
    private var scratch: [UInt8] = []

    init(_ reading: BatchReading, source: Identifier) {
        facts = reading.facts
        snapshotAt = reading.draft.started
        completeKinds = reading.draft.wholeKinds
        self.source = source
    }

    /// Everything in the snapshot is new, and nothing has ended.
    var isAllNew: Bool { found.count == facts.count && ends.isEmpty }

    /// The facts that say something new. Of a first snapshot it is all of them, and nothing is copied.
    var changed: [Fact] {
        if isAllNew { return facts }
        return found.map { facts[$0] } + ends
    }

    // MARK: Looking up each

    /// Looks each record up among the open states, whatever else the snapshot says of it.
    mutating func lookUp(_ database: any Writing) throws {
        var open: [Identifier: OpenRecords] = [:]
        for kind in Fact.kinds(of: facts).union(completeKinds) {
            open[kind] = try openRecords(of: kind, database)
            try readStretches(of: kind, database)
        }
        for index in facts.indices {
            guard let (from, value) = facts[index].opening,
                let known = open[facts[index].kind]?.see(facts[index].key)
            else {
                found.append(index)
                continue
            }
            try compare(index, from, value, since: known.since, known.digest)
        }
        for kind in completeKinds {
            ends += (open[kind]?.unseen ?? []).map { .state(kind, $0, from: snapshotAt, nil) }
        }
        endOthers()
    }

    private mutating func openRecords(
        of kind: Identifier, _ database: any Writing
    ) throws -> OpenRecords {
        var records = OpenRecords()
        try Self.forEachOpen(source, kind, database) { row, digest in
            guard let digest else { return try noteEnded(row, of: kind) }
            records.add(
                Identifier(try row.text(0)), since: Instant(microseconds: try row.integer(1)), digest)
        }
        return records
    }

    // MARK: Side by side

    /// Goes through both in the order of their keys, side by side.
    ///
    /// - Parameter order: of the facts in the population.
    /// - Returns: false where facts are about the same record, or may be, and where the database puts texts in another
    ///   order; then nothing is known.
    mutating func goThrough(_ order: [Int], _ database: any Writing) throws -> Bool {
        var missing = Set(completeKinds)
        var start = 0
        while start < order.count {
            let kind = facts[order[start]].kind
            var end = start + 1
            while end < order.count, facts[order[end]].kind == kind { end += 1 }
            missing.remove(kind)
            if try !goThrough(order[start..<end], of: kind, database) { return false }
            start = end
        }
        for kind in missing where try !goThrough([], of: kind, database) { return false }
        endOthers()
        return true
    }

    private mutating func goThrough(
        _ places: ArraySlice<Int>, of kind: Identifier, _ database: any Writing
    ) throws -> Bool {
        // Coverage stands before states, events behind them.
        let isState = { [facts] (index: Int) in facts[index].shapeOrder == 1 }
        let first = places.firstIndex(where: isState) ?? places.endIndex
        let states = places[first...].prefix(while: isState)
        found += places[..<first]
        found += places[states.endIndex...]
        guard areOpenAndDifferent(states) else { return false }
        try readStretches(of: kind, database)
        var next = states.startIndex
        var last: Identifier?
        var isInOrder = true
        let isComplete = completeKinds.contains(kind)
        try Self.forEachOpen(source, kind, database) { row, digest in
            guard let digest else { return try noteEnded(row, of: kind) }
            let key = Identifier(try row.text(0))
            if let last, key <= last { isInOrder = false }
            last = key
            while next < states.endIndex, facts[states[next]].key < key {
                found.append(states[next])
                next += 1
            }
            if next < states.endIndex, facts[states[next]].key == key,
                let (from, value) = facts[states[next]].opening
            {
                try compare(
                    states[next], from, value, since: Instant(microseconds: try row.integer(1)), digest)
                next += 1
            } else if isComplete {
                ends.append(.state(kind, key, from: snapshotAt, nil))
            }
        }
        found += states[next...]
        return isInOrder
    }

    /// Whether all are open states, each of another record.
    private func areOpenAndDifferent(_ places: ArraySlice<Int>) -> Bool {
        for place in places.indices {
            guard facts[places[place]].isOpenState, facts[places[place]].hasValue else { return false }
            if place > places.startIndex, facts[places[place]].key == facts[places[place - 1]].key {
                return false
            }
        }
        return true
    }

    // MARK: Stretches

    private mutating func readStretches(of kind: Identifier, _ database: any Writing) throws {
        let stream = try EvidenceTables.stream(source: source, kind: kind, database)
        let found = try StretchTable.stretches(stream, database)
        if !found.isEmpty { stretches[kind] = found }
    }

    private func isInStretch(_ kind: Identifier, _ key: Identifier, at instant: Instant) -> Bool {
        stretches[kind]?[key]?.contains { $0.start <= instant && instant < $0.end } ?? false
    }

    /// Ends the records that are missing and of which no open state says that they are there.
    private mutating func endOthers() {
        for kind in completeKinds {
            let inStretch = (stretches[kind] ?? [:]).keys.filter { isInStretch(kind, $0, at: snapshotAt) }
            let others = inStretch + (endedLater[kind] ?? [])
            if others.isEmpty { continue }
            var spoken = Set(ends.filter { $0.kind == kind }.map(\.key))
            for fact in facts where fact.kind == kind { spoken.insert(fact.key) }
            for key in others where spoken.insert(key).inserted {
                ends.append(.state(kind, key, from: snapshotAt, nil))
            }
        }
    }

    // MARK: Both

    /// The records that were there, in the order of their keys as the database has it.
    private static func forEachOpen(
        _ source: Identifier, _ kind: Identifier, _ database: any Writing,
        _ body: (any Row, HalfDigest?) throws -> Void
    ) throws {
        let stream = try EvidenceTables.stream(source: source, kind: kind, database)
        try database.query(
            "SELECT record, since, value_digest FROM open_state WHERE stream = $1 ORDER BY record",
            [.integer(stream)]
        ) { row in
            // An empty one marks a record that has ceased to exist.
            try body(row, try row.withBytes(2, { HalfDigest($0) }))
        }
    }

    /// A record that has ceased to exist behind a late snapshot may have been there until then.
    private mutating func noteEnded(_ row: any Row, of kind: Identifier) throws {
        if try row.integer(1) <= snapshotAt.microseconds { return }
        endedLater[kind, default: []].append(Identifier(try row.text(0)))
    }

    private mutating func compare(
        _ place: Int, _ from: Instant, _ value: JSONObject, since: Instant, _ digest: HalfDigest
    ) throws {
        // A snapshot that arrives late may lie before the change that made the record what it is now.
        if since <= from, stretches.isEmpty || !isInStretch(facts[place].kind, facts[place].key, at: from),
            digest == (try HalfDigest(of: value, scratch: &scratch))
        {
            unchanged += 1
        } else {
            found.append(place)
        }
    }
}

extension Fact {
    /// From when on the record has which value, where it says that and no end.
    fileprivate var opening: (from: Instant, value: JSONObject)? {
        if case .state(let from, nil, let value?) = shape { (from, value) } else { nil }
    }
}
