import Formats

/// New events beside those that are stored: which replace which, and between which blocks they fall.
struct EventMeeting {
    private let base: OpenBlocks
    /// The ids of the first and last event of each block.
    private var ids: [(first: ArraySlice<UInt8>, last: ArraySlice<UInt8>)] = []
    /// Rows of stored blocks in whose place a new event comes.
    private(set) var replaced: [Int: Set<Int>] = [:]
    /// New events that do not count, because something that became known later is there already.
    private(set) var dropped: Set<Int>
    /// Stored events that a new one moves.
    private(set) var moves: [EventMove] = []

    init(_ added: PendingStream, _ base: OpenBlocks) throws {
        self.base = base
        dropped = added.replaced
        for block in 0..<base.count {
            var chunk = try base.chunk(block, 1)
            let ids = TextRows(try TextRows.read(&chunk, count: base[block].rows))
            self.ids.append((ids[0], ids[ids.count - 1]))
            var stored: FactRows?
            for row in 0..<ids.count {
                guard let new = added.index.row(of: ids[row], in: added.rows.ids) else { continue }
                let known = try stored ?? whole(block, added.rows)
                stored = known
                if known.precedes(row, added.rows, new) {
                    replaced[block, default: []].insert(row)
                    // The next word after the stored one, so that a move is the same however batches come together.
                    moves.note(from: known, row, to: added.rows, added.firstWord(new))
                } else {
                    dropped.insert(new)
                    moves.note(from: added.rows, new, to: known, row)
                }
            }
        }
    }

    private func whole(_ block: Int, _ like: FactRows, texts: Int = .max) throws -> FactRows {
        var rows = FactRows(like.kind)
        rows.append(try StoredFacts(block, of: base, rows.kind, texts: texts))
        return rows
    }

    /// Whether a new event comes before the first one of a block; before no block means behind all of them.
    func isBefore(_ rows: FactRows, _ row: Int, block: Int) -> Bool {
        block >= base.count || rows.comesBefore(row, base[block].first, ids[block].first)
    }

    /// Whether a new event comes after the last one of a block.
    func isAfter(_ rows: FactRows, _ row: Int, block: Int) -> Bool {
        let at = rows.starts[row]
        return at != base[block].last
            ? at > base[block].last : ids[block].last.lexicographicallyPrecedes(rows.ids[row])
    }

    /// A stored block and new events, with their order.
    func merged(
        _ block: Int, _ new: FactRows, _ slice: ArraySlice<Int>, without gone: Set<Int>, texts: Int
    ) throws -> (rows: FactRows, order: [Int]) {
        var rows = try whole(block, new, texts: texts)
        let old = rows.count
        for row in slice { rows.append(row, of: new) }
        var order: [Int] = []
        order.reserveCapacity(rows.count)
        var next = old
        for row in 0..<old where !gone.contains(row) {
            while next < rows.count, rows.comesBefore(next, rows.starts[row], rows.ids[row]) {
                order.append(next)
                next += 1
            }
            order.append(row)
        }
        return (rows, order + Array(next..<rows.count))
    }
}
