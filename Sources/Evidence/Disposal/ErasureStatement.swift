package import Formats
package import Ledger

/// One item of a population that is no longer there.
package struct ErasedItem: Sendable, Hashable, Comparable {
    /// Of the batch.
    package let leaf: Int
    package let item: Int
    /// Leaf hash of the item in its population.
    package let hash: Digest

    package init(leaf: Int, item: Int, hash: Digest) {
        self.leaf = leaf
        self.item = item
        self.hash = hash
    }

    package static func < (left: ErasedItem, right: ErasedItem) -> Bool {
        (left.leaf, left.item) < (right.leaf, right.item)
    }
}

/// The tombstone of a record: who had it erased, why, and which items are gone (`docs/proof.md`). Of what they said, only
/// salted hashes are left, and the salts are gone with them.
package struct ErasureStatement: Sendable, Hashable {
    package static let predicateType: Identifier = "urn:assay:erasure:1"
    /// Most items of one statement: an entry of the log has at most 65,535 bytes.
    package static let itemLimit = 300

    package let recorded: Instant
    package let kind: Identifier
    /// Who asked for it; a role or an account, not a private person.
    package let by: String
    package let reason: String
    /// The legal basis, such as "GDPR Art. 17(1)(a)".
    package let basis: String
    /// Until when the record had to be kept; erased earlier, the basis must carry it.
    package let retainedUntil: Instant
    /// In the order of the log.
    package let items: [ErasedItem]

    package init(
        recorded: Instant, kind: Identifier, by: String, reason: String, basis: String,
        retainedUntil: Instant,
        items: [ErasedItem]
    ) {
        self.recorded = recorded
        self.kind = kind
        self.by = by
        self.reason = reason
        self.basis = basis
        self.retainedUntil = retainedUntil
        self.items = items
    }

    package var statement: Statement {
        let predicate = JSONObject([
            .init(name: "recorded", value: .string(recorded.description)),
            .init(name: "kind", value: .string(kind.text)), .init(name: "by", value: .string(by)),
            .init(name: "reason", value: .string(reason)), .init(name: "basis", value: .string(basis)),
            .init(name: "retainedUntil", value: .string(retainedUntil.description)),
            .init(
                name: "items",
                value: .array(
                    items.map { item in
                        .object([
                            ("leaf", .integer(Int64(item.leaf))), ("item", .integer(Int64(item.item))),
                            ("hash", .string(item.hash.hex)),
                        ])
                    })),
        ])
        var tree = MerkleAccumulator()
        for item in items { tree.append(item.hash) }
        return Statement(
            subjects: [.init(name: "erased", digest: tree.root)], predicateType: Self.predicateType,
            predicate: predicate)
    }

    /// Reads a statement; nil when it is of another type or lacks a part.
    package init?(_ statement: Statement) {
        let json = JSON.object(statement.predicate)
        guard statement.predicateType == Self.predicateType,
            let recorded = json["recorded"]?.string.flatMap({ Instant($0) }), let kind = json["kind"]?.string,
            let by = json["by"]?.string, let reason = json["reason"]?.string,
            let basis = json["basis"]?.string,
            let until = json["retainedUntil"]?.string.flatMap({ Instant($0) }),
            let list = json["items"]?.array
        else { return nil }
        var items: [ErasedItem] = []
        for entry in list {
            guard let leaf = entry["leaf"]?.integer, let item = entry["item"]?.integer,
                let hash = entry["hash"]?.string.flatMap({ Digest(hex: $0) })
            else { return nil }
            items.append(ErasedItem(leaf: Int(leaf), item: Int(item), hash: hash))
        }
        self.init(
            recorded: recorded, kind: Identifier(kind), by: by, reason: reason, basis: basis,
            retainedUntil: until, items: items)
    }
}

/// An erasure with its place in the log.
package struct LoggedErasure: Sendable, Hashable {
    package let leaf: Int
    package let statement: ErasureStatement
    /// Until when it had to be kept: by its own word, and never less than the law's floor from when the newest of its items
    /// went on record, whatever it says.
    package let keptUntil: Instant

    /// Erased although it still had to be kept.
    package var isEarly: Bool { statement.recorded < keptUntil }

    /// Nil when the entry is of another type.
    ///
    /// - Parameter recorded: when the entry of a batch says that it was recorded; nil where it does not.
    package init?(
        _ statement: Statement, leaf: Int, recorded: (_ batch: Int) throws -> Instant?
    ) rethrows {
        guard let statement = ErasureStatement(statement) else { return nil }
        self.leaf = leaf
        self.statement = statement
        var until = statement.retainedUntil
        // Times never decrease along the log.
        let newest = statement.items.map(\.leaf).filter { $0 < leaf }.max()
        if let newest, let known = try recorded(newest) { until = max(until, Retention.floor(from: known)) }
        keptUntil = until
    }
}

/// What a log says was erased: which entry speaks of which item.
package struct Tombstones: Sendable {
    private var leaves: [ErasedItem: Int] = [:]

    package init() {}

    /// Takes in an entry that may be an erasure. What comes behind it was not there to be erased, and is not excused.
    package mutating func add(_ statement: Statement, leaf: Int) {
        for item in ErasureStatement(statement)?.items ?? [] where item.leaf < leaf { leaves[item] = leaf }
    }

    package var isEmpty: Bool { leaves.isEmpty }

    /// How many items were erased.
    package var count: Int { leaves.count }

    /// Everything that was erased, in the order of the log.
    package var all: [ErasedItem] { leaves.keys.sorted() }

    /// The entry that tells of the erasure; nil when none does.
    package func leaf(of item: ErasedItem) -> Int? { leaves[item] }

    /// Items that were erased from a batch, and by which entry.
    package func items(ofBatch leaf: Int) -> [(item: ErasedItem, tombstone: Int)] {
        leaves.filter { $0.key.leaf == leaf }.map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 }
    }
}
