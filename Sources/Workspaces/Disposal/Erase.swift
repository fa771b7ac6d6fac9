import Catalog
package import Evidence
package import Formats
import Ledger
import Programs
import Storage
import StorageSQLite

/// What is to be erased, who wants it and why.
package struct ErasureRequest: Sendable {
    package let kind: Identifier
    /// The records, all of this kind.
    package let keys: Set<Identifier>
    package let by: String
    package let reason: String
    package let basis: String
    /// Although it must still be kept.
    package let early: Bool

    package init(
        kind: Identifier, keys: Set<Identifier>, by: String, reason: String, basis: String, early: Bool
    ) {
        self.kind = kind
        self.keys = keys
        self.by = by
        self.reason = reason
        self.basis = basis
        self.early = early
    }
}

/// What keeps a record from being erased.
package enum ErasureError: Error, CustomStringConvertible {
    case nothing(kind: Identifier)
    case held(leaf: Int, name: Identifier)
    case retained(until: Instant, basis: String)
    case noHold(Identifier)
    case standing(Identifier)
    /// The advice names a kind that may be meant; empty where none is near.
    case unknownKind(Identifier, advice: String)

    package var description: String {
        switch self {
        case .nothing(let kind): "nothing is recorded of that record of \(kind)"
        case .held(let leaf, let name):
            "the legal hold \(name) (log entry \(leaf)) covers it; nothing was erased. Release it first: assay hold release"
        case .retained(let until, let basis):
            "it must be kept until \(until) (\(basis)); give --early if the legal basis carries it"
        case .noHold(let name): "no hold called \(name) stands"
        case .standing(let name): "a hold called \(name) stands already"
        case .unknownKind(let kind, let advice):
            "no kind of evidence is called \"\(kind)\", and a hold on it would keep nothing; "
                + (advice.isEmpty ? "\"assay kinds\" lists them" : advice)
        }
    }
}

extension Workspace {
    /// Destroys what is recorded of some records, in every batch, and puts a tombstone on record.
    ///
    /// The tombstone, the index and the new payloads are one transaction. The old payloads go right after it; when that is
    /// broken off, `fsck` says so and `finishErasure` does the rest.
    ///
    /// - Returns: also the sources that told of the records, in the order of their bytes. They may hold them still, and
    ///   bring them back: of what was erased the log keeps no names, so that no collection can leave it out.
    package func erase(
        _ request: ErasureRequest, clock: Clock
    ) throws -> (items: Int, leaves: [Int], sources: [Identifier], isJournalEmpty: Bool) {
        try allow(clock)
        let signer = try logSigner()
        let outcome = try database.write { database in
            let now = try LogTable.recorded(clock.now(), database)
            if let (leaf, hold) = try holds(database).hold(on: request.kind) {
                throw ErasureError.held(leaf: leaf, name: hold.name)
            }
            let found = try items(of: request, database)
            if found.isEmpty { throw ErasureError.nothing(kind: request.kind) }
            let term = RetentionPlan(try program(database).history.current).term(of: request.kind)
            let until = Self.retained(found, years: term.years, now: now)
            if until > now, !request.early { throw ErasureError.retained(until: until, basis: term.basis) }
            // Derived, and the place where an erased value would live on. Gone first: what is broken off leaves none.
            try columns.exclusively { try columns.discard() }
            let items = found.map(\.item).sorted()
            var leaves: [Int] = []
            for start in stride(from: 0, to: items.count, by: ErasureStatement.itemLimit) {
                let part = Array(items[start..<min(start + ErasureStatement.itemLimit, items.count)])
                let statement = ErasureStatement(
                    recorded: now, kind: request.kind, by: request.by, reason: request.reason,
                    basis: request.basis, retainedUntil: until, items: part)
                leaves.append(
                    try LogTable.append(
                        [try LogEntry(statement.statement, signedBy: [signer])], signer: signer, database))
            }
            for (leaf, items) in Dictionary(grouping: items, by: \.leaf).sorted(by: { $0.key < $1.key }) {
                try rewrite(leaf, without: Set(items.map(\.item)), database)
            }
            for key in request.keys { try EvidenceTables.forget(request.kind, key, database) }
            return (items: items.count, leaves: leaves, sources: Set(found.map(\.source)).sorted())
        }
        let isJournalEmpty = try finishErasure().isJournalEmpty
        try besideErasures { _ = try refreshColumns(anew: true) }
        return (outcome.items, outcome.leaves, outcome.sources, isJournalEmpty)
    }

    /// Removes payloads that nothing refers to, and says how many, and whether the database's journal could be emptied;
    /// removes received messages that are on record. Nobody records meanwhile: a payload is written inside the
    /// transaction that comes to refer to it.
    package func finishErasure() throws -> (removed: Int, isJournalEmpty: Bool) {
        let removed = try database.write { database in
            let needed = try neededBlobs(database)
            let left = try blobs.all().filter { !needed.contains($0) }
            for name in left { try blobs.remove(name) }
            return left.count + (try blobs.removeLeftovers())
        }
        let isJournalEmpty = try database.emptyJournal()
        try emptySpools()
        return (removed, isJournalEmpty)
    }

    /// Payloads that nothing refers to, such as those that an erasure left that was broken off.
    func leftoverBlobs() throws -> [BlobName] {
        let stored = try blobs.all()
        let unnamed = try database.read { database in
            let needed = try neededBlobs(database)
            return stored.filter { !needed.contains($0) }
        }
        if unnamed.isEmpty { return [] }
        // Whoever records writes the payload first, and refers to it at the end: nobody does so in here.
        return try database.write { database in
            let needed = try neededBlobs(database)
            return try unnamed.filter { try !needed.contains($0) && blobs.contains($0) }
        }
    }

    /// The payloads that the record refers to.
    func neededBlobs(_ database: any Reading) throws -> Set<BlobName> {
        var names = Set(try EvidenceTables.batches(database).map(\.payload))
        names.formUnion(try ProgramTable.rows(.program, database).map(\.payload))
        names.formUnion(try ProgramTable.rows(.assessment, database).map(\.payload))
        for row in try AnchorTable.rows(database) {
            names.formUnion(try StoredAnchor.names(row, database))
        }
        return names
    }

    private struct Found {
        let item: ErasedItem
        let fact: Fact
        let source: Identifier
        let recorded: Instant
    }

    /// Until when the last of the records must be kept.
    private static func retained(_ found: [Found], years: Int, now: Instant) -> Instant {
        var records: [Identifier: Retention] = [:]
        for item in found {
            records[item.fact.key, default: Retention()]
                .add(item.fact, from: item.source, recorded: item.recorded)
        }
        return records.values.map { $0.until(years: years, now: now) }.max() ?? now
    }

    /// Every item that speaks of the records. The index says in which batches to look.
    private func items(of request: ErasureRequest, _ database: any Reading) throws -> [Found] {
        let leaves = try request.keys.reduce(into: Set<Int>()) { leaves, key in
            leaves.formUnion(try EvidenceTables.batches(naming: request.kind, key, database))
        }
        let reader = EvidenceReader(database, blobs: blobs)
        var found: [Found] = []
        for leaf in leaves.sorted() {
            let batch = try reader.opened(leaf)
            let wanted: @Sendable ([PayloadLine]) -> [(place: Int, fact: Fact, hash: Ledger::Digest)] = {
                lines in
                lines.enumerated().compactMap { place, line in
                    guard let fact = line.fact, fact.kind == request.kind, request.keys.contains(fact.key)
                    else { return nil }
                    return (place, fact, line.leafHash)
                }
            }
            try reader.forEachStretch(batch, ofLines: wanted) { first, lines in
                found += lines.map { place, fact, hash in
                    Found(
                        item: ErasedItem(leaf: leaf, item: first + place, hash: hash), fact: fact,
                        source: batch.statement.source, recorded: batch.statement.recorded)
                }
            }
        }
        return found
    }

    private func rewrite(_ leaf: Int, without items: Set<Int>, _ database: any Writing) throws {
        let reader = EvidenceReader(database, blobs: blobs)
        let batch = try reader.opened(leaf)
        let payload = try blobs.put { sink in
            try reader.forEachStretch(batch, ofLines: { $0 }) { first, lines in
                try sink(
                    lines.enumerated().flatMap { place, line in
                        let isErased = items.contains(first + place)
                        let kept =
                            isErased ? PayloadLine(hiding: .erased, leafHash: line.leafHash) : line
                        return kept.bytes + [0x0A]
                    })
            }
        }
        try EvidenceTables.setPayload(payload, ofBatch: leaf, database)
    }

    // MARK: Holds

    /// Places or releases a hold; returns its entry.
    package func hold(
        _ action: HoldStatement.Action, _ name: Identifier, kind: Identifier?, by: String, reason: String,
        clock: Clock
    ) throws -> Int {
        try allow(clock)
        let signer = try logSigner()
        return try database.write { database in
            let standing = try holds(database).standing[name]
            switch action {
            case .place:
                if standing != nil { throw ErasureError.standing(name) }
                if let kind { try requireKind(kind, database) }
            case .release: if standing == nil { throw ErasureError.noHold(name) }
            }
            let statement = HoldStatement(
                recorded: try LogTable.recorded(clock.now(), database), name: name, action: action,
                kind: kind,
                by: by, reason: reason)
            return try LogTable.append(
                [try LogEntry(statement.statement, signedBy: [signer])], signer: signer, database)
        }
    }

    /// Refuses a kind that neither catalogue nor program has and of which nothing was ever recorded.
    private func requireKind(_ kind: Identifier, _ database: any Reading) throws {
        let own = try program(database).history.current.kinds.map(\.kind)
        let listed = try KindCatalog.builtin().merging(own).kinds.map(\.name)
        let known = listed + (try EvidenceTables.kinds(database))
        if known.contains(kind) { return }
        throw ErasureError.unknownKind(
            kind, advice: Spelling.advice(for: kind.text, among: known.lazy.map(\.text)))
    }

    /// The holds that stand, each with the entry that placed it, in the order of the log.
    package func standingHolds() throws -> [(leaf: Int, hold: HoldStatement)] {
        try database.read { try holds($0).standing.values.sorted { $0.leaf < $1.leaf } }
    }

    /// Everything that was erased, in the order of the log.
    package func erasures() throws -> [LoggedErasure] { try database.read { try erasures($0) } }

    func erasures(_ database: any Reading) throws -> [LoggedErasure] {
        var found: [(leaf: Int, statement: Statement)] = []
        try LogTable.forEachEntry(database) { leaf, entry in
            guard entry.statement.predicateType == ErasureStatement.predicateType else { return }
            found.append((leaf, entry.statement))
        }
        return try found.compactMap { leaf, statement in
            try LoggedErasure(statement, leaf: leaf) { batch in
                try LogTable.entry(batch, database)?.statement.predicate["recorded"]?.string
                    .flatMap { Instant($0) }
            }
        }
    }

    func holds(_ database: any Reading) throws -> HoldRegister {
        var register = HoldRegister()
        try LogTable.forEachEntry(database) { register.add($1.statement, leaf: $0) }
        return register
    }
}
