/// Wherever the entries of the log are kept.
package protocol EntryReader {
    /// The bytes of these entries, in order.
    func entries(_ indexes: Range<Int>) throws -> [[UInt8]]
}

/// The files of a published log (C2SP tlog-tiles): what they are called and what is in them.
package enum TileLayout {
    /// Hashes or entries in a full tile.
    package static let width = 256
    /// The file with the signed checkpoint.
    package static let checkpointPath = "checkpoint"
    /// Levels of the tree from one level of tiles to the next.
    static let height = 8

    /// The tiles of a log of this size, level by level, entries last; only the edge of each level is partial.
    ///
    /// Their number grows with the log, so walk them rather than keep them.
    package static func tiles(size: Int) -> some Sequence<TilePath> {
        let levels = sequence(first: 0) { $0 + 1 }
            .prefix { $0 * height < Int.bitWidth && size >> ($0 * height) > 0 }
        let hashes = levels.lazy.flatMap { level in
            row(.hashes(level: level), count: size >> (level * height))
        }
        return sequence(state: (hashes.makeIterator(), row(.entries, count: size).makeIterator())) { state in
            state.0.next() ?? state.1.next()
        }
    }

    static func row(
        _ content: TilePath.Content, count: Int
    ) -> LazyMapSequence<Range<Int>, TilePath> {
        let full = count / width
        let tiles = count.isMultiple(of: width) ? full : full + 1
        return (0..<tiles).lazy.map { index in
            TilePath(content, index: index, width: index < full ? width : count % width)
        }
    }

    /// Hands every file of the log at the checkpoint's size to `write`: tiles first, the checkpoint last, so that
    /// whoever sees the checkpoint finds what it promises.
    ///
    /// - Parameter checkpoint: the note as signed, and its size.
    package static func export(
        checkpoint: SignedNote, size: Int, hashes: some HashReader, entries: some EntryReader,
        write: (_ path: String, _ bytes: [UInt8]) throws -> Void
    ) throws {
        for tile in tiles(size: size) {
            try write(tile.text, try bytes(of: tile, hashes: hashes, entries: entries))
        }
        try write(checkpointPath, checkpoint.encoded)
    }

    /// The content of one tile.
    package static func bytes(
        of tile: TilePath, hashes: some HashReader, entries: some EntryReader
    ) throws -> [UInt8] {
        let start = tile.index * width
        switch tile.content {
        case .hashes(let level):
            return try hashes.hashes(level: level * height, indexes: start..<start + tile.width).flatMap(
                \.bytes)
        case .entries:
            return try bundle(try entries.entries(start..<start + tile.width))
        }
    }

    /// Entries as a bundle: each behind its length in two bytes, higher byte first.
    package static func bundle(_ entries: [[UInt8]]) throws(LogEntryError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(entries.reduce(0) { $0 + $1.count + 2 })
        for entry in entries {
            guard entry.count <= LogEntry.limit else { throw .tooLong(bytes: entry.count) }
            bytes.append(UInt8(entry.count >> 8))
            bytes.append(UInt8(entry.count & 0xFF))
            bytes.append(contentsOf: entry)
        }
        return bytes
    }

    /// The entries of a bundle, as slices of it; it must hold exactly `count`.
    package static func entries(
        inBundle bytes: [UInt8], count: Int
    ) throws(TileFault.Reason) -> [ArraySlice<UInt8>] {
        var entries: [ArraySlice<UInt8>] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            guard entries.count < count else { throw .entries(found: nil, expected: count) }
            guard rest.count >= 2 else { throw .cutOff(entry: entries.count) }
            let length = Int(rest[rest.startIndex]) << 8 | Int(rest[rest.startIndex + 1])
            rest = rest.dropFirst(2)
            guard rest.count >= length else { throw .cutOff(entry: entries.count) }
            entries.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        guard entries.count == count else { throw .entries(found: entries.count, expected: count) }
        return entries
    }

    /// The hashes of a tile; it must hold exactly `count`.
    package static func hashes(inTile bytes: [UInt8], count: Int) throws(TileFault.Reason) -> [Digest] {
        let expected = count * Digest.length
        guard bytes.count == expected else { throw .length(found: bytes.count, expected: expected) }
        return stride(from: 0, to: expected, by: Digest.length).compactMap {
            Digest(bytes: bytes[$0..<$0 + Digest.length])
        }
    }
}
