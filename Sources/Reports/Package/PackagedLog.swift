import Formats
import Ledger

/// The entries of a package's log. A short log is read once; the log of many years has more entries than fit into memory,
/// and they are read from their bundles whenever they are needed: a byte for each is all that is kept.
struct PackagedLog {
    /// An entry that is to be looked at, read already or not.
    private struct Piece: Sendable {
        let leaf: Int
        let known: LogEntry?
        let bytes: ArraySlice<UInt8>

        func entry() throws -> LogEntry { try known ?? LogEntry(bytes: Array(bytes)) }
    }

    /// Entries of so many bytes are kept as they were read.
    private static let keptBytes = 4 << 20
    /// So many entries are given to a core at once: a signature takes long, a look at a statement does not.
    private static let groupCount = 16

    private let reader: PackageReader
    private(set) var count = 0
    /// The type of each entry, as its place among the types.
    private var types: [UInt8] = []
    private var names: [Identifier] = []
    /// Of the present bundle.
    private var waiting: [[UInt8]] = []
    /// Every entry, as long as there are few.
    private var kept: [LogEntry]? = []
    private var keptSize = 0
    /// What is wrong with the first few entries that cannot be read.
    private(set) var unreadable: [String] = []

    /// A log without entries; `add` them in their order.
    init(_ reader: PackageReader) {
        self.reader = reader
    }

    /// Takes in the next entry.
    mutating func add(_ bytes: ArraySlice<UInt8>) {
        count += 1
        waiting.append(Array(bytes))
        if count.isMultiple(of: TileLayout.width) { endBundle() }
    }

    /// To be called once, behind the last entry.
    mutating func finish() {
        if !count.isMultiple(of: TileLayout.width) { endBundle() }
    }

    private mutating func endBundle() {
        let found = Parallel.chunks(waiting.count) { [waiting] stretch in
            stretch.map { index in Result { try LogEntry(bytes: waiting[index]) } }
        }
        keptSize += waiting.reduce(0) { $0 + $1.count }
        waiting.removeAll(keepingCapacity: true)
        if keptSize > Self.keptBytes { kept = nil }
        for entry in found.joined() {
            add(entry.map(\.statement.predicateType))
            if let entry = try? entry.get() { kept?.append(entry) } else { kept = nil }
        }
    }

    /// More types than a byte can count are refused.
    private mutating func add(_ type: Result<Identifier, any Error>) {
        let place = Result {
            let type = try type.get()
            if let known = names.firstIndex(of: type) { return known }
            guard names.count < 255 else {
                throw PackageVerification.Failed(description: "the log has entries of too many types")
            }
            names.append(type)
            return names.count - 1
        }
        if case .failure(let error) = place, unreadable.count < 5 {
            unreadable.append("entry \(types.count): \(error)")
        }
        types.append(UInt8((try? place.get()) ?? 0))
    }

    /// Whether every entry is in memory.
    var isKept: Bool { kept != nil }

    /// The types that there are.
    func has(_ type: Identifier) -> Bool { names.contains(type) }

    /// How many entries are of a type.
    func count(of type: Identifier) -> Int {
        guard let place = names.firstIndex(of: type) else { return 0 }
        return types.count { $0 == UInt8(place) }
    }

    /// The places of entries of certain types.
    func leaves(where isWanted: (Identifier) -> Bool) -> [Int] {
        let wanted = names.map(isWanted)
        return types.indices.filter { wanted[Int(types[$0])] }
    }

    /// One entry.
    func entry(_ leaf: Int) throws -> LogEntry {
        var found: LogEntry?
        try forEach(in: leaf..<leaf + 1) { found = $1 }
        guard let found else {
            throw PackageVerification.Failed(description: "the log has no entry \(leaf)")
        }
        return found
    }

    /// Hands over entries in their order.
    ///
    /// - Parameters:
    ///   - range: nil is the whole log.
    ///   - prepare: runs on all cores, for what needs no other entry.
    func forEach<Prepared: Sendable>(
        in range: Range<Int>? = nil, where isWanted: (Identifier) -> Bool = { _ in true },
        prepare: @escaping @Sendable (Int, LogEntry) throws -> Prepared,
        _ body: (_ leaf: Int, _ entry: LogEntry, _ prepared: Prepared) throws -> Void
    ) throws {
        var work = OrderedWork<[Piece], Result<[(LogEntry, Prepared)], any Error>> { pieces in
            Result {
                try pieces.map { piece in
                    let entry = try piece.entry()
                    return (entry, try prepare(piece.leaf, entry))
                }
            }
        }
        var leaves: [Int] = []
        var next = 0
        func take(_ found: Result<[(LogEntry, Prepared)], any Error>) throws {
            for (entry, prepared) in try found.get() {
                try body(leaves[next], entry, prepared)
                next += 1
            }
        }
        try forEachPiece(in: range, where: isWanted) { pieces in
            leaves.removeSubrange(..<next)
            next = 0
            leaves += pieces.map(\.leaf)
            for start in stride(from: 0, to: pieces.count, by: Self.groupCount) {
                try work.give(Array(pieces[start..<min(start + Self.groupCount, pieces.count)]), take)
            }
        }
        try work.finish(take)
    }

    /// Hands over entries in their order.
    func forEach(
        in range: Range<Int>? = nil, where isWanted: (Identifier) -> Bool = { _ in true },
        _ body: (_ leaf: Int, _ entry: LogEntry) throws -> Void
    ) throws {
        // There is nothing to do with entries that were read already.
        if kept != nil {
            return try forEachPiece(in: range, where: isWanted) { pieces in
                for piece in pieces { try body(piece.leaf, try piece.entry()) }
            }
        }
        try forEach(in: range, where: isWanted, prepare: { _, _ in }) { leaf, entry, _ in
            try body(leaf, entry)
        }
    }

    /// Hands over the entries of one bundle after the other.
    private func forEachPiece(
        in range: Range<Int>?, where isWanted: (Identifier) -> Bool, _ body: ([Piece]) throws -> Void
    ) throws {
        let wanted = names.map(isWanted)
        let range = (range ?? 0..<count).clamped(to: 0..<count)
        guard !range.isEmpty else { return }
        for number in range.lowerBound / TileLayout.width...(range.upperBound - 1) / TileLayout.width {
            let start = number * TileLayout.width
            let leaves = (start..<min(start + TileLayout.width, count)).clamped(to: range).filter {
                wanted[Int(types[$0])]
            }
            if leaves.isEmpty { continue }
            if let kept {
                try body(leaves.map { Piece(leaf: $0, known: kept[$0], bytes: []) })
            } else {
                let entries = try read(bundle: number)
                try body(leaves.map { Piece(leaf: $0, known: nil, bytes: entries[$0 - start]) })
            }
        }
    }

    private func read(bundle number: Int) throws -> [ArraySlice<UInt8>] {
        let width = min(TileLayout.width, count - number * TileLayout.width)
        let path = TilePath(.entries, index: number, width: width).text
        // What the log's root was computed from is what was read first; nothing else is looked at later.
        let first = reader.firstDigest(PackageLayout.log + path)
        guard let first, let bytes = try reader.file(at: path), Digest.sha256(bytes) == first else {
            throw PackageVerification.Failed(
                description: "\(PackageLayout.log)\(path) was changed while it was read")
        }
        return try TileLayout.entries(inBundle: bytes, count: width)
    }
}
