import Crypto
import Formats
import Ledger
import Storage

/// What is known of one kind from one source, beside its rows.
struct StoredStream: Hashable, Sendable {
    struct Name: Hashable, Sendable, Comparable {
        let kind, source: Identifier

        static func < (left: Name, right: Name) -> Bool {
            (left.kind, left.source) < (right.kind, right.source)
        }
    }

    let name: Name
    /// Of the kind (`Kind.schemaDigest`).
    let schema: Ledger::Digest
    var since: Instant
    var asked: Instant
    /// Where the source said that it holds every record.
    var stated: IntervalSet
    /// Where a snapshot is taken to hold on, which counts up to the time of knowledge.
    var assumed: IntervalSet
    /// What each batch says of it, in the order of the log.
    var mentions: [BatchMention]
    /// Words by which events got another time: the rows hold the last one only.
    var moves: [EventMove]
    var rows: BlockList

    func coverage(knownAt: Instant) -> IntervalSet {
        guard let past = Interval(from: .distantPast, to: knownAt) else { return stated }
        return stated.union(assumed.clipped(to: past))
    }
}

/// What columns belong together, and to which state of which log: the one file that is replaced.
///
///     "ASSAYCOL"   version u32   next file u64
///     log size u64   root   known at i64   batches u64   evidence SHA-256
///     kinds left out: u32, texts   texts: blocks   streams: u32, for each:
///         kind text   source text   schema SHA-256   since i64   asked i64   stated   assumed   mentions   moves
///         blocks
///     HMAC-SHA-256 of all that
///
/// Coverage is u32 intervals of i64 start, i64 end. Mentions are u32 batches: leaf u64, first and last start of its facts
/// i64 (the last before the first when there are none), coverage. Moves are u32, for each: leaf u64, item u64, old and new
/// instant of the event i64. Blocks are u32 files (number u64, size u64, directory u64, SHA-256),
/// then u32 runs (file u32, first block u32, count u32).
struct ColumnManifest: Hashable, Sendable {
    static let name = "manifest"
    static let version: UInt32 = 5
    private static let magic = Array("ASSAYCOL".utf8)
    /// Larger ones are not read: nobody writes them.
    private static let limit = 1 << 28

    /// The number of the next segment file.
    var nextFile: UInt64 = 0
    /// How much of the log the columns hold.
    var logSize = 0
    /// Root of the log at that size: another log, or a changed one, has another.
    var root = MerkleTree.emptyRoot
    /// The latest time at which a batch of them was recorded.
    var knownAt = Instant.distantPast
    var batches = 0
    /// Over the leaf hashes of the batches, as `HistoryCollector` computes it.
    var evidence = RunningDigest().finish()
    /// Kinds that the batches spoke of and that were not known: should one become known, columns are made anew.
    var unknownKinds: Set<Identifier> = []
    var texts = BlockList()
    var streams: [StoredStream.Name: StoredStream] = [:]

    init() {}

    /// The names of all files that are needed.
    var files: Set<String> {
        Set(([texts] + streams.values.map(\.rows)).flatMap(\.parts).map(\.name))
    }

    // MARK: Bytes

    /// - Parameter key: of the workspace; without it nobody writes columns that would be believed.
    func bytes(key: [UInt8]) -> [UInt8] {
        var bytes = Self.magic
        bytes.append(number: Self.version)
        bytes.append(number: nextFile)
        bytes.append(number: UInt64(logSize))
        bytes.append(digest: root)
        bytes.append(number: knownAt.microseconds)
        bytes.append(number: UInt64(batches))
        bytes.append(digest: evidence)
        bytes.append(number: UInt32(unknownKinds.count))
        for kind in unknownKinds.sorted() { bytes.append(text: kind.text) }
        Self.write(texts, into: &bytes)
        bytes.append(number: UInt32(streams.count))
        for (name, stream) in streams.sorted(by: { $0.key < $1.key }) {
            bytes.append(text: name.kind.text)
            bytes.append(text: name.source.text)
            bytes.append(digest: stream.schema)
            bytes.append(number: stream.since.microseconds)
            bytes.append(number: stream.asked.microseconds)
            Self.write(stream.stated.intervals, into: &bytes)
            Self.write(stream.assumed.intervals, into: &bytes)
            bytes.append(number: UInt32(stream.mentions.count))
            for mention in stream.mentions {
                bytes.append(number: UInt64(mention.leaf))
                bytes.append(number: mention.starts?.lowerBound.microseconds ?? 1)
                bytes.append(number: mention.starts?.upperBound.microseconds ?? 0)
                Self.write(mention.coverage, into: &bytes)
            }
            Self.write(stream.moves, into: &bytes)
            Self.write(stream.rows, into: &bytes)
        }
        return bytes + Self.seal(bytes, key)
    }

    private static func write(_ intervals: [Interval], into bytes: inout [UInt8]) {
        bytes.append(number: UInt32(intervals.count))
        for interval in intervals {
            bytes.append(number: interval.start.microseconds)
            bytes.append(number: interval.end.microseconds)
        }
    }

    private static func write(_ moves: [EventMove], into bytes: inout [UInt8]) {
        bytes.append(number: UInt32(moves.count))
        for move in moves {
            bytes.append(number: UInt64(move.reference.leaf))
            bytes.append(number: UInt64(move.reference.item))
            bytes.append(number: move.old)
            bytes.append(number: move.new)
        }
    }

    private static func write(_ list: BlockList, into bytes: inout [UInt8]) {
        bytes.append(number: UInt32(list.parts.count))
        for part in list.parts {
            bytes.append(number: part.number)
            bytes.append(number: UInt64(part.size))
            bytes.append(number: UInt64(part.directory))
            bytes.append(digest: part.digest)
        }
        var runs: [(place: BlockList.Place, count: Int)] = []
        for place in list.places {
            if let last = runs.last, last.place.part == place.part,
                last.place.block + last.count == place.block
            {
                runs[runs.count - 1].count += 1
            } else {
                runs.append((place, 1))
            }
        }
        bytes.append(number: UInt32(runs.count))
        for run in runs {
            bytes.append(number: UInt32(run.place.part))
            bytes.append(number: UInt32(run.place.block))
            bytes.append(number: UInt32(run.count))
        }
    }

    /// - Parameter purpose: gives each kind of file a key of its own, and all of them others than the salts have.
    static func seal(_ bytes: [UInt8], _ key: [UInt8], for purpose: String = "columns") -> [UInt8] {
        var running = runningSeal(key, for: purpose)
        running.update(data: bytes)
        return Array(running.finalize())
    }

    /// The same for bytes that come in pieces.
    static func runningSeal(_ key: [UInt8], for purpose: String) -> HMAC<SHA256> {
        let own = HMAC<SHA256>.authenticationCode(for: Array(purpose.utf8), using: SymmetricKey(data: key))
        return HMAC<SHA256>(key: SymmetricKey(data: Array(own)))
    }

    init(_ sealed: [UInt8], key: [UInt8]) throws(ColumnError) {
        let count = max(0, sealed.count - 32)
        let body = Array(sealed[..<count])
        guard Array(sealed[count...]) == Self.seal(body, key) else {
            throw .damaged(file: Self.name, "this workspace did not write it")
        }
        var bytes = ColumnBytes(body, file: Self.name)
        guard try bytes.take(8) == Self.magic[...] else { throw bytes.damage("it is no manifest") }
        guard try bytes.number(UInt32.self) == Self.version else {
            throw .foreign("they are of another version")
        }
        nextFile = try bytes.number(UInt64.self)
        logSize = try bytes.size()
        root = try bytes.digest()
        knownAt = Instant(microseconds: try bytes.number(Int64.self))
        batches = try bytes.size()
        evidence = try bytes.digest()
        for _ in 0..<(try bytes.count(each: 4)) { unknownKinds.insert(try bytes.identifier()) }
        texts = try Self.list(&bytes)
        for _ in 0..<(try bytes.count(each: 16)) {
            let stream = try Self.stream(&bytes)
            streams[stream.name] = stream
        }
        if bytes.rest != 0 { throw bytes.damage("it is longer than what it says") }
    }

    private static func stream(_ bytes: inout ColumnBytes) throws(ColumnError) -> StoredStream {
        let name = StoredStream.Name(kind: try bytes.identifier(), source: try bytes.identifier())
        let schema = try bytes.digest()
        let since = Instant(microseconds: try bytes.number(Int64.self))
        let asked = Instant(microseconds: try bytes.number(Int64.self))
        let stated = IntervalSet(try intervals(&bytes))
        let assumed = IntervalSet(try intervals(&bytes))
        var mentions: [BatchMention] = []
        for _ in 0..<(try bytes.count(each: 28)) { mentions.append(try mention(&bytes)) }
        var moves: [EventMove] = []
        for _ in 0..<(try bytes.count(each: 32)) { moves.append(try move(&bytes)) }
        return StoredStream(
            name: name, schema: schema, since: since, asked: asked, stated: stated, assumed: assumed,
            mentions: mentions, moves: moves, rows: try list(&bytes))
    }

    private static func mention(_ bytes: inout ColumnBytes) throws(ColumnError) -> BatchMention {
        let leaf = try bytes.size()
        let first = Instant(microseconds: try bytes.number(Int64.self))
        let last = Instant(microseconds: try bytes.number(Int64.self))
        return BatchMention(
            leaf: leaf, starts: first <= last ? first...last : nil, coverage: try intervals(&bytes))
    }

    private static func move(_ bytes: inout ColumnBytes) throws(ColumnError) -> EventMove {
        let reference = FactReference(leaf: try bytes.size(), item: try bytes.size())
        let old = try bytes.number(Int64.self)
        return EventMove(old: old, new: try bytes.number(Int64.self), reference: reference)
    }

    private static func intervals(_ bytes: inout ColumnBytes) throws(ColumnError) -> [Interval] {
        var intervals: [Interval] = []
        for _ in 0..<(try bytes.count(each: 16)) {
            let start = Instant(microseconds: try bytes.number(Int64.self))
            guard
                let interval = Interval(from: start, to: Instant(microseconds: try bytes.number(Int64.self)))
            else { throw bytes.damage("an interval is empty") }
            intervals.append(interval)
        }
        return intervals
    }

    private static func list(_ bytes: inout ColumnBytes) throws(ColumnError) -> BlockList {
        var list = BlockList()
        for _ in 0..<(try bytes.count(each: 56)) {
            list.parts.append(
                SegmentPart(
                    number: try bytes.number(UInt64.self), size: try bytes.size(),
                    directory: try bytes.size(),
                    digest: try bytes.digest()))
        }
        for _ in 0..<(try bytes.count(each: 12)) {
            let part = Int(try bytes.number(UInt32.self))
            let first = Int(try bytes.number(UInt32.self))
            let count = Int(try bytes.number(UInt32.self))
            // A block takes at least 24 bytes of its file's directory.
            guard list.parts.indices.contains(part), first + count <= list.parts[part].size / 24 else {
                throw bytes.damage("it names blocks that are not there")
            }
            for block in first..<first + count { list.places.append(.init(part: part, block: block)) }
        }
        return list
    }

    // MARK: Files

    /// The manifest that a store holds.
    init(in store: any ColumnStore, key: [UInt8]) throws {
        guard let file = try store.open(Self.name) else { throw ColumnError.missing }
        guard file.size <= Self.limit else { throw ColumnError.damaged(file: Self.name, "it is too large") }
        do {
            try self.init(try file.read(0..<file.size), key: key)
        } catch let error as StorageError {
            throw ColumnError.damaged(file: Self.name, error.reason)
        }
    }
}
