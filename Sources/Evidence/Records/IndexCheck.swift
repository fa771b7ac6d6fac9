import Formats
import Ledger
package import Storage

/// Compares the evidence tables, row by row, with the payloads that the log proves.
///
/// Rows and items come in one order, and no batch is in memory as a whole. What grows with the evidence is what is known
/// of open records, and the names in one batch's list.
package struct IndexCheck {
    /// Items that were compared.
    package private(set) var items = 0
    /// What is wrong, in the order in which it was found.
    package private(set) var faults: [IndexFault] = []
    /// Whether what comes from the workspace's secret does: the names of records, and in batches of the former type the
    /// salt of the first item that can show it.
    package var saltIsRight: Bool { names.saltIsRight && isSalted }
    /// The entries that the rows of batches name.
    package private(set) var leaves: [Int] = []
    /// Items of which nothing is left but their hash.
    package private(set) var erased: [ErasedItem] = []

    private let saltKey: [UInt8]?
    private let reader: EvidenceReader
    private var names: MemberFollowing
    private var open = OpenStates()
    private var snapshots = TakenSnapshots()
    private var told = ToldRows()
    private var isSalted = true
    /// Whether some batch of the log could not be read: what it would have said of the derived tables is not known.
    private var isPartial = false
    /// The batches that no row has spoken of yet.
    private var waiting: ArraySlice<ListedBatch> = []

    /// The batch of the rows that come now.
    private struct Present {
        let leaf: Int
        /// Nil when it cannot be read.
        var batch: IndexedBatch?
        var last = -1
        var rows = 0
        /// What is wrong with the rows whatever the items say.
        var repeated: [IndexFault.Reason] = []
    }

    /// - Parameter saltKey: the workspace's; nil when it is not known.
    package init(_ reader: EvidenceReader, saltKey: [UInt8]? = nil) {
        self.reader = reader
        self.saltKey = saltKey
        names = MemberFollowing(saltKey: saltKey)
    }

    /// Reads every payload once, in log order, beside the index rows that speak of it.
    package mutating func run(
        _ database: any Reading, progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) throws {
        let rows = try EvidenceTables.listed(database) {
            faults.append(.index(.unreadableBatch($0)))
        }
        leaves = rows.map(\.leaf)
        waiting = rows[...]
        let firstLeaf = try StretchTable.firstLeaf(database)
        open = OpenStates(stretchesFrom: firstLeaf)
        snapshots = TakenSnapshots(from: firstLeaf)
        var present: Present?
        var unreadable = 0
        try IndexRow.forEach(database, unreadable: { _ in unreadable += 1 }) { row in
            if present?.leaf != row.batch {
                end(present)
                passOver(before: row.batch)
                present = begin(row.batch)
                progress(rows.count - waiting.count, rows.count)
            }
            if var next = present {
                // Else it would be copied.
                present = nil
                take(row, into: &next)
                present = next
            }
        }
        end(present)
        passOver(before: .max)
        if unreadable > 0 { faults.append(.index(.unreadableFacts(rows: unreadable))) }
        try compareDerived(database)
    }

    // MARK: Batches

    /// Reads the batches without a single row that stand before another one: right for those without items.
    private mutating func passOver(before leaf: Int) {
        while let row = waiting.first, row.leaf < leaf { end(begin(row.leaf)) }
    }

    private mutating func begin(_ leaf: Int) -> Present {
        guard let listed = waiting.first, listed.leaf == leaf else {
            faults.append(.index(.noBatch(leaf)))
            passOver(entry: leaf)
            return Present(leaf: leaf)
        }
        waiting.removeFirst()
        let row: BatchRow
        do {
            row = try listed.row.get()
        } catch {
            faults.append(.index(.unreadableRow(batch: leaf, error)))
            passOver(entry: leaf)
            return Present(leaf: leaf)
        }
        do {
            return Present(leaf: leaf, batch: try opened(row))
        } catch {
            drop(row.source)
            faults.append(.batch(leaf, error))
            return Present(leaf: leaf)
        }
    }

    /// Goes on behind an entry without a row that leads to its payload: only if it is a batch, something is missed.
    private mutating func passOver(entry leaf: Int) {
        if let source = try? reader.statement(leaf)?.source { drop(source) }
    }

    /// Goes on behind a batch that could not be read.
    private mutating func drop(_ source: Identifier) {
        names.drop(source)
        isPartial = true
    }

    private mutating func opened(_ row: BatchRow) throws -> IndexedBatch {
        let batch = try reader.opened(row)
        told.add(batch.statement)
        let key = names.begin(batch.statement, reader.database)
        let source = batch.statement.source
        if let saltKey, batch.statement.members == nil {
            return IndexedBatch(batch, try saltedItems(of: batch, key, saltKey))
        }
        let items = try BatchItems(of: batch, in: reader, as: .indexed) { lines in
            var naming = key.map { MemberNaming($0) }
            return lines.map { IndexedItem($0, source: source, &naming) }
        }
        return IndexedBatch(batch, items)
    }

    /// The items of a batch of the former type, whose salts come from the workspace's secret.
    private func saltedItems(
        of batch: OpenedBatch, _ key: MemberKey?, _ saltKey: [UInt8]
    ) throws -> BatchItems<IndexedItem> {
        let source = batch.statement.source
        return try BatchItems(of: batch, in: reader, as: .lines) { lines in
            var naming = key.map { MemberNaming($0) }
            var salt: [UInt8]? = saltKey
            return try lines.map { line in
                // Of a stretch, the first item that can show it.
                let isSalted = try salt.flatMap { try line.isSalted(with: $0) }
                if isSalted != nil { salt = nil }
                return IndexedItem(
                    try IndexedLine(line), source: source, &naming, isSalted: isSalted)
            }
        }
    }

    private mutating func take(_ row: IndexRow, into present: inout Present) {
        if row.item <= present.last {
            present.repeated.append(.twoRows(batch: row.batch, item: row.item))
        }
        present.last = row.item
        present.rows += 1
        if (try? row.isNumbered(reader.database)) != true {
            present.repeated.append(.revision(batch: row.batch, item: row.item, row.revision))
        }
        read(&present) { try $0.compare(row, $1) }
    }

    /// Ends a batch: now its items are proven, or it is known that they cannot be.
    private mutating func end(_ ended: Present?) {
        guard var present = ended else { return }
        read(&present) { try $0.finish($1) }
        if let batch = present.batch {
            let (row, statement) = (batch.batch.row, batch.batch.statement)
            if statement.recorded != row.recorded || statement.source != row.source
                || statement.series.sequence != row.sequence || batch.count != row.items
            {
                faults.append(.index(.otherBatch(batch.batch.leaf)))
            }
            snapshots.add(statement, leaf: batch.batch.leaf)
            if let fault = names.end(statement) {
                faults.append(.index(.members(batch: batch.batch.leaf, fault)))
            }
            if !batch.isSalted { isSalted = false }
            items += batch.count
            erased += batch.erased
            faults += batch.faults.map(IndexFault.index)
            // Of erased items the index keeps nothing.
            if batch.told != present.rows {
                faults.append(
                    .index(.count(batch: batch.batch.leaf, items: batch.told, rows: present.rows)))
            }
        }
        faults += present.repeated.map(IndexFault.index)
    }

    /// Goes on in a batch, unless it cannot be read.
    private mutating func read(
        _ present: inout Present,
        _ body: (inout IndexedBatch, (IndexedItem) throws -> Void) throws -> Void
    ) {
        guard var batch = present.batch else { return }
        // Else it would be copied.
        present.batch = nil
        let (leaf, statement) = (batch.batch.leaf, batch.batch.statement)
        do {
            try body(&batch) { item in
                names.take(item, of: statement.source)
                open.add(item, leaf: leaf)
                told.add(item, of: statement.source)
            }
            present.batch = batch
        } catch {
            drop(statement.source)
            faults.append(.batch(leaf, error))
        }
    }

    // MARK: Derived tables

    private mutating func compareDerived(_ database: any Reading) throws {
        if !isPartial {
            let wrong = try open.differences(database)
            if wrong > 0 { faults.append(.index(.openStates(wrong))) }
            let others = try snapshots.differences(database)
            if others > 0 { faults.append(.index(.snapshots(others))) }
            faults += try told.faults(database).map(IndexFault.index)
        }
        let tellings = try StretchTable.tellings(database)
        if tellings != 1 { faults.append(.index(.stretchBeginnings(tellings))) }
        try compareSetAside(database)
    }

    private mutating func compareSetAside(_ database: any Reading) throws {
        var stored: [Int: Int] = [:]
        try database.query("SELECT batch, count(*) FROM set_aside GROUP BY batch") {
            stored[Int(try $0.integer(0))] = Int(try $0.integer(1))
        }
        for leaf in leaves {
            // An entry that cannot be read is a fault of the log, which is checked apart.
            guard let entry = try? reader.statement(leaf) else { continue }
            let expected = min(entry.counts.setAside, BatchRecorder.setAsideLimit)
            let listed = stored[leaf, default: 0]
            if listed != expected {
                faults.append(.index(.setAside(batch: leaf, listed: listed, expected: expected)))
            }
        }
    }
}
