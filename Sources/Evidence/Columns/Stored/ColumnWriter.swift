import Catalog
import Expressions
import Formats
import Ledger
import Storage

/// Brings stored columns up to date, batch by batch. What it writes counts from `publish` on; until then the old
/// manifest stands, with all of its files.
struct ColumnWriter {
    let store: any ColumnStore
    let kinds: KindCatalog
    private(set) var manifest: ColumnManifest
    private var texts: TextInterner
    private let storedTexts: Int
    private var pending: [StoredStream.Name: PendingStream] = [:]
    private var waiting = 0
    private let sizes: ColumnSizes

    /// - Parameter manifest: of columns in the store that go on; nil begins anew.
    init(
        _ store: any ColumnStore, kinds: KindCatalog, _ sizes: ColumnSizes,
        goingOn manifest: ColumnManifest? = nil, nextFile: UInt64 = 0
    ) throws {
        self.store = store
        self.kinds = kinds
        self.sizes = sizes
        self.manifest = manifest ?? ColumnManifest()
        self.manifest.nextFile = max(self.manifest.nextFile, nextFile)
        let dictionary = try StoredTexts.read(self.manifest.texts, in: store)
        texts = TextInterner(dictionary)
        storedTexts = dictionary.count
    }

    /// Notes what the log says of a batch; its facts follow.
    mutating func begin(_ statement: BatchStatement) throws {
        for kind in statement.kinds + statement.failures.compactMap(\.kind) {
            ask(StoredStream.Name(kind: kind, source: statement.source), statement)
        }
    }

    private mutating func ask(_ name: StoredStream.Name, _ statement: BatchStatement) {
        note(name, since: min(statement.recorded, statement.asked))
        pending[name]?.ask(statement.asked)
    }

    /// Adds facts of a batch, the first of which is the item of this number.
    mutating func add(_ stretch: FactStretch, of statement: BatchStatement, first: Int) throws {
        manifest.unknownKinds.formUnion(stretch.unknownKinds)
        let numbers = stretch.numbers(in: &texts)
        for part in stretch.parts {
            let name = StoredStream.Name(kind: part.kind.name, source: statement.source)
            note(name, since: statement.recorded)
            // A kind of which a source tells was asked for, whether or not the statement names it.
            if !statement.kinds.contains(part.kind.name) { ask(name, statement) }
            pending[name]?.append(
                part, texts: numbers, first: first, isAssumed: statement.mode == .snapshot)
            waiting += part.rows.count
        }
        if waiting >= sizes.heldRows { try spill() }
    }

    /// Makes sure that a stream is there, if its kind is known.
    private mutating func note(_ name: StoredStream.Name, since: Instant) {
        if pending[name] == nil {
            guard let kind = kinds.kind(name.kind) else {
                manifest.unknownKinds.insert(name.kind)
                return
            }
            pending[name] = PendingStream(kind, since: since)
        }
        pending[name]?.note(since)
    }

    /// Writes what is waiting into files.
    private mutating func spill() throws {
        let all = pending
        pending = [:]
        waiting = 0
        for (name, added) in all.sorted(by: { $0.key < $1.key }) {
            let schema = added.kind.schemaDigest
            var stream =
                manifest.streams[name]
                ?? StoredStream(
                    name: name, schema: schema, since: added.since, asked: added.asked, stated: IntervalSet(),
                    assumed: IntervalSet(), mentions: [], moves: [], rows: BlockList())
            stream.since = min(stream.since, added.since)
            stream.asked = max(stream.asked, added.asked)
            stream.stated = stream.stated.union(IntervalSet(added.stated))
            stream.assumed = stream.assumed.union(IntervalSet(added.assumed))
            stream.mentions.add(added.mentions)
            stream.moves += added.moves
            if added.rows.count > 0 {
                let header = SegmentHeader(
                    shape: SegmentShape(added.kind.mode), schema: schema, logSize: manifest.logSize)
                var file = SegmentFiles(store, header, sizes, next: manifest.nextFile)
                stream.rows = try file.adding(added, to: stream.rows, texts: texts.count)
                stream.moves += file.moves
                manifest.nextFile = file.next
            }
            manifest.streams[name] = stream
        }
    }

    /// Makes the new columns the ones that count, and removes the files that are needed no more.
    mutating func publish(_ state: ColumnState, key: [UInt8]) throws {
        try spill()
        if texts.count > storedTexts {
            let header = SegmentHeader(shape: .texts, schema: StoredTexts.schema, logSize: state.logSize)
            var file = SegmentFiles(store, header, sizes, next: manifest.nextFile)
            manifest.texts = try StoredTexts.adding(
                texts.dictionary, from: storedTexts, to: manifest.texts, &file)
            manifest.nextFile = file.next
        }
        manifest.logSize = state.logSize
        manifest.root = state.root
        manifest.knownAt = state.knownAt
        manifest.batches = state.batches
        manifest.evidence = state.evidence
        try store.replace(ColumnManifest.name, with: manifest.bytes(key: key))
        let needed = manifest.files
        for name in try store.names() where name.hasSuffix(SegmentPart.suffix) && !needed.contains(name) {
            try store.remove(name)
        }
    }
}

/// Up to where columns know the log.
struct ColumnState {
    let logSize: Int
    let root: Digest
    /// When the last of the batches was recorded.
    let knownAt: Instant
    let batches: Int
    let evidence: Digest
}

/// What has been added to a stream and is not written yet.
struct PendingStream {
    let kind: Kind
    private(set) var since: Instant
    private(set) var asked = Instant.distantPast
    private(set) var stated: [Interval] = []
    private(set) var assumed: [Interval] = []
    private(set) var mentions: [BatchMention] = []
    private(set) var rows: FactRows
    /// Events: the row that counts for each id.
    private(set) var index = TextIndex()
    /// Events that others of the same id have replaced.
    private(set) var replaced: Set<Int> = []
    /// Events: those that these rows moved.
    private(set) var moves: [EventMove] = []
    /// Events: the first word here on the event of a row that has replaced others.
    private var firstWords: [Int: Int] = [:]

    init(_ kind: Kind, since: Instant) {
        self.kind = kind
        self.since = since
        rows = FactRows(kind)
    }

    mutating func note(_ since: Instant) { self.since = min(self.since, since) }

    mutating func ask(_ instant: Instant) { asked = max(asked, instant) }

    mutating func append(_ part: FactStretch.Part, texts: [UInt32], first: Int, isAssumed: Bool) {
        let mention = part.mention
        mentions.add([mention])
        if isAssumed { assumed += mention.coverage } else { stated += mention.coverage }
        if let starts = mention.starts { note(starts.lowerBound) }
        let start = rows.count
        rows.append(part.rows, texts: texts, first: first)
        guard kind.mode == .event else { return }
        for row in start..<rows.count { meet(row) }
    }

    /// The first word here on the event of a row.
    func firstWord(_ row: Int) -> Int { firstWords[row] ?? row }

    /// Of two words on one event the one that became known later counts.
    private mutating func meet(_ row: Int) {
        guard let earlier = index.row(of: rows.ids[row], in: rows.ids) else {
            index.insert(row, in: rows.ids)
            return
        }
        if rows.precedes(earlier, rows, row) {
            replaced.insert(earlier)
            index.insert(row, in: rows.ids)
            firstWords[row] = firstWords.removeValue(forKey: earlier) ?? earlier
            moves.note(from: rows, earlier, to: rows, row)
        } else {
            replaced.insert(row)
            moves.note(from: rows, row, to: rows, earlier)
        }
    }
}
