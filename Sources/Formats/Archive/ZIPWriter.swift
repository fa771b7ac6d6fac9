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

    /// An archive of files whose data is at hand, in memory.
    ///
    /// - Parameter files: in rising order of their names' bytes.
    /// - Throws: for a name that is refused, or out of order.
    package static func archive(_ files: [(name: String, bytes: [UInt8])]) throws(ZIPError) -> [UInt8] {
        var writer = ZIPWriter()
        var archive: [UInt8] = []
        for (name, bytes) in files {
            let entry = writer.entry(name, bytes)
            archive += try writer.head(of: entry)
            archive += bytes
            writer.offset = UInt64(archive.count)
            writer.entries.append(entry)
        }
        for record in try writer.end() { archive += record }
        return archive
    }

    /// Adds a file whose data is at hand.
    package mutating func append(_ name: String, _ bytes: [UInt8], to sink: Sink) throws {
        let entry = entry(name, bytes)
        try put(head(of: entry), sink)
        if !bytes.isEmpty { try put(bytes, sink) }
        entries.append(entry)
    }

    /// Adds a file piece by piece. Its size and checksum stand before the data, so they must be known from an earlier look
    /// at the same bytes.
    package mutating func append(
        _ name: String, size: UInt64, checksum: UInt32, _ body: (Sink) throws -> Void, to sink: Sink
    ) throws {
        let entry = ZIPEntry(name: name, size: size, checksum: checksum, offset: offset)
        try put(head(of: entry), sink)
        let written = try Self.measure(body, sink)
        guard written == (size, checksum) else { throw ZIPError(.passesDiffer, entry: name, at: offset) }
        offset += size
        entries.append(entry)
    }

    /// Writes the directory and the end record. Nothing may follow.
    package mutating func finish(to sink: Sink) throws {
        for record in try end() { try put(record, sink) }
    }

    private func entry(_ name: String, _ bytes: [UInt8]) -> ZIPEntry {
        ZIPEntry(name: name, size: UInt64(bytes.count), checksum: CRC32.of(bytes), offset: offset)
    }

    /// The directory, record by record, and the end record.
    private mutating func end() throws(ZIPError) -> [[UInt8]] {
        if isFinished { throw ZIPError(.finished, at: offset) }
        isFinished = true
        let directory = entries.map { ZIPRecord.directory($0) }
        let size = directory.reduce(0) { $0 + UInt64($1.count) }
        return directory + [ZIPRecord.end(count: UInt64(entries.count), offset: offset, size: size)]
    }

    /// What stands before the data of an entry that may come next.
    private func head(of entry: ZIPEntry) throws(ZIPError) -> [UInt8] {
        if isFinished { throw ZIPError(.finished, entry: entry.name, at: offset) }
        if let fault = ZIPName.fault(entry.name.utf8) {
            throw ZIPError(.badName(fault), entry: entry.name, at: offset)
        }
        if let last = entries.last, !last.name.utf8.lexicographicallyPrecedes(entry.name.utf8) {
            throw ZIPError(.outOfOrder, entry: entry.name, at: offset)
        }
        return ZIPRecord.local(entry)
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
