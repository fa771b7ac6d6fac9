package import Catalog
package import Formats
package import Ledger
package import Storage

/// What the recorder needs to know of a workspace.
package struct RecordingContext: Sendable {
    package let kinds: KindCatalog
    package let signer: NoteSigner
    /// Salts are derived from it; it never leaves the workspace.
    package let saltKey: [UInt8]
    /// How far ahead of our clock a source's may be.
    package let futureTolerance: TimeSpan

    package init(
        kinds: KindCatalog, signer: NoteSigner, saltKey: [UInt8], futureTolerance: TimeSpan = .minutes(5)
    ) {
        self.kinds = kinds
        self.signer = signer
        self.saltKey = saltKey
        self.futureTolerance = futureTolerance
    }
}

/// The acknowledgement of a recorded batch: when it exists, the batch is durable and logged.
package struct BatchReceipt: Sendable {
    package let leaf: Int
    package let statement: BatchStatement
    package let setAside: [SetAside]
}

/// Takes one collection into the record: types it, compares it with what is known, and writes facts, batch and leaf.
package struct BatchRecorder {
    private let context: RecordingContext
    private let blobs: any BlobStore

    package init(_ context: RecordingContext, blobs: any BlobStore) {
        self.context = context
        self.blobs = blobs
    }

    private struct Typed {
        let fact: Fact
        let line: Int?
    }

    private struct StartKey: Hashable {
        let kind: Identifier
        let key: Identifier
        let start: Instant
        let shape: Int
    }

    /// Records a batch inside the caller's transaction.
    ///
    /// - Parameter clock: what the clock says; it becomes the knowledge time of everything in the batch. A clock that
    ///   was set back a little is taken to stand still; one that was set back far is refused.
    package func record(
        _ given: BatchDraft, recorded clock: Instant, _ database: any Writing
    ) throws -> BatchReceipt {
        let last = try database.integer("SELECT max(recorded) FROM batch").map { Instant(microseconds: $0) }
        if let last, clock < last - context.futureTolerance {
            throw RecordError.futureClock(recorded: clock, last: last)
        }
        let recorded = max(clock, last ?? clock)
        let draft = Self.honest(given)
        var setAside = draft.setAside
        var repeated = 0
        let typed = typed(draft, recorded: recorded, &setAside, &repeated)
        let snapshotAt = draft.mode == .snapshot ? draft.started : nil
        let leaf = try LogTable.size(database)
        var index = FactIndex(source: draft.source, leaf: leaf)
        let kept = try index.keep(
            typed, snapshotAt: snapshotAt, snapshotKinds: completeKinds(draft), database)

        var tree = MerkleAccumulator()
        var payload: [UInt8] = []
        payload.reserveCapacity(kept.count * 160)
        for fact in kept {
            let line = try PayloadLine(fact, saltKey: context.saltKey)
            tree.append(line.leafHash)
            payload += line.bytes
            payload.append(0x0A)
        }
        let counts = BatchCounts(
            received: draft.facts.count + draft.setAside.count, facts: kept.count,
            unchanged: index.unchanged + repeated, setAside: setAside.count)
        let statement = BatchStatement(
            draft, recorded: recorded, counts: counts, setAside: setAside,
            population: Population(root: tree.root, count: kept.count))
        let name = try blobs.put(payload)
        let entry = try LogEntry(
            Statement(
                subjects: [.init(name: Identifier("batch/\(draft.source)"), digest: tree.root)],
                predicateType: BatchStatement.predicateType, predicate: statement.predicate),
            signedBy: [context.signer])
        _ = try LogTable.append([entry], signer: context.signer, database)
        try write(statement, leaf: leaf, payload: name, setAside, database)
        return BatchReceipt(leaf: leaf, statement: statement, setAside: setAside)
    }

    /// A snapshot of which a part could not be read is not known to be complete: it covers nothing, and no record is
    /// concluded to be gone.
    private static func honest(_ draft: BatchDraft) -> BatchDraft {
        let unread = draft.setAside.filter(\.mayHideRecord).count
        guard draft.mode == .snapshot, unread > 0 else { return draft }
        var honest = draft
        honest.facts.removeAll { if case .coverage = $0.fact.shape { true } else { false } }
        honest.failures.append(
            CollectionFailure(
                kind: nil, scope: "the snapshot",
                reason: "\(unread) of its records could not be read, so it is not known to be complete"))
        return honest
    }

    /// The kinds of a snapshot whose absence of a key means that the record is gone.
    private func completeKinds(_ draft: BatchDraft) -> [Identifier] {
        guard draft.mode == .snapshot else { return [] }
        let failed = draft.failures.compactMap(\.kind)
        if draft.failures.contains(where: { $0.kind == nil }) { return [] }
        return draft.kinds.filter { !failed.contains($0) }
    }

    // MARK: Typing

    private func typed(
        _ draft: BatchDraft, recorded: Instant, _ setAside: inout [SetAside], _ repeated: inout Int
    ) -> [Typed] {
        let latest = recorded + context.futureTolerance
        var found: [Typed] = []
        found.reserveCapacity(draft.facts.count)
        var seen: [StartKey: (fact: Fact, line: Int?)] = [:]
        seen.reserveCapacity(draft.facts.count)
        for raw in draft.facts {
            do throws(TypingError) {
                let (fact, misfit) = try typed(raw.fact, draft.mode, latest: latest)
                if let misfit { setAside.append(SetAside(line: raw.line, reason: misfit.description)) }
                let start = StartKey(
                    kind: fact.kind, key: fact.key, start: fact.start, shape: fact.shapeOrder)
                if fact.shapeOrder != 0, let earlier = seen[start] {
                    if earlier.fact != fact {
                        let place = earlier.line.map { "line \($0)" } ?? "an earlier record"
                        throw TypingError("\(fact.kind): same key and time as \(place), but another value")
                    }
                    repeated += misfit == nil ? 1 : 0
                    continue
                }
                seen[start] = (fact, raw.line)
                found.append(Typed(fact: fact, line: raw.line))
            } catch {
                setAside.append(SetAside(line: raw.line, reason: error.description))
            }
        }
        return found
    }

    /// The fact in its stored form. One whose value does not fit its kind is kept without any field, so that it can
    /// neither pass nor be taken for absent; the misfit says why.
    private func typed(
        _ fact: Fact, _ mode: BatchMode, latest: Instant
    ) throws(TypingError) -> (fact: Fact, misfit: TypingError?) {
        guard let kind = context.kinds.kind(fact.kind) else {
            throw TypingError("unknown kind of evidence \"\(fact.kind.text.prefix(60))\"")
        }
        if fact.start > latest { throw TypingError("\(kind.name): dated in the future") }
        switch fact.shape {
        case .coverage(let interval):
            // Only a snapshot is taken to hold on for a while; anything else that covers the future is a mistake.
            if mode == .changes, interval.end > latest {
                throw TypingError("\(kind.name): covers the future")
            }
            return (fact, nil)
        case .state(let from, let to, let value):
            guard kind.mode == .state else { throw TypingError("\(kind.name) is an event: use \"id\"") }
            guard let value else { return (fact, nil) }
            let (typed, misfit) = Self.fitted(value, kind)
            return (.state(fact.kind, fact.key, from: from, to: to, typed), misfit)
        case .event(let at, let value):
            guard kind.mode == .event else { throw TypingError("\(kind.name) is a state: use \"key\"") }
            let (typed, misfit) = Self.fitted(value, kind)
            return (.event(fact.kind, fact.key, at: at, typed), misfit)
        }
    }

    private static func fitted(_ value: JSONObject, _ kind: Kind) -> (JSONObject, TypingError?) {
        do {
            return (try kind.typed(value).value, nil)
        } catch {
            return (JSONObject(), error)
        }
    }

    // MARK: Writing

    private func write(
        _ statement: BatchStatement, leaf: Int, payload: BlobName, _ setAside: [SetAside],
        _ database: any Writing
    ) throws {
        try database.execute(
            "INSERT INTO batch (leaf, source, recorded, payload, items) VALUES ($1, $2, $3, $4, $5)",
            [
                .integer(Int64(leaf)), .text(statement.source.text),
                .integer(statement.recorded.microseconds),
                .text(payload.text), .integer(Int64(statement.population.count)),
            ])
        try database.prepared(
            "INSERT INTO set_aside (batch, position, line, reason) VALUES ($1, $2, $3, $4)"
        ) { prepared in
            for (position, record) in setAside.prefix(1_000).enumerated() {
                try prepared.run([
                    .integer(Int64(leaf)), .integer(Int64(position)), SQLValue(record.line.map { Int64($0) }),
                    .text(record.reason),
                ])
            }
        }
    }

    /// The order of a population: kind, key, time; coverage first among equals.
    private struct FactIndex {
        let source: Identifier
        let leaf: Int
        var unchanged = 0

        /// The facts that say something new, in population order; they and the open states are indexed.
        mutating func keep(
            _ typed: [Typed], snapshotAt: Instant?, snapshotKinds: [Identifier], _ database: any Writing
        ) throws -> [Fact] {
            var facts = typed.map(\.fact)
            if let snapshotAt {
                facts = try changes(facts, at: snapshotAt, kinds: snapshotKinds, database)
            }
            facts.sort(by: Fact.populationOrder)
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
        ) throws -> [Fact] {
            var kept: [Fact] = []
            kept.reserveCapacity(facts.count)
            try database.prepared(
                """
                INSERT INTO fact (stream, record, start, digest, revision, batch, item)
                VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING
                """
            ) { statement in
                for fact in facts {
                    guard let stream = streams[fact.kind] else { continue }
                    let digest = try fact.indexDigest
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
                        guard let revision = try nextRevision(fact, stream, digest, database),
                            try insert(revision: revision)
                        else {
                            unchanged += 1
                            continue
                        }
                    }
                    kept.append(fact)
                }
            }
            return kept
        }

        /// The revision under which a fact comes back after something else had replaced it; nil when it is what is known.
        private func nextRevision(
            _ fact: Fact, _ stream: Int64, _ digest: [UInt8], _ database: any Reading
        ) throws -> Int64? {
            let place: [SQLValue] = [
                .integer(stream), .text(fact.key.text), .integer(fact.start.microseconds),
            ]
            if case .coverage = fact.shape { return nil }
            let newest = try database.first(
                """
                SELECT digest FROM fact WHERE stream = $1 AND record = $2 AND start = $3
                ORDER BY batch DESC, item DESC LIMIT 1
                """, place
            ) { try $0.bytes(0) }
            if newest == digest { return nil }
            let last = try database.integer(
                "SELECT max(revision) FROM fact WHERE stream = $1 AND record = $2 AND start = $3 AND digest = $4",
                place + [.bytes(digest)])
            return (last ?? 0) + 1
        }

        /// What differs between a snapshot and the open states: changed and new records, and the ends of missing ones.
        private mutating func changes(
            _ facts: [Fact], at snapshotAt: Instant, kinds: [Identifier], _ database: any Writing
        ) throws -> [Fact] {
            var found: [Fact] = []
            var present: [Identifier: Set<Identifier>] = [:]
            var open: [Identifier: [Identifier: (since: Instant, digest: [UInt8])]] = [:]
            for kind in Set(facts.map(\.kind) + kinds) {
                let stream = try EvidenceTables.stream(source: source, kind: kind, database)
                var records: [Identifier: (since: Instant, digest: [UInt8])] = [:]
                try database.query(
                    "SELECT record, since, value_digest FROM open_state WHERE stream = $1", [.integer(stream)]
                ) { row in
                    let digest = try row.bytes(2)
                    if digest.isEmpty { return }
                    let since = Instant(microseconds: try row.integer(1))
                    records[Identifier(try row.text(0))] = (since, digest)
                }
                open[kind] = records
            }
            for fact in facts {
                guard case .state(_, nil, let value?) = fact.shape else {
                    found.append(fact)
                    continue
                }
                present[fact.kind, default: []].insert(fact.key)
                // A snapshot that arrives late may lie before the change that made the record what it is now.
                if let known = open[fact.kind]?[fact.key], known.since <= fact.start,
                    known.digest == (try Fact.valueDigest(value))
                {
                    unchanged += 1
                } else {
                    found.append(fact)
                }
            }
            for kind in kinds {
                let gone = Set((open[kind] ?? [:]).keys).subtracting(present[kind] ?? [])
                for key in gone { found.append(.state(kind, key, from: snapshotAt, nil)) }
            }
            return found
        }

        private func trackOpenStates(
            _ kept: [Fact], _ streams: [Identifier: Int64], _ database: any Writing
        ) throws {
            try database.prepared(
                """
                INSERT INTO open_state (stream, record, since, value_digest) VALUES ($1, $2, $3, $4)
                ON CONFLICT (stream, record) DO UPDATE SET since = excluded.since,
                    value_digest = excluded.value_digest WHERE excluded.since >= open_state.since
                """
            ) { statement in
                for fact in kept {
                    guard case .state(let from, nil, let value) = fact.shape, let stream = streams[fact.kind]
                    else {
                        continue
                    }
                    // An empty digest marks a record that has ceased to exist; it must stay known, or a late change from
                    // before its end would seem to bring it back.
                    let digest = try value.map { try Fact.valueDigest($0) } ?? []
                    try statement.run([
                        .integer(stream), .text(fact.key.text), .integer(from.microseconds), .bytes(digest),
                    ])
                }
            }
        }
    }
}

extension Fact {
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

    static func populationOrder(_ left: Fact, _ right: Fact) -> Bool {
        if left.kind != right.kind { return left.kind < right.kind }
        return (left.shapeOrder, left.key, left.start, left.end)
            < (right.shapeOrder, right.key, right.start, right.end)
    }

    /// Half a SHA-256 of the canonical form: enough to tell a repeated fact from a changed one in the index.
    var indexDigest: [UInt8] {
        get throws { Array(Digest.sha256(try CanonicalJSON.encode(json)).bytes.prefix(16)) }
    }

    static func valueDigest(_ value: JSONObject) throws -> [UInt8] {
        Array(Digest.sha256(try CanonicalJSON.encode(.object(value))).bytes.prefix(16))
    }
}
