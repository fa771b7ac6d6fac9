import Formats
import Ledger
import Storage

/// What the index must say of one item, as far as the item's line alone tells.
struct IndexedItem: Sendable {
    /// Nil where the record was erased.
    let fact: Fact?
    let leafHash: Digest
    /// Of the fact's canonical form.
    let digest: HalfDigest?
    /// Of an open state: the record that it is about, and its value unless that has ceased to exist.
    let open: (record: HalfDigest, value: HalfDigest?)?
    /// The record's name among the members.
    let name: Digest?
    /// Whether its salt comes from the workspace's secret, where that was asked and can be told.
    let isSalted: Bool?

    init(
        _ line: PayloadLine, source: Identifier, _ naming: inout MemberNaming?, isSalted: Bool?
    ) throws {
        self.isSalted = isSalted
        leafHash = line.leafHash
        fact = line.fact
        guard let fact = line.fact else {
            (digest, open, name) = (nil, nil, nil)
            return
        }
        let canonical = try CanonicalFact(fact)
        digest = canonical.indexDigest
        open =
            fact.isOpenState
            ? (OpenStates.record(source, fact.kind, fact.key), canonical.valueDigest) : nil
        name = naming?.code(fact.kind, fact.key)
    }
}

/// A row of the index in the order of the log.
struct IndexRow {
    let batch: Int
    let item: Int
    let source: Identifier
    let kind: Identifier
    let record: Identifier
    let start: Instant
    let digest: HalfDigest?

    static let query = """
        SELECT f.batch, f.item, s.source, s.kind, f.record, f.start, f.digest
        FROM fact f JOIN stream s ON s.id = f.stream ORDER BY f.batch, f.item
        """

    init(_ row: any Row) throws {
        batch = Int(try row.integer(0))
        item = Int(try row.integer(1))
        source = Identifier(try row.text(2))
        kind = Identifier(try row.text(3))
        record = Identifier(try row.text(4))
        start = Instant(microseconds: try row.integer(5))
        digest = try row.withBytes(6) { HalfDigest($0) }
    }

    /// Whether it is what this item calls for.
    func fits(_ item: IndexedItem, _ fact: Fact, of source: Identifier) -> Bool {
        self.source == source && kind == fact.kind && record == fact.key && start == fact.start
            && digest != nil && digest == item.digest
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
