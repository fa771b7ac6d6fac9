import Catalog
import Formats
import Storage

/// How much goes into a block, a file, and memory.
package struct ColumnSizes: Sendable {
    /// Most rows of a block.
    package var blockRows = EventBlock.capacity
    /// Facts that are held in memory before they are written.
    package var heldRows = 500_000
    /// So many files a stream may lie in before the small ones are put together.
    package var files = 16
    /// So many bytes may be passed over, beside as many as are in use, before they are left behind.
    package var slack = 1 << 20

    package init() {}
}

/// Writes the blocks of one stream into new segment files.
struct SegmentFiles {
    let store: any ColumnStore
    let sizes: ColumnSizes
    private let header: SegmentHeader
    /// The number of the next file.
    private(set) var next: UInt64
    /// Stored events that new ones moved.
    private(set) var moves: [EventMove] = []

    init(_ store: any ColumnStore, _ header: SegmentHeader, _ sizes: ColumnSizes, next: UInt64) {
        self.store = store
        self.header = header
        self.sizes = sizes
        self.next = next
    }

    /// Rows of blocks: full ones and a rest, or as many of equal size, so that a block that overflows leaves room in
    /// both halves.
    func pieces(_ count: Int, balanced: Bool) -> [Range<Int>] {
        guard count > 0 else { return [] }
        let blocks = (count + sizes.blockRows - 1) / sizes.blockRows
        let size = balanced ? (count + blocks - 1) / blocks : sizes.blockRows
        return stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
    }

    /// Writes one file. The closure gives the places that the list then has; the new file is behind its present parts.
    mutating func writing(
        to list: BlockList,
        _ body: (_ writer: inout SegmentWriter, _ sink: SegmentWriter.Sink) throws -> [BlockList.Place]
    ) throws -> BlockList {
        let number = next
        next += 1
        var list = list
        let (part, places) = try store.create(SegmentPart.name(number)) { sink in
            var writer = try SegmentWriter(header, to: sink)
            let places = try withoutActuallyEscaping(sink) { try body(&writer, $0) }
            return (try writer.finish(number: number, to: sink), places)
        }
        list.parts.append(part)
        list.places = places
        list.tidy()
        return list
    }

    /// The list with the pending rows in their places.
    mutating func adding(_ added: PendingStream, to list: BlockList, texts: Int) throws -> BlockList {
        let base = try OpenBlocks(list, in: store, header.shape, schema: header.schema)
        let new =
            added.kind.mode == .state
            ? try addingStates(added.rows, to: list, base, texts: texts)
            : try addingEvents(added, to: list, base, texts: texts)
        return try compacted(new)
    }

    // MARK: States

    /// States are added at the end; a last block that has room is written anew with them.
    private mutating func addingStates(
        _ rows: FactRows, to list: BlockList, _ base: OpenBlocks, texts: Int
    ) throws -> BlockList {
        var (list, rows) = (list, rows)
        if base.count > 0, base[base.count - 1].rows < sizes.blockRows / 2 {
            var whole = FactRows(rows.kind)
            whole.append(try StoredFacts(base.count - 1, of: base, rows.kind, texts: texts))
            for row in 0..<rows.count { whole.append(row, of: rows) }
            rows = whole
            list.places.removeLast()
        }
        let files = self
        return try writing(to: list) { writer, sink in
            list.places
                + (try files.write(rows, Array(0..<rows.count), balanced: false, list, &writer, sink))
        }
    }

    private func write(
        _ rows: FactRows, _ order: [Int], balanced: Bool, _ list: BlockList, _ writer: inout SegmentWriter,
        _ sink: SegmentWriter.Sink
    ) throws -> [BlockList.Place] {
        let isEvent = rows.kind.mode == .event
        return try pieces(order.count, balanced: balanced).map { range in
            let picked = order[range]
            let place = BlockList.Place(part: list.parts.count, block: writer.blocks)
            try writer.append(
                rows: picked.count, first: isEvent ? rows.starts[order[range.lowerBound]] : 0,
                last: isEvent ? rows.starts[order[range.upperBound - 1]] : 0, rows.chunks(picked), to: sink)
            return place
        }
    }

    // MARK: Events

    /// Events go where their time puts them: a block into which none falls, and of which none is replaced, stays in
    /// its file.
    private mutating func addingEvents(
        _ added: PendingStream, to list: BlockList, _ base: OpenBlocks, texts: Int
    ) throws -> BlockList {
        let meeting = try EventMeeting(added, base)
        moves += meeting.moves
        let rows = added.rows
        let order = (0..<rows.count).filter { !meeting.dropped.contains($0) }.sorted { left, right in
            rows.comesBefore(left, rows.starts[right], rows.ids[right])
        }
        if order.isEmpty { return list }
        let files = self
        return try writing(to: list) { writer, sink in
            var places: [BlockList.Place] = []
            var next = 0
            for block in 0..<base.count {
                let start = next
                while next < order.count, meeting.isBefore(rows, order[next], block: block + 1) { next += 1 }
                let slice = order[start..<next]
                let gone = meeting.replaced[block] ?? []
                let isLast = block + 1 == base.count
                if slice.isEmpty, gone.isEmpty {
                    places.append(base.places[block])
                } else if gone.isEmpty, base[block].rows >= files.sizes.blockRows / 2,
                    let first = slice.first, meeting.isAfter(rows, first, block: block)
                {
                    places.append(base.places[block])
                    places += try files.write(rows, Array(slice), balanced: !isLast, list, &writer, sink)
                } else {
                    let (merged, order) = try meeting.merged(block, rows, slice, without: gone, texts: texts)
                    places += try files.write(merged, order, balanced: !isLast, list, &writer, sink)
                }
            }
            let rest = Array(order[next...])
            places += try files.write(rows, rest, balanced: false, list, &writer, sink)
            return places
        }
    }

    // MARK: Compaction

    /// Puts small files together, and leaves behind blocks that are passed over, when there are too many of them.
    /// Blocks are copied as they are.
    private mutating func compacted(_ list: BlockList) throws -> BlockList {
        let open = try OpenBlocks(list, in: store, header.shape, schema: header.schema)
        var live = [Int](repeating: 0, count: list.parts.count)
        for (index, place) in list.places.enumerated() { live[place.part] += open[index].size }
        let all = live.reduce(0, +)
        let written = list.parts.reduce(0) { $0 + $1.directory }
        guard list.parts.count > sizes.files || written > 2 * all + sizes.slack else { return list }
        let moving = Set(
            live.indices.filter { live[$0] <= all / 4 || list.parts[$0].directory > 2 * live[$0] })
        return try writing(to: list) { writer, sink in
            try list.places.enumerated().map { index, place in
                guard moving.contains(place.part) else { return place }
                let moved = BlockList.Place(part: list.parts.count, block: writer.blocks)
                let entry = open[index]
                try writer.append(
                    rows: entry.rows, first: entry.first, last: entry.last, try open.chunks(index), to: sink)
                return moved
            }
        }
    }
}
