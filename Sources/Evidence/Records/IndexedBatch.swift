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

    /// The facts of one kind from one source.
    struct Stream: Sendable {
        let source: Identifier
        let kind: Identifier
    }

    /// Hands over all rows.
    static func forEach(_ database: any Reading, _ body: (IndexRow) throws -> Void) throws {
        var streams: [Int64: Stream] = [:]
        try database.query("SELECT id, source, kind FROM stream") {
            streams[try $0.integer(0)] = Stream(
                source: Identifier(try $0.text(1)), kind: Identifier(try $0.text(2)))
        }
        // A join would make the names of a stream anew for each row.
        try database.query(
            "SELECT batch, item, stream, record, start, digest FROM fact ORDER BY batch, item"
        ) { row in
            try body(
                IndexRow(
                    batch: Int(try row.integer(0)), item: Int(try row.integer(1)),
                    stream: streams[try row.integer(2)], record: Identifier(try row.text(3)),
                    start: Instant(microseconds: try row.integer(4)),
                    digest: try row.withBytes(5) { HalfDigest($0) }))
        }
    }

    /// Whether it is what this item calls for.
    func fits(_ item: IndexedItem, _ fact: FactOutline, of source: Identifier) -> Bool {
        stream?.source == source && stream?.kind == fact.kind && record == fact.key
            && start == fact.span.start && digest != nil && digest == item.digest
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
    private(set) var faults: [String] = []

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
            faults.append("index: batch \(batch.leaf) has a row for item \(row.item), which it does not hold")
            return
        }
        if !row.fits(item, fact, of: batch.statement.source) {
            faults.append(
                "index: the row of batch \(batch.leaf), item \(row.item) is not what the item says")
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
