import Formats
import Ledger
import Storage

/// What the index must say of one item, as far as the item's line alone tells.
struct IndexedItem: Sendable {
    /// Nil where the record was erased.
    let fact: FactOutline?
    let leafHash: Digest
    /// Of the fact's canonical form.
    let digest: HalfDigest?
    /// Of a state: the record that it is about; of an open one its value too, unless that has ceased to exist.
    let state: (record: HalfDigest, value: HalfDigest?)?
    /// The record's name among the members.
    let name: Digest?
    /// Whether its salt comes from the workspace's secret, where that was asked and can be told.
    let isSalted: Bool?

    init(
        _ line: IndexedLine, source: Identifier, _ naming: inout MemberNaming?, isSalted: Bool? = nil
    ) {
        self.isSalted = isSalted
        leafHash = line.outline.leafHash
        fact = line.outline.fact
        digest = line.digest
        state = fact.flatMap {
            guard case .state = $0.span else { return nil }
            return (OpenStates.record(source, $0.kind, $0.key), line.value)
        }
        name = fact.flatMap { naming?.code($0.kind, $0.key) }
    }
}

/// A row of the index in the order of the log.
struct IndexRow {
    let batch: Int
    let item: Int
    /// Nil when it is not on file.
    let stream: Stream?
    let record: Identifier
    let start: Instant
    let digest: HalfDigest?
    /// The number of the stream, whether that is on file or not.
    let streamID: Int64
    /// How often the same was said of the same time before, and something else since.
    let revision: Int64

    /// The facts of one kind from one source.
    struct Stream: Sendable, Hashable {
        let source: Identifier
        let kind: Identifier
    }

    /// Hands over all rows.
    ///
    /// - Parameter unreadable: is told of each row that cannot be read; it hides none of the others.
    static func forEach(
        _ database: any Reading, unreadable: (any Error) -> Void, _ body: (IndexRow) throws -> Void
    ) throws {
        var streams: [Int64: Stream] = [:]
        try database.query("SELECT id, source, kind FROM stream") {
            streams[try $0.integer(0)] = Stream(
                source: Identifier(try $0.text(1)), kind: Identifier(try $0.text(2)))
        }
        // A join would make the names of a stream anew for each row.
        try database.query(
            "SELECT batch, item, stream, record, start, digest, revision FROM fact ORDER BY batch, item"
        ) { row in
            let found: IndexRow
            do {
                found = try IndexRow(row, of: streams)
            } catch {
                unreadable(error)
                return
            }
            try body(found)
        }
    }

    /// Whether the revision is one more than that of the row that says the same and came before it. Only what came back is
    /// looked up, which is rare; all others have none.
    func isNumbered(_ database: any Reading) throws -> Bool {
        if revision == 0 { return true }
        // Another digest than any fact has is told already.
        guard let digest else { return true }
        guard revision > 0 else { return false }
        let before = try database.first(
            """
            SELECT batch, item FROM fact
            WHERE stream = $1 AND record = $2 AND start = $3 AND digest = $4 AND revision = $5
            """,
            [
                .integer(streamID), .text(record.text), .integer(start.microseconds), .bytes(digest.bytes),
                .integer(revision - 1),
            ]
        ) { (batch: Int(try $0.integer(0)), item: Int(try $0.integer(1))) }
        guard let before else { return false }
        return (before.batch, before.item) < (batch, item)
    }

    /// Whether it is what this item calls for.
    func fits(_ item: IndexedItem, _ fact: FactOutline, of source: Identifier) -> Bool {
        stream?.source == source && stream?.kind == fact.kind && record == fact.key
            && start == fact.span.start && digest != nil && digest == item.digest
    }
}

extension IndexRow {
    private init(_ row: any Row, of streams: [Int64: Stream]) throws {
        streamID = try row.integer(2)
        stream = streams[streamID]
        batch = Int(try row.integer(0))
        item = Int(try row.integer(1))
        record = Identifier(try row.text(3))
        start = Instant(microseconds: try row.integer(4))
        digest = try row.withBytes(5) { HalfDigest($0) }
        revision = try row.integer(6)
    }
}

/// A batch on its way through the check of the index: its items are pulled as the rows that speak of them come.
struct IndexedBatch {
    let batch: OpenedBatch
    private var items: BatchItems<IndexedItem>
    private var item: IndexedItem?
    /// Of the item.
    private var place = -1
    /// Items that tell a fact.
    private(set) var told = 0
    private(set) var erased: [ErasedItem] = []
    private(set) var isSalted = true
    /// What is wrong with rows, if the items are proven.
    private(set) var faults: [IndexFault.Reason] = []

    init(_ batch: OpenedBatch, _ items: BatchItems<IndexedItem>) {
        self.batch = batch
        self.items = items
    }

    /// Items so far.
    var count: Int { place + 1 }

    /// Compares a row with the item that it speaks of.
    ///
    /// - Parameter visit: sees each item on the way, once.
    mutating func compare(_ row: IndexRow, _ visit: (IndexedItem) throws -> Void) throws {
        try advance(to: row.item, visit)
        guard place == row.item, let item, let fact = item.fact else {
            faults.append(.noItem(batch: batch.leaf, item: row.item))
            return
        }
        if !row.fits(item, fact, of: batch.statement.source) {
            faults.append(.otherItem(batch: batch.leaf, item: row.item))
        }
    }

    /// Pulls the items that no row spoke of; when it returns, all are proven.
    mutating func finish(_ visit: (IndexedItem) throws -> Void) throws {
        try advance(to: .max, visit)
    }

    private mutating func advance(to end: Int, _ visit: (IndexedItem) throws -> Void) throws {
        while place < end, let next = try items.next() {
            place += 1
            item = next
            if next.isSalted == false { isSalted = false }
            if next.fact == nil {
                erased.append(ErasedItem(leaf: batch.leaf, item: place, hash: next.leafHash))
            } else {
                told += 1
            }
            try visit(next)
        }
    }
}
