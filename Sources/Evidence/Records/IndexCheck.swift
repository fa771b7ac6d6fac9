import Formats
import Ledger
package import Storage

/// Compares the evidence tables, row by row, with the payloads that the log proves.
package struct IndexCheck {
    /// Items that were compared.
    package private(set) var items = 0
    /// What is wrong, in the order in which it was found.
    package private(set) var faults: [String] = []
    /// Whether what comes from the workspace's secret does: the names of records, and in batches of the former type the
    /// salt of the first item that can show it.
    package private(set) var saltIsRight = true
    /// Items of which nothing is left but their hash.
    package private(set) var erased: [ErasedItem] = []

    private let saltKey: [UInt8]?
    private let reader: EvidenceReader
    private var batches: [Int: BatchRow] = [:]
    private var open: [RecordKey: OpenState] = [:]
    /// The list that was read last: a source's snapshots mostly share one.
    private var list: (members: Members, list: MemberList)?
    /// The records that are there, by source.
    private var openNames: [Identifier: OpenNames] = [:]

    private struct RecordKey: Hashable {
        let stream: Stream
        let record: Identifier
    }

    private struct Stream: Hashable {
        let source: Identifier
        let kind: Identifier
    }

    private struct OpenState: Equatable {
        let since: Instant
        let digest: [UInt8]
    }

    /// A row of the index in the order of the log.
    private struct IndexRow {
        let batch: Int
        let item: Int
        let stream: Stream
        let record: Identifier
        let start: Instant
        let digest: [UInt8]
    }

    /// - Parameter saltKey: the workspace's; nil when it is not known.
    package init(_ reader: EvidenceReader, saltKey: [UInt8]? = nil) {
        self.reader = reader
        self.saltKey = saltKey
    }

    /// Reads every payload once, in log order, beside the index rows that speak of it.
    package mutating func run(
        _ database: any Reading, progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) throws {
        let rows = try EvidenceTables.batches(database)
        batches = Dictionary(uniqueKeysWithValues: rows.map { ($0.leaf, $0) })
        var current: (leaf: Int, batch: SealedBatch?)?
        var next = 0
        var last = -1
        var done = 0
        var seen: Set<Int> = []
        try database.query(
            """
            SELECT f.batch, f.item, s.source, s.kind, f.record, f.start, f.digest
            FROM fact f JOIN stream s ON s.id = f.stream ORDER BY f.batch, f.item
            """
        ) { row in
            let row = try Self.indexRow(row)
            if current?.leaf != row.batch {
                finish(current, next)
                current = (row.batch, load(row.batch))
                seen.insert(row.batch)
                next = 0
                last = -1
                done += 1
                progress(done, rows.count)
            }
            if let batch = current?.batch { try compare(row, with: batch) }
            if row.item <= last {
                faults.append("index: batch \(row.batch) has two rows for item \(row.item)")
            }
            last = row.item
            next += 1
        }
        finish(current, next)
        // Batches without a single row: right for those without items.
        for row in rows where !seen.contains(row.leaf) { finish((row.leaf, load(row.leaf)), 0) }
        try compareOpenStates(database)
        try compareSetAside(database)
    }

    private static func indexRow(_ row: any Row) throws -> IndexRow {
        IndexRow(
            batch: Int(try row.integer(0)), item: Int(try row.integer(1)),
            stream: Stream(source: Identifier(try row.text(2)), kind: Identifier(try row.text(3))),
            record: Identifier(try row.text(4)), start: Instant(microseconds: try row.integer(5)),
            digest: try row.bytes(6))
    }

    private mutating func load(_ leaf: Int) -> SealedBatch? {
        guard let row = batches[leaf] else {
            faults.append("index: rows speak of a batch \(leaf) that does not exist")
            return nil
        }
        do {
            let batch = try reader.batch(row)
            if batch.statement.recorded != row.recorded || batch.statement.source != row.source
                || batch.lines.count != row.items
            {
                faults.append("index: the row of batch \(leaf) differs from the log")
            }
            if let saltKey { try checkSalt(batch, saltKey) }
            do {
                try checkMembers(batch, reader.database)
            } catch {
                faults.append("batch \(leaf): \(error)")
            }
            items += batch.lines.count
            for (item, line) in batch.lines.enumerated() {
                guard let fact = line.fact else {
                    erased.append(ErasedItem(leaf: leaf, item: item, hash: line.leafHash))
                    continue
                }
                try track(fact, source: batch.statement.source)
            }
            return batch
        } catch {
            faults.append("batch \(leaf): \(error)")
            return nil
        }
    }

    private mutating func checkSalt(_ batch: SealedBatch, _ saltKey: [UInt8]) throws {
        guard batch.statement.members == nil else { return }
        for line in batch.lines {
            guard let isRight = try line.isSalted(with: saltKey) else { continue }
            if !isRight { saltIsRight = false }
            return
        }
    }

    private mutating func checkMembers(_ batch: SealedBatch, _ database: any Reading) throws {
        let members = batch.statement.members
        if let members, list?.members != members {
            list = (members, try MemberTable.list(members, database))
        }
        guard let saltKey else { return }
        let source = batch.statement.source
        let key = MemberKey(source: source, saltKey: saltKey)
        if let members, key.commitment != members.key {
            saltIsRight = false
            return
        }
        let list = members == nil ? nil : list?.list
        for line in batch.lines {
            guard let fact = line.fact else {
                openNames[source, default: OpenNames()].addErased()
                continue
            }
            let name = key.code(fact.kind, fact.key)
            try list?.require(fact, name: name)
            openNames[source, default: OpenNames()].add(fact, name: name)
        }
        try openNames[source, default: OpenNames()].finish(batch.statement, list)
    }

    private mutating func finish(_ current: (leaf: Int, batch: SealedBatch?)?, _ count: Int) {
        guard let current, let batch = current.batch else { return }
        // Of erased items the index keeps nothing.
        let told = batch.lines.filter { $0.fact != nil }.count
        if told != count { faults.append("index: batch \(current.leaf) has \(told) items but \(count) rows") }
    }

    private mutating func compare(_ row: IndexRow, with batch: SealedBatch) throws {
        guard batch.lines.indices.contains(row.item), let fact = batch.lines[row.item].fact else {
            faults.append("index: batch \(row.batch) has a row for item \(row.item), which it does not hold")
            return
        }
        let digest = try CanonicalFact(fact).indexDigest.bytes
        if row.stream != Stream(source: batch.statement.source, kind: fact.kind) || row.record != fact.key
            || row.start != fact.start || row.digest != digest
        {
            faults.append("index: the row of batch \(row.batch), item \(row.item) is not what the item says")
        }
    }

    // MARK: Derived tables

    /// Follows the open states as the recorder does.
    private mutating func track(_ fact: Fact, source: Identifier) throws {
        guard case .state(let from, nil, _) = fact.shape else { return }
        let key = RecordKey(stream: Stream(source: source, kind: fact.kind), record: fact.key)
        if let known = open[key], from < known.since { return }
        open[key] = OpenState(since: from, digest: try CanonicalFact(fact).valueDigest?.bytes ?? [])
    }

    private mutating func compareOpenStates(_ database: any Reading) throws {
        // What an unreadable batch would have said of open states is not known.
        if !faults.isEmpty { return }
        var stored: [RecordKey: OpenState] = [:]
        try database.query(
            """
            SELECT s.source, s.kind, o.record, o.since, o.value_digest
            FROM open_state o JOIN stream s ON s.id = o.stream
            """
        ) { row in
            let stream = Stream(source: Identifier(try row.text(0)), kind: Identifier(try row.text(1)))
            stored[RecordKey(stream: stream, record: Identifier(try row.text(2)))] = OpenState(
                since: Instant(microseconds: try row.integer(3)), digest: try row.bytes(4))
        }
        if stored != open {
            let wrong = Set(stored.keys).union(open.keys).filter { stored[$0] != open[$0] }.count
            faults.append("index: \(wrong) open states are not what the items say")
        }
    }

    private mutating func compareSetAside(_ database: any Reading) throws {
        var stored: [Int: Int] = [:]
        try database.query("SELECT batch, count(*) FROM set_aside GROUP BY batch") {
            stored[Int(try $0.integer(0))] = Int(try $0.integer(1))
        }
        for leaf in batches.keys.sorted() {
            // An entry that cannot be read is a fault of the log, which is checked apart.
            guard let entry = try? reader.statement(leaf) else { continue }
            let expected = min(entry.counts.setAside, BatchRecorder.setAsideLimit)
            if stored[leaf, default: 0] != expected {
                faults.append(
                    "index: batch \(leaf) lists \(stored[leaf, default: 0]) records set aside, not \(expected)"
                )
            }
        }
    }
}
