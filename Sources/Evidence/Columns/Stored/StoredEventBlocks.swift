import Catalog
import Expressions
import Formats
import Ledger

/// Events on the disk: a block's columns are read, and proven, when they are asked for.
struct StoredEventBlocks: EventBlocks {
    let blocks: OpenBlocks
    let kind: Kind
    let texts: TextDictionary

    var blockCount: Int { blocks.count }

    func span(_ block: Int) -> ClosedRange<Int64> {
        // Two bounds that a writer put into one directory: their order is not to be relied on.
        let (first, last) = (blocks[block].first, blocks[block].last)
        return min(first, last)...max(first, last)
    }

    func block(_ block: Int, fields: Set<Identifier>?) throws -> EventBlock {
        let rows = blocks[block].rows
        let first = FactRows.firstField(.event)
        var columns: [(name: String, column: Column)] = []
        for (index, field) in kind.fields.enumerated() where fields?.contains(Identifier(field.name)) ?? true
        {
            var chunk = try blocks.chunk(block, first + index)
            let stored = try StoredField(field, &chunk, count: rows, texts: texts.count)
            columns.append(stored.column(texts))
        }
        return EventBlock(
            instants: try numbers(block, 0), record: RecordColumns(fields: columns), identity: nil)
    }

    func identity(_ block: Int) throws -> EventIdentity {
        var chunk = try blocks.chunk(block, 1)
        return EventIdentity(
            ids: try TextRows.read(&chunk, count: blocks[block].rows),
            leaves: try numbers(block, 2), items: try numbers(block, 3))
    }

    /// From the segment's directory: nothing is read.
    func fingerprint(_ block: Int) -> Digest {
        var digest = RunningDigest()
        for column in [2, 3] { digest.update(blocks.digest(block, column)?.bytes ?? []) }
        return digest.finish()
    }

    private func numbers<Number: FixedWidthInteger>(_ block: Int, _ column: Int) throws -> [Number] {
        var chunk = try blocks.chunk(block, column)
        return try PackedIntegers.read(&chunk, count: blocks[block].rows)
    }
}
