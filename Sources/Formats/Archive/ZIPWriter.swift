/// Writes a ZIP archive of stored entries: the same names and data give the same bytes, always.
///
/// The writer keeps only the directory; the bytes go to a sink as they come, so an archive may be larger than
/// memory. Names must come in rising order of their UTF-8 bytes. After an error the archive is to be thrown away.
package struct ZIPWriter {
    /// Takes the next bytes of the archive.
    package typealias Sink = ([UInt8]) throws -> Void

    private var entries: [ZIPEntry] = []
    private var offset: UInt64 = 0
    private var isFinished = false

    package init() {}

    /// Adds a file whose data is at hand.
    package mutating func append(_ name: String, _ bytes: [UInt8], to sink: Sink) throws {
        let entry = ZIPEntry(
            name: name, size: UInt64(bytes.count), checksum: CRC32.of(bytes), offset: offset)
        try begin(entry, sink)
        if !bytes.isEmpty { try put(bytes, sink) }
        entries.append(entry)
    }

    /// Adds a file piece by piece. Its size and checksum stand before the data, so they must be known from an earlier look
    /// at the same bytes.
    package mutating func append(
        _ name: String, size: UInt64, checksum: UInt32, _ body: (Sink) throws -> Void, to sink: Sink
    ) throws {
        let entry = ZIPEntry(name: name, size: size, checksum: checksum, offset: offset)
        try begin(entry, sink)
        let written = try Self.measure(body, sink)
        guard written == (size, checksum) else { throw ZIPError(.passesDiffer, entry: name, at: offset) }
        offset += size
        entries.append(entry)
    }

    /// Writes the directory and the end record. Nothing may follow.
    package mutating func finish(to sink: Sink) throws {
        if isFinished { throw ZIPError(.finished, at: offset) }
        isFinished = true
        let start = offset
        for entry in entries { try put(ZIPRecord.directory(entry), sink) }
        try put(ZIPRecord.end(count: UInt64(entries.count), offset: start, size: offset - start), sink)
    }

    private mutating func begin(_ entry: ZIPEntry, _ sink: Sink) throws {
        if isFinished { throw ZIPError(.finished, entry: entry.name, at: offset) }
        if let fault = ZIPName.fault(entry.name.utf8) {
            throw ZIPError(.badName(fault), entry: entry.name, at: offset)
        }
        if let last = entries.last, !last.name.utf8.lexicographicallyPrecedes(entry.name.utf8) {
            throw ZIPError(.outOfOrder, entry: entry.name, at: offset)
        }
        try put(ZIPRecord.local(entry), sink)
    }

    private mutating func put(_ bytes: [UInt8], _ sink: Sink) throws {
        try sink(bytes)
        offset += UInt64(bytes.count)
    }

    private static func measure(
        _ body: (Sink) throws -> Void, _ sink: Sink
    ) throws -> (size: UInt64, checksum: UInt32) {
        var size: UInt64 = 0
        var checksum = CRC32()
        // The compiler cannot see that the sink does not outlive the body that is handed it.
        try withoutActuallyEscaping(sink) { sink in
            try body { bytes in
                size += UInt64(bytes.count)
                checksum.update(bytes)
                try sink(bytes)
            }
        }
        return (size, checksum.value)
    }
}
