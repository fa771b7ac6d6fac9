import Expressions
import Ledger
import Storage

/// The dictionary of all texts on the disk: blocks of one column, only ever added to.
enum StoredTexts {
    static let schema = Digest.sha256(Array("texts".utf8))

    static func read(_ list: BlockList, in store: any ColumnStore) throws -> TextDictionary {
        let blocks = try OpenBlocks(list, in: store, .texts, schema: schema)
        var bytes: [UInt8] = []
        var ends: [UInt32] = []
        for block in 0..<blocks.count {
            var chunk = try blocks.chunk(block, 0)
            let texts = try TextRows.read(&chunk, count: blocks[block].rows)
            guard bytes.count + texts.bytes.count <= UInt32.max else {
                throw chunk.damage("the dictionary is too large")
            }
            let start = UInt32(bytes.count)
            bytes += texts.bytes
            ends += texts.ends.map { $0 + start }
        }
        return TextDictionary(bytes: bytes, ends: ends)
    }

    /// Writes the texts from a number on, together with a last block that has room.
    static func adding(
        _ dictionary: TextDictionary, from first: Int, to list: BlockList, _ files: inout SegmentFiles
    ) throws -> BlockList {
        let blocks = try OpenBlocks(list, in: files.store, .texts, schema: schema)
        var (list, first) = (list, first)
        if blocks.count > 0, blocks[blocks.count - 1].rows < files.sizes.blockRows / 2 {
            first -= blocks[blocks.count - 1].rows
            list.places.removeLast()
        }
        var rows = TextRows()
        for number in first..<dictionary.count { rows.append(dictionary.utf8(UInt32(number))) }
        let pieces = files.pieces(rows.count, balanced: false)
        return try files.writing(to: list) { writer, sink in
            var added: [BlockList.Place] = []
            for range in pieces {
                var chunk: [UInt8] = []
                rows.write(range, into: &chunk)
                added.append(.init(part: list.parts.count, block: writer.blocks))
                try writer.append(rows: range.count, [chunk], to: sink)
            }
            return list.places + added
        }
    }
}
