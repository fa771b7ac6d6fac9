import Catalog
import Formats
import Ledger
import Storage
import Synchronization

/// What a segment file is for.
enum SegmentShape: UInt32, Sendable {
    case texts = 0
    case states = 1
    case events = 2

    init(_ mode: Kind.Mode) {
        self = mode == .state ? .states : .events
    }
}

/// Where a segment file lies and by what its directory is known. Everything else is proven by the directory.
struct SegmentPart: Hashable, Sendable {
    /// Its number: the file is called after it.
    let number: UInt64
    /// In bytes.
    let size: Int
    /// Where the directory begins.
    let directory: Int
    /// SHA-256 of the header and the directory.
    let digest: Digest

    var name: String { Self.name(number) }

    static let suffix = ".segment"

    static func name(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: max(0, 8 - digits.count)) + digits + suffix
    }
}

/// What a segment's directory says of one block.
struct BlockEntry: Sendable {
    struct Chunk: Sendable {
        let offset: Int
        let length: Int
        let digest: Digest
    }

    let rows: Int
    /// Instants of its first and last row, in microseconds since 1970, for events; else 0.
    let first, last: Int64
    let chunks: [Chunk]

    var size: Int { chunks.reduce(0) { $0 + $1.length } }
}

/// The fixed part at the beginning of a segment file, 64 bytes:
///
///     "ASSAYSEG"   version u32   shape u32   kind's schema SHA-256   log size u64   zero u64
struct SegmentHeader: Hashable, Sendable {
    static let magic = Array("ASSAYSEG".utf8)
    static let version: UInt32 = 1
    static let length = 64

    let shape: SegmentShape
    let schema: Digest
    /// Size of the log that was known when it was written.
    let logSize: Int

    var bytes: [UInt8] {
        var bytes = Self.magic
        bytes.append(number: Self.version)
        bytes.append(number: shape.rawValue)
        bytes.append(digest: schema)
        bytes.append(number: UInt64(logSize))
        bytes.append(number: UInt64(0))
        return bytes
    }
}

/// Writes a segment file: the header, the chunks of its blocks, and behind them the directory:
///
///     blocks u32, for each: rows u32   first i64   last i64   chunks u32, for each: length u64   SHA-256
///
/// Chunks stand one behind the other, so that a length says where the next begins.
struct SegmentWriter {
    typealias Sink = ([UInt8]) throws -> Void

    private let header: [UInt8]
    private var offset = SegmentHeader.length
    private(set) var blocks = 0
    private var directory: [UInt8] = []

    init(_ header: SegmentHeader, to sink: Sink) throws {
        self.header = header.bytes
        try sink(self.header)
    }

    mutating func append(
        rows: Int, first: Int64 = 0, last: Int64 = 0, _ chunks: [[UInt8]], to sink: Sink
    ) throws {
        directory.append(number: UInt32(rows))
        directory.append(number: first)
        directory.append(number: last)
        directory.append(number: UInt32(chunks.count))
        for chunk in chunks {
            directory.append(number: UInt64(chunk.count))
            directory.append(digest: Digest.sha256(chunk))
            try sink(chunk)
            offset += chunk.count
        }
        blocks += 1
    }

    func finish(number: UInt64, to sink: Sink) throws -> SegmentPart {
        var end: [UInt8] = []
        end.append(number: UInt32(blocks))
        end += directory
        try sink(end)
        return SegmentPart(
            number: number, size: offset + end.count, directory: offset,
            digest: Digest.sha256(header + end))
    }
}

/// A segment file that is open: its directory is proven; each chunk is when it is first read.
struct Segment: Sendable {
    let part: SegmentPart
    let header: SegmentHeader
    let blocks: [BlockEntry]
    private let file: any ColumnFile
    private let proven = ProvenChunks()

    /// - Parameter part: taken from the manifest, and therefore what a writer wrote.
    init(_ part: SegmentPart, in store: any ColumnStore, _ expected: SegmentShape) throws {
        guard let file = try store.open(part.name) else {
            throw ColumnError.damaged(file: part.name, "the file is missing")
        }
        func damage(_ what: String) -> ColumnError { .damaged(file: part.name, what) }
        guard file.size == part.size, (SegmentHeader.length...part.size).contains(part.directory) else {
            throw damage("it has \(file.size) bytes where \(part.size) belong")
        }
        let head = try Self.read(file, 0..<SegmentHeader.length, part)
        let tail = try Self.read(file, part.directory..<part.size, part)
        guard Digest.sha256(head + tail) == part.digest else {
            throw damage("its directory is not the one that was written")
        }
        self.part = part
        self.file = file
        header = try Self.header(head, expected, part)
        blocks = try Self.directory(tail, part)
    }

    private static func header(
        _ bytes: [UInt8], _ expected: SegmentShape, _ part: SegmentPart
    ) throws(ColumnError) -> SegmentHeader {
        var bytes = ColumnBytes(bytes, file: part.name)
        guard try bytes.take(8) == SegmentHeader.magic[...] else { throw bytes.damage("it is no segment") }
        guard try bytes.number(UInt32.self) == SegmentHeader.version else {
            throw .foreign("\(part.name) is of another version")
        }
        guard try bytes.number(UInt32.self) == expected.rawValue else {
            throw bytes.damage("it is a segment of another shape")
        }
        return SegmentHeader(shape: expected, schema: try bytes.digest(), logSize: try bytes.size())
    }

    private static func directory(_ bytes: [UInt8], _ part: SegmentPart) throws(ColumnError) -> [BlockEntry] {
        var bytes = ColumnBytes(bytes, file: part.name)
        var offset = SegmentHeader.length
        var blocks: [BlockEntry] = []
        for _ in 0..<(try bytes.count(each: 24)) {
            let rows = Int(try bytes.number(UInt32.self))
            let (first, last) = (try bytes.number(Int64.self), try bytes.number(Int64.self))
            guard (1...EventBlock.capacity).contains(rows) else {
                throw bytes.damage("a block has no rows or too many")
            }
            var chunks: [BlockEntry.Chunk] = []
            for _ in 0..<(try bytes.count(each: 8 + Digest.length)) {
                let length = try bytes.size()
                guard length <= part.directory - offset else {
                    throw bytes.damage("a column is out of bounds")
                }
                chunks.append(.init(offset: offset, length: length, digest: try bytes.digest()))
                offset += length
            }
            blocks.append(BlockEntry(rows: rows, first: first, last: last, chunks: chunks))
        }
        guard bytes.rest == 0, offset == part.directory else { throw bytes.damage("its directory has gaps") }
        return blocks
    }

    /// The bytes of one column of a block, proven.
    func chunk(_ block: Int, _ index: Int) throws -> ColumnBytes {
        ColumnBytes(try bytes(block, index), file: part.name)
    }

    /// All columns of a block as they are stored, proven.
    func chunks(_ block: Int) throws -> [[UInt8]] {
        try blocks[block].chunks.indices.map { try bytes(block, $0) }
    }

    private func bytes(_ block: Int, _ index: Int) throws -> [UInt8] {
        guard blocks[block].chunks.indices.contains(index) else {
            throw ColumnError.damaged(file: part.name, "block \(block) has no column \(index)")
        }
        let chunk = blocks[block].chunks[index]
        let bytes = try Self.read(file, chunk.offset..<chunk.offset + chunk.length, part)
        let place = ProvenChunks.Place(block: block, column: index)
        let isProven = proven.places.withLock { $0.contains(place) }
        guard isProven || Digest.sha256(bytes) == chunk.digest else {
            throw ColumnError.damaged(
                file: part.name, "column \(index) of block \(block) is not what was written")
        }
        if !isProven { proven.places.withLock { _ = $0.insert(place) } }
        return bytes
    }

    private static func read(_ file: any ColumnFile, _ range: Range<Int>, _ part: SegmentPart) throws
        -> [UInt8]
    {
        do {
            return try file.read(range)
        } catch let error as StorageError {
            throw ColumnError.damaged(file: part.name, error.reason)
        }
    }
}

/// Which chunks of an open file have been found to be what was written. A file is never written again (`BlockList`), so
/// that once is enough for as long as it is open.
private final class ProvenChunks: Sendable {
    struct Place: Hashable {
        let block: Int
        let column: Int
    }

    let places = Mutex<Set<Place>>([])
}
