import Formats

/// Reads the ZIP archives of others: stored and deflated entries, with any times, folders and extras.
///
/// The strict `ZIPReader` is for our own packages; what matters here is that nothing is read that the directory does
/// not list, and that no entry grows without bound.
struct ZIPBundle {
    private struct Entry {
        let name: String
        let method: Int
        let isEncrypted: Bool
        let checksum: UInt32
        let packed: Int
        let size: Int
        let offset: Int
        /// Where the entry behind it begins, or the directory.
        var limit = 0
    }

    private static let entryLimit = 100_000
    private static let directoryLimit = 64 << 20
    private let file: ByteFile
    private var entries: [Entry] = []

    static func recognises(_ head: ArraySlice<UInt8>) -> Bool {
        head.starts(with: [0x50, 0x4B, 0x03, 0x04]) || head.starts(with: [0x50, 0x4B, 0x05, 0x06])
    }

    init(_ file: ByteFile) throws {
        self.file = file
        let size = try file.size()
        let tail = try exactly(at: max(0, size - 65_557), count: min(size, 65_557))
        guard
            let end = tail.indices.dropLast(21).last(where: { at in
                tail[at] == 0x50 && tail[at + 1] == 0x4B && tail[at + 2] == 5 && tail[at + 3] == 6
            })
        else { throw ImportError("the archive is cut off: its directory is missing") }
        let count = Self.number(tail, end + 10, 2)
        let length = Self.number(tail, end + 12, 4)
        let start = Self.number(tail, end + 16, 4)
        if count == 0xFFFF || start == 0xFFFF_FFFF {
            throw ImportError("ZIP64 archives are not opened; unpack it first")
        }
        guard count <= Self.entryLimit, length <= Self.directoryLimit, start + length <= size else {
            throw ImportError("the archive's directory is damaged or too large")
        }
        try readDirectory(try exactly(at: start, count: length), count: count)
        try separate(before: start)
    }

    private mutating func readDirectory(_ bytes: [UInt8], count: Int) throws {
        var at = 0
        for _ in 0..<count {
            guard at + 46 <= bytes.count, Self.number(bytes, at, 4) == 0x0201_4B50 else {
                throw ImportError("the archive's directory is damaged")
            }
            let (name, extra) = (Self.number(bytes, at + 28, 2), Self.number(bytes, at + 30, 2))
            let comment = Self.number(bytes, at + 32, 2)
            guard at + 46 + name <= bytes.count else {
                throw ImportError("the archive's directory is damaged")
            }
            let entry = Entry(
                name: String(decoding: bytes[at + 46..<at + 46 + name], as: UTF8.self),
                method: Self.number(bytes, at + 10, 2),
                isEncrypted: Self.number(bytes, at + 8, 2) & 1 == 1,
                checksum: UInt32(truncatingIfNeeded: Self.number(bytes, at + 16, 4)),
                packed: Self.number(bytes, at + 20, 4), size: Self.number(bytes, at + 24, 4),
                offset: Self.number(bytes, at + 42, 4))
            if [entry.packed, entry.size, entry.offset].contains(0xFFFF_FFFF) {
                throw ImportError("ZIP64 archives are not opened; unpack it first")
            }
            entries.append(entry)
            at += 46 + name + extra + comment
        }
    }

    /// Refuses entries that share bytes: a small archive would hold as many of one large file as its directory lists.
    private mutating func separate(before directory: Int) throws(ImportError) {
        let order = entries.indices.sorted { entries[$0].offset < entries[$1].offset }
        for (place, index) in order.enumerated() {
            let next = place + 1 < order.count ? entries[order[place + 1]].offset : directory
            entries[index].limit = next
            if entries[index].offset + Self.headLength + entries[index].packed > next { throw Self.overlap }
        }
    }

    private static let headLength = 30
    private static let overlap = ImportError(
        "entries of the archive overlap, as in a bomb: refused; unpack it with care")

    /// Hands over each file; or why it cannot be read.
    func forEachFile(_ body: (_ name: String, _ content: Result<ByteStream, ImportError>) throws -> Void)
        throws
    {
        for entry in entries where !entry.name.hasSuffix("/") {
            let opened: Result<ByteStream, ImportError>
            do {
                opened = .success(try content(entry))
            } catch let error as ImportError {
                opened = .failure(error)
            }
            try body(entry.name, opened)
        }
    }

    private func content(_ entry: Entry) throws -> ByteStream {
        if entry.isEncrypted { throw ImportError("encrypted; unpack it first") }
        guard entry.method == 0 || entry.method == 8 else {
            throw ImportError(
                "compressed by method \(entry.method), which is not known here; unpack it first")
        }
        let header = try exactly(at: entry.offset, count: Self.headLength)
        guard Self.number(header, 0, 4) == 0x0403_4B50 else { throw ImportError("the archive is damaged") }
        let lengths = Self.number(header, 26, 2) + Self.number(header, 28, 2)
        var at = entry.offset + Self.headLength + lengths
        let end = at + entry.packed
        if end > entry.limit { throw Self.overlap }
        let file = file
        let packed = ByteStream {
            let piece = try file.read(at: at, count: min(1 << 18, end - at))
            at += piece.count
            return piece
        }
        let unpacked = entry.method == 0 ? packed : try Inflation(packed, isRaw: true).stream
        return Self.checked(unpacked, entry)
    }

    /// The content, held to the size and checksum of its directory.
    private static func checked(_ content: ByteStream, _ entry: Entry) -> ByteStream {
        var checksum = CRC32()
        var size = 0
        return ByteStream {
            let piece = try content.next()
            size += piece.count
            checksum.update(piece)
            if size > entry.size {
                throw ImportError("unpacks to more than the archive's directory says: refused")
            }
            if piece.isEmpty, size != entry.size || checksum.value != entry.checksum {
                throw ImportError("does not match its checksum: the archive is damaged")
            }
            return piece
        }
    }

    private func exactly(at offset: Int, count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let piece = try file.read(at: offset + bytes.count, count: count - bytes.count)
            if piece.isEmpty { throw ImportError("the archive is cut off") }
            bytes += piece
        }
        return bytes
    }

    private static func number(_ bytes: [UInt8], _ at: Int, _ count: Int) -> Int {
        (0..<count).reversed().reduce(0) { $0 << 8 | Int(bytes[at + $1]) }
    }
}
