import Formats
import Ledger
import Storage

@testable import Evidence

/// The check of the index in plain words: each batch is opened whole, beside all rows that speak of it.
struct WholeIndexCheck {
    private(set) var items = 0
    private(set) var faults: [String] = []
    private(set) var erased: [ErasedItem] = []
    private(set) var saltIsRight = true

    private struct Record: Hashable {
        let source: Identifier
        let kind: Identifier
        let key: Identifier
    }

    private struct OpenState: Equatable {
        let since: Instant
        let value: [UInt8]
    }

    private let reader: EvidenceReader
    private let saltKey: [UInt8]
    private var open: [Record: OpenState] = [:]
    private var stretches: [Record: [Instant: Instant]] = [:]
    private var names: [Identifier: OpenNames] = [:]
    private var isPartial = false
    private var streams: Set<String> = []
    private var roots: Set<String> = []
    private var erasedSources: Set<String> = []

    init(_ reader: EvidenceReader, saltKey: [UInt8]) throws {
        self.reader = reader
        self.saltKey = saltKey
        var rows: [IndexRow] = []
        try IndexRow.forEach(reader.database, unreadable: { _ in }) { rows.append($0) }
        let ofBatches = Dictionary(grouping: rows, by: \.batch)
        let batches = try EvidenceTables.batches(reader.database)
        for batch in batches { try check(batch, ofBatches[batch.leaf] ?? []) }
        for rows in ofBatches.values {
            for (row, next) in zip(rows, rows.dropFirst()) where row.item == next.item {
                faults.append("index: batch \(row.batch) has two rows for item \(row.item + 1)")
            }
        }
        for leaf in Set(ofBatches.keys).subtracting(batches.map(\.leaf)) {
            faults.append("index: rows speak of a batch \(leaf) that does not exist")
        }
        for row in rows where row.revision != 0 && row.digest != nil {
            let same = rows.filter { other in
                other.streamID == row.streamID && other.record == row.record && other.start == row.start
                    && other.digest == row.digest
            }
            let earlier = same.filter { ($0.batch, $0.item) < (row.batch, row.item) }
            if earlier.contains(where: { $0.revision == row.revision - 1 }) { continue }
            faults.append(
                "index: the row of batch \(row.batch), item \(row.item + 1) has the revision \(row.revision), "
                    + "which follows none")
        }
        if !isPartial {
            try compareOpenStates()
            try compareSnapshots()
            try compareTold()
        }
        let tellings = try reader.database.integer("SELECT count(*) FROM stretch_from") ?? 0
        if tellings != 1 {
            faults.append(
                "index: since which batch stretches are on file is told \(tellings) times, not once")
        }
        for batch in batches {
            let stored = try reader.database.integer(
                "SELECT count(*) FROM set_aside WHERE batch = $1", [.integer(Int64(batch.leaf))])
            guard let counts = try? reader.statement(batch.leaf)?.counts else { continue }
            if stored != Int64(counts.setAside) {
                faults.append(
                    "index: batch \(batch.leaf) lists \(stored ?? 0) records set aside, not \(counts.setAside)"
                )
            }
        }
    }

    private mutating func check(_ row: BatchRow, _ rows: [IndexRow]) throws {
        let batch: SealedBatch
        do {
            batch = try reader.batch(row)
        } catch {
            faults.append("batch \(row.leaf): \(error)")
            isPartial = true
            names[(try? reader.opened(row))?.statement.source ?? row.source] = nil
            return
        }
        if batch.statement.recorded != row.recorded || batch.statement.source != row.source
            || batch.statement.series.sequence != row.sequence || batch.lines.count != row.items
        {
            faults.append("index: the row of batch \(row.leaf) differs from the log")
        }
        do {
            try checkNames(batch)
        } catch {
            faults.append("index: batch \(row.leaf): \(error)")
        }
        items += batch.lines.count
        let statement = batch.statement
        let kinds = statement.kinds + statement.failures.compactMap(\.kind)
        streams.formUnion((kinds + batch.lines.compactMap(\.fact?.kind)).map { "\(statement.source) \($0)" })
        if let members = statement.members { roots.insert(members.root.hex) }
        if batch.lines.contains(where: { $0.fact == nil }) { erasedSources.insert(statement.source.text) }
        for (item, line) in batch.lines.enumerated() {
            guard let fact = line.fact else {
                erased.append(ErasedItem(leaf: row.leaf, item: item, hash: line.leafHash))
                continue
            }
            try track(fact, source: batch.statement.source)
        }
        for row in rows { try compare(row, batch) }
        let told = batch.lines.count { $0.fact != nil }
        if told != rows.count {
            faults.append("index: batch \(row.leaf) has \(told) items but \(rows.count) rows")
        }
    }

    private mutating func checkNames(_ batch: SealedBatch) throws {
        let source = batch.statement.source
        let list = try batch.statement.members.map { try MemberTable.list($0, reader.database) }
        let key = MemberKey(source: source, saltKey: saltKey)
        if let members = batch.statement.members, key.commitment != members.key {
            saltIsRight = false
            return
        }
        var known = names[source] ?? OpenNames()
        defer { names[source] = known }
        var unlisted: MemberError?
        for line in batch.lines {
            guard let fact = line.fact else {
                known.addErased()
                continue
            }
            let name = key.code(fact.kind, fact.key)
            known.add(fact.outline, name: name)
            do {
                if unlisted == nil { try list?.require(fact.outline, name: name) }
            } catch {
                unlisted = error
            }
        }
        try known.finish(batch.statement, unlisted == nil ? list : nil)
        if let unlisted { throw unlisted }
    }

    private mutating func compare(_ row: IndexRow, _ batch: SealedBatch) throws {
        guard batch.lines.indices.contains(row.item), let fact = batch.lines[row.item].fact else {
            faults.append(
                "index: batch \(row.batch) has a row for item \(row.item + 1), which it does not hold")
            return
        }
        let digest = try CanonicalFact(fact).indexDigest
        if row.stream?.source != batch.statement.source || row.stream?.kind != fact.kind
            || row.record != fact.key
            || row.start != fact.start || row.digest != digest
        {
            faults.append(
                "index: the row of batch \(row.batch), item \(row.item + 1) is not what the item says")
        }
    }

    private mutating func track(_ fact: Fact, source: Identifier) throws {
        guard case .state(let from, let to, _) = fact.shape else { return }
        let record = Record(source: source, kind: fact.kind, key: fact.key)
        if let to {
            let known = stretches[record]?[from]
            stretches[record, default: [:]][from] = max(known ?? to, to)
            return
        }
        if let known = open[record], from < known.since { return }
        open[record] = OpenState(since: from, value: try CanonicalFact(fact).valueDigest?.bytes ?? [])
        stretches[record] = stretches[record]?.filter { $0.key > from }
    }

    private mutating func compareSnapshots() throws {
        var stored: Set<String> = []
        try reader.database.query(
            "SELECT s.source, s.kind, t.taken FROM snapshot t JOIN stream s ON s.id = t.stream"
        ) { stored.insert("\(try $0.text(0)) \(try $0.text(1)) \(try $0.integer(2))") }
        var told: Set<String> = []
        for row in try EvidenceTables.batches(reader.database) {
            guard let batch = try reader.statement(row.leaf) else { continue }
            for kind in batch.wholeKinds {
                told.insert("\(batch.source) \(kind) \(batch.started.microseconds)")
            }
        }
        let wrong = stored.symmetricDifference(told).count
        if wrong > 0 { faults.append("index: \(wrong) snapshots are not those of the log") }
    }

    private mutating func compareTold() throws {
        var (others, strays) = (0, 0)
        try reader.database.query("SELECT source, kind FROM stream") { row in
            let (source, kind) = (try row.text(0), try row.text(1))
            if !streams.contains("\(source) \(kind)"), !erasedSources.contains(source) { others += 1 }
        }
        try reader.database.query("SELECT root FROM member_list") { row in
            if !roots.contains(try row.text(0)) { strays += 1 }
        }
        if others > 0 { faults.append("index: \(others) streams are of no batch") }
        if strays > 0 { faults.append("index: \(strays) lists of members are of no batch") }
    }

    private mutating func compareOpenStates() throws {
        var stored: [Record: OpenState] = [:]
        try reader.database.query(
            """
            SELECT s.source, s.kind, o.record, o.since, o.value_digest
            FROM open_state o JOIN stream s ON s.id = o.stream
            """
        ) { row in
            let record = Record(
                source: Identifier(try row.text(0)), kind: Identifier(try row.text(1)),
                key: Identifier(try row.text(2)))
            stored[record] = OpenState(
                since: Instant(microseconds: try row.integer(3)), value: try row.bytes(4))
        }
        var wrong = Set(stored.keys).union(open.keys).filter { stored[$0] != open[$0] }.count
        var storedStretches: [Record: [Instant: Instant]] = [:]
        try reader.database.query(
            "SELECT s.source, s.kind, t.record, t.start, t.until FROM stretch t JOIN stream s ON s.id = t.stream"
        ) { row in
            let record = Record(
                source: Identifier(try row.text(0)), kind: Identifier(try row.text(1)),
                key: Identifier(try row.text(2)))
            let (start, end) = (try row.integer(3), try row.integer(4))
            storedStretches[record, default: [:]][Instant(microseconds: start)] = Instant(microseconds: end)
        }
        for record in Set(storedStretches.keys).union(stretches.keys) {
            let (stored, told) = (storedStretches[record] ?? [:], stretches[record] ?? [:])
            wrong += stored.filter { told[$0.key] != $0.value }.count
            wrong += told.filter { stored[$0.key] != $0.value }.count
        }
        if wrong > 0 { faults.append("index: \(wrong) open states are not what the items say") }
    }
}
