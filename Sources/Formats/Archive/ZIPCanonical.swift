extension ZIPReader {
    /// Proves that every byte outside the entries' data is the one that `ZIPWriter` would have written for these
    /// entries: names in order, headers, directory and end as they must be, and nothing between.
    ///
    /// The data itself is proven by reading it, so that an archive which passes both has no byte left unproven.
    /// Throws at the first byte that differs, naming what it belongs to.
    package func verifyCanonical() throws {
        var offset: UInt64 = 0
        for (index, entry) in entries.enumerated() {
            if index > 0, !entries[index - 1].name.utf8.lexicographicallyPrecedes(entry.name.utf8) {
                throw ZIPError(.outOfOrder, entry: entry.name, at: entry.offset)
            }
            guard entry.offset == offset else {
                throw ZIPError(
                    .notCanonical("bytes that belong to nothing, or entries out of place"), entry: entry.name,
                    at: min(offset, entry.offset))
            }
            try checkHeader(entry)
            offset += ZIPRecord.localLength(entry) + entry.size
        }
        guard offset == end.offset else {
            throw ZIPError(.notCanonical("bytes that belong to nothing before the directory"), at: offset)
        }
        for entry in entries {
            let record = ZIPRecord.directory(entry)
            try compare(record, at: offset, "the directory's record", entry: entry.name)
            offset += UInt64(record.count)
        }
        let last = ZIPRecord.end(count: UInt64(entries.count), offset: end.offset, size: offset - end.offset)
        try compare(last, at: offset, "the end record", entry: nil)
        guard offset + UInt64(last.count) == source.size else {
            throw ZIPError(.notCanonical("bytes after the end"), at: offset + UInt64(last.count))
        }
    }

    private func compare(_ expected: [UInt8], at offset: UInt64, _ what: String, entry: String?) throws {
        guard let found = try source.read(at: offset, count: expected.count) else {
            throw ZIPError(.truncated, entry: entry, at: offset)
        }
        if let at = zip(found, expected).enumerated().first(where: { $1.0 != $1.1 })?.offset {
            throw ZIPError(.notCanonical(what), entry: entry, at: offset + UInt64(at))
        }
    }
}
