import Evidence
import Formats
import Ledger

/// Whether what tombstones say of kinds agrees with what is told on either side of what is gone: a population stands in
/// the order of kinds, so that its neighbours bound the kind of an erased item. Holds go by kinds.
struct ErasedKinds {
    private struct Tombstone {
        let kind: Identifier
        /// The holds on one kind that stood then.
        let holds: [(leaf: Int, hold: HoldStatement)]
    }

    private struct Gap {
        let item: ErasedItem
        /// The entry that says that it was erased.
        let entry: Int
        let low: Identifier?

        /// Whether an item of this kind may stand there.
        func mayHold(_ kind: Identifier, high: Identifier?) -> Bool {
            if let low, kind < low { return false }
            if let high, high < kind { return false }
            return true
        }
    }

    private var register = HoldRegister()
    private var tombstones: [Int: Tombstone] = [:]
    /// Items of the present batch behind which no fact has been told yet.
    private var waiting: [Gap] = []
    /// How many items may have been of another kind than is stated.
    private var open = 0
    /// The holds that may have covered some of those, by the entries that placed them.
    private var holds: [Int: Identifier] = [:]
    /// What the first tombstone says that cannot be; nil when none does.
    private(set) var fault: String?

    /// Takes in the next entry that tells of an erasure or a hold.
    mutating func add(_ statement: Statement, leaf: Int) {
        register.add(statement, leaf: leaf)
        guard let erasure = ErasureStatement(statement) else { return }
        tombstones[leaf] = Tombstone(
            kind: erasure.kind, holds: register.standing.values.filter { $0.hold.kind != nil })
    }

    /// Takes in the next items of a batch.
    ///
    /// - Parameters:
    ///   - first: so many came before.
    ///   - kind: of the last fact among those; nil when there is none.
    mutating func add(
        _ found: PackagedItems, leaf: Int, first: Int, behind kind: Identifier?, _ erased: Tombstones
    ) {
        if let next = found.firstKind { settle(before: next) }
        for gone in found.erased {
            let item = ErasedItem(leaf: leaf, item: first + gone.place, hash: gone.hash)
            guard let entry = erased.leaf(of: item) else { continue }
            let gap = Gap(item: item, entry: entry, low: gone.before ?? kind)
            if let after = gone.after { settle(gap, before: after) } else { waiting.append(gap) }
        }
    }

    mutating func endBatch() { settle(before: nil) }

    private mutating func settle(before kind: Identifier?) {
        for gap in waiting { settle(gap, before: kind) }
        waiting.removeAll()
    }

    private mutating func settle(_ gap: Gap, before high: Identifier?) {
        guard let tombstone = tombstones[gap.entry] else { return }
        guard gap.mayHold(tombstone.kind, high: high) else {
            let what =
                "item \(gap.item.item + 1) of batch \(gap.item.leaf), which log entry \(gap.entry) says was of "
                + "\(tombstone.kind), stands \(Self.place(gap.low, high))"
            fault = fault ?? what
            return
        }
        if gap.low != nil, gap.low == high { return }
        open += 1
        for (leaf, hold) in tombstone.holds {
            if let kind = hold.kind, gap.mayHold(kind, high: high) { holds[leaf] = hold.name }
        }
    }

    private static func place(_ low: Identifier?, _ high: Identifier?) -> String {
        switch (low, high) {
        case (let low?, let high?): "between items of \(low) and \(high)"
        case (let low?, nil): "behind an item of \(low)"
        case (nil, let high?): "in front of an item of \(high)"
        case (nil, nil): "alone"
        }
    }

    /// What is to be said of items whose kind rests on the word of their tombstone; empty when there are none.
    var remark: String {
        if open == 0 { return "" }
        let told = "; of \(open), only the entry that erased them says of which kind they were"
        if holds.isEmpty { return told }
        let names = holds.sorted { $0.key < $1.key }.prefix(Self.limit)
            .map { "\($0.value) (log entry \($0.key))" }
        return "\(told), and by their place these legal holds may have covered them: "
            + names.joined(separator: ", ") + (holds.count > Self.limit ? ", …" : "")
    }

    /// Most holds that are named.
    private static let limit = 5
}
