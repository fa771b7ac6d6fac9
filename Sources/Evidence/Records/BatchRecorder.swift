package import Catalog
package import Formats
import Glibc
package import Ledger
package import Storage

/// What the recorder needs to know of a workspace.
package struct RecordingContext: Sendable {
    package let kinds: KindCatalog
    /// Signs the checkpoints of the log.
    package let signer: NoteSigner
    /// Signs what was collected: another key than the log's, so that the two can be told apart.
    package let collector: NoteSigner
    /// The names of records are derived from it; it never leaves the workspace.
    package let saltKey: [UInt8]
    /// How far ahead of our clock a source's may be.
    package let futureTolerance: TimeSpan
    /// 32 bytes that nobody can guess, new with each call.
    package let secret: @Sendable () -> [UInt8]

    package init(
        kinds: KindCatalog, signer: NoteSigner, collector: NoteSigner, saltKey: [UInt8],
        futureTolerance: TimeSpan = .minutes(5),
        secret: @escaping @Sendable () -> [UInt8] = RecordingContext.systemSecret
    ) {
        self.kinds = kinds
        self.signer = signer
        self.saltKey = saltKey
        self.futureTolerance = futureTolerance
        self.collector = collector
        self.secret = secret
    }

    /// From the system's generator.
    package static let systemSecret: @Sendable () -> [UInt8] = {
        // One call to the system: its generator of words asks anew for each.
        let bytes = [UInt8](unsafeUninitializedCapacity: 32) { buffer, filled in
            filled = getentropy(buffer.baseAddress, 32) == 0 ? 32 : 0
        }
        precondition(bytes.count == 32, "the system gives 32 random bytes whenever it is asked for so few")
        return bytes
    }
}

/// The acknowledgement of a recorded batch: when it exists, the batch is durable and logged.
package struct BatchReceipt: Sendable {
    package let leaf: Int
    package let statement: BatchStatement
    package let setAside: [SetAside]
    /// The items of its population, in order: what columns are made of without reading the payload.
    package let facts: [Fact]
}

/// Takes one collection into the record: types it, compares it with what is known, and writes facts, batch and leaf.
package struct BatchRecorder {
    /// Most records set aside that are listed for one batch; the log entry counts all.
    static let setAsideLimit = 1_000

    private let context: RecordingContext
    private let blobs: any BlobStore

    package init(_ context: RecordingContext, blobs: any BlobStore) {
        self.context = context
        self.blobs = blobs
    }

    private struct StartKey: Hashable {
        let kind: Identifier
        let key: Identifier
        let start: Instant
        let shape: Int

        /// Records of one batch differ in key and time, hardly ever in anything else alone.
        func hash(into hasher: inout Hasher) {
            hasher.combine(key)
            hasher.combine(start)
        }
    }

    /// Records a batch inside the caller's transaction.
    ///
    /// - Parameter clock: what the clock says; it becomes the knowledge time of everything in the batch. A clock that
    ///   was set back a little is taken to stand still; one that was set back far is refused.
    package func record(
        _ given: BatchDraft, recorded clock: Instant, _ database: any Writing
    ) throws -> BatchReceipt {
        let recorded = try LogTable.recorded(clock, tolerance: context.futureTolerance, database)
        var draft = given
        var setAside = draft.setAside
        var repeated = 0
        var typed = typed(draft, recorded: recorded, &setAside, &repeated)
        Self.makeHonest(&draft, &typed, setAside)
        let snapshotAt = draft.mode == .snapshot ? draft.started : nil
        let leaf = try LogTable.size(database)
        var index = FactIndex(source: draft.source, leaf: leaf)
        let kept = try index.keep(
            typed, snapshotAt: snapshotAt, snapshotKinds: completeKinds(draft), database)

        var tree = MerkleAccumulator()
        var payload: [UInt8] = []
        let personal = personalFields(Set(kept.lazy.map(\.fact.kind)))
        // Known to nobody once the batch is written: an erased line takes its salt with it.
        let salts = KeyedHash(context.secret())
        payload.reserveCapacity(kept.count * 160)
        for fact in kept {
            let line = try PayloadLine(
                fact, personal: personal[fact.fact.kind] ?? [], salts: salts, secret: context.secret)
            tree.append(line.leafHash)
            payload += line.bytes
            payload.append(0x0A)
        }
        let memberKey = MemberKey(source: draft.source, saltKey: context.saltKey)
        let list = MemberList(typed, key: memberKey)
        let members = list.members(key: memberKey)
        let counts = BatchCounts(
            received: draft.facts.count + draft.setAside.count, facts: kept.count,
            unchanged: index.unchanged + repeated, setAside: setAside.count)
        let statement = BatchStatement(
            draft, series: try EvidenceTables.place(inSeriesOf: draft.source, database), recorded: recorded,
            counts: counts, setAside: setAside,
            population: Population(root: tree.root, count: kept.count),
            members: members)
        let name = try blobs.put(payload)
        let entry = try LogEntry(
            Statement(
                subjects: [.init(name: Identifier("batch/\(draft.source)"), digest: tree.root)],
                predicateType: BatchStatement.predicateType, predicate: statement.predicate),
            signedBy: [context.collector])
        _ = try LogTable.append([entry], signer: context.signer, database)
        try write(statement, leaf: leaf, payload: name, setAside, database)
        try MemberTable.put(list, root: members.root, database)
        return BatchReceipt(leaf: leaf, statement: statement, setAside: setAside, facts: kept.map(\.fact))
    }

    /// A snapshot of which a part could not be read or taken is not known to be complete: it covers nothing, and no
    /// record is concluded to be gone.
    ///
    /// - Parameter setAside: everything that was set aside, by the reader of the source or in typing.
    private static func makeHonest(_ draft: inout BatchDraft, _ typed: inout [Fact], _ setAside: [SetAside]) {
        let lost = setAside.filter(\.mayHideRecord).count
        guard draft.mode == .snapshot, lost > 0 else { return }
        draft.facts.removeAll { $0.fact.isCoverage }
        typed.removeAll(where: \.isCoverage)
        draft.failures.append(
            CollectionFailure(
                kind: nil, scope: "the snapshot",
                reason: "\(lost) of its records could not be read or taken, so it is not known to be complete"
            ))
    }

    /// The kinds of a snapshot whose absence of a key means that the record is gone.
    private func completeKinds(_ draft: BatchDraft) -> [Identifier] {
        guard draft.mode == .snapshot else { return [] }
        let failed = draft.failures.compactMap(\.kind)
        if draft.failures.contains(where: { $0.kind == nil }) { return [] }
        return draft.kinds.filter { !failed.contains($0) }
    }

    private func personalFields(_ kinds: Set<Identifier>) -> [Identifier: [String]] {
        let personal = PersonalFields(kinds.compactMap { context.kinds.kind($0) })
        return Dictionary(uniqueKeysWithValues: kinds.map { ($0, personal.fields(of: $0)) })
    }

    // MARK: Typing

    private func typed(
        _ draft: BatchDraft, recorded: Instant, _ setAside: inout [SetAside], _ repeated: inout Int
    ) -> [Fact] {
        let latest = recorded + context.futureTolerance
        var found: [Fact] = []
        found.reserveCapacity(draft.facts.count)
        // Places in `found`, and the lines of what stands there.
        var seen: [StartKey: Int] = [:]
        var lines: [Int?] = []
        seen.reserveCapacity(draft.facts.count)
        lines.reserveCapacity(draft.facts.count)
        var kind: Kind?
        for raw in draft.facts {
            do throws(TypingError) {
                if kind?.name != raw.fact.kind { kind = context.kinds.kind(raw.fact.kind) }
                let (fact, misfit) = try typed(raw.fact, as: kind, draft.mode, latest: latest)
                // The record itself is kept, only without its fields: it is not hidden.
                if let misfit {
                    setAside.append(
                        SetAside(line: raw.line, reason: misfit.description, mayHideRecord: false))
                }
                let start = StartKey(
                    kind: fact.kind, key: fact.key, start: fact.start, shape: fact.shapeOrder)
                if fact.shapeOrder != 0, let earlier = seen[start] {
                    if found[earlier] != fact {
                        let place = lines[earlier].map { "line \($0)" } ?? "an earlier record"
                        let reason = "\(fact.kind): same key and time as \(place), but another value"
                        setAside.append(SetAside(line: raw.line, reason: reason, mayHideRecord: false))
                        continue
                    }
                    repeated += misfit == nil ? 1 : 0
                    continue
                }
                seen[start] = found.count
                found.append(fact)
                lines.append(raw.line)
            } catch {
                setAside.append(
                    SetAside(
                        line: raw.line, reason: error.description, mayHideRecord: !raw.fact.isCoverage))
            }
        }
        return found
    }

    /// The fact in its stored form. One whose value does not fit its kind is kept without any field, so that it can
    /// neither pass nor be taken for absent; the misfit says why.
    private func typed(
        _ fact: Fact, as kind: Kind?, _ mode: BatchMode, latest: Instant
    ) throws(TypingError) -> (fact: Fact, misfit: TypingError?) {
        guard let kind else {
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
            """
            INSERT INTO batch (leaf, source, sequence, recorded, payload, items)
            VALUES ($1, $2, $3, $4, $5, $6)
            """,
            [
                .integer(Int64(leaf)), .text(statement.source.text),
                .integer(Int64(statement.series.sequence)), .integer(statement.recorded.microseconds),
                .text(payload.text), .integer(Int64(statement.population.count)),
            ])
        try database.prepared(
            "INSERT INTO set_aside (batch, position, line, reason) VALUES ($1, $2, $3, $4)"
        ) { prepared in
            for (position, record) in setAside.prefix(Self.setAsideLimit).enumerated() {
                try prepared.run([
                    .integer(Int64(leaf)), .integer(Int64(position)), SQLValue(record.line.map { Int64($0) }),
                    .text(record.reason),
                ])
            }
        }
    }
}
