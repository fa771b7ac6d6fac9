/// What a reader of archives accepts from a stranger.
package struct ZIPLimits: Sendable {
    package var entries: Int
    /// Longest directory in bytes; it is held in memory.
    package var directory: Int

    package init(entries: Int = 1_000_000, directory: Int = 256 << 20) {
        self.entries = entries
        self.directory = directory
    }

    package static let standard = ZIPLimits()
}

/// Reads archives of stored files from strangers, as strictly as it can.
///
/// Opening reads only the directory and refuses hostile names, duplicates, overlaps, folders, links, compression,
/// encryption and anything behind the end. `read` checks the header before the data and the data's checksum;
/// `verifyCanonical` accounts for every other byte.
package struct ZIPReader: Sendable {
    /// In the order of the directory.
    package let entries: [ZIPEntry]
    let source: ByteSource
    let end: ZIPEnd

    package init(_ source: ByteSource, limits: ZIPLimits = .standard) throws {
        self.source = source
        end = try ZIPEnd(source, limits: limits)
        guard let bytes = try source.read(at: end.offset, count: Int(end.size)) else {
            throw ZIPError(.truncated, at: end.offset)
        }
        var directory = ZIPDirectory(bytes, at: end.offset)
        entries = try directory.entries(count: Int(end.count))
        try refuseDuplicates()
        try refuseOverlaps()
    }

    /// The entry of this name, compared byte by byte; nil when there is none.
    package func entry(named name: String) -> ZIPEntry? {
        entries.first { $0.name.utf8.elementsEqual(name.utf8) }
    }

    /// Hands over an entry's data in pieces. What was handed over is proven only once this returns without error.
    package func read(_ entry: ZIPEntry, _ chunk: ([UInt8]) throws -> Void) throws {
        let stream = try stream(entry)
        while true {
            let bytes = try stream.next()
            if bytes.isEmpty { return }
            try chunk(bytes)
        }
    }

    /// An entry's data in pieces, for who pulls. What came is proven only once the end has come without error.
    package func stream(_ entry: ZIPEntry) throws -> ByteStream {
        try checkHeader(entry)
        var offset = entry.offset + ZIPRecord.localLength(entry)
        var rest = entry.size
        var checksum = CRC32()
        return ByteStream {
            if rest == 0 {
                if checksum.value == entry.checksum { return [] }
                throw ZIPError(.damaged, entry: entry.name, at: offset - entry.size)
            }
            let count = Int(min(rest, 1 << 18))
            guard let bytes = try source.read(at: offset, count: count) else {
                throw ZIPError(.truncated, entry: entry.name, at: offset)
            }
            checksum.update(bytes)
            offset += UInt64(count)
            rest -= UInt64(count)
            return bytes
        }
    }

    /// An entry's data as a whole.
    /// - Parameter limit: larger entries are refused before a byte is read.
    package func bytes(of entry: ZIPEntry, limit: Int = 64 << 20) throws -> [UInt8] {
        if entry.size > UInt64(max(0, limit)) {
            throw ZIPError(
                .malformed("longer than the \(limit) bytes allowed here"), entry: entry.name, at: entry.offset
            )
        }
        var found: [UInt8] = []
        found.reserveCapacity(Int(entry.size))
        try read(entry) { found += $0 }
        return found
    }

    /// The header before the data is the one that the directory calls for, byte by byte.
    func checkHeader(_ entry: ZIPEntry) throws {
        let expected = ZIPRecord.local(entry)
        guard let found = try source.read(at: entry.offset, count: expected.count) else {
            throw ZIPError(.truncated, entry: entry.name, at: entry.offset)
        }
        if let at = zip(found, expected).enumerated().first(where: { $1.0 != $1.1 })?.offset {
            throw ZIPError(.headersDiffer, entry: entry.name, at: entry.offset + UInt64(at))
        }
    }

    private func refuseDuplicates() throws(ZIPError) {
        var seen: Set<Identifier> = []
        seen.reserveCapacity(entries.count)
        for entry in entries where !seen.insert(Identifier(entry.name)).inserted {
            throw ZIPError(.duplicateName, entry: entry.name, at: entry.offset)
        }
    }

    private func refuseOverlaps() throws(ZIPError) {
        var free: UInt64 = 0
        for entry in entries.sorted(by: { $0.offset < $1.offset }) {
            if entry.offset < free { throw ZIPError(.overlap, entry: entry.name, at: entry.offset) }
            let (start, overflow) = entry.offset.addingReportingOverflow(ZIPRecord.localLength(entry))
            let (after, overflowToo) = start.addingReportingOverflow(entry.size)
            if overflow || overflowToo || after > end.offset {
                throw ZIPError(.overlap, entry: entry.name, at: entry.offset)
            }
            free = after
        }
    }
}
