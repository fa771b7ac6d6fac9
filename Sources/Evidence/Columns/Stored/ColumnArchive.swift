package import Catalog
import Expressions
package import Formats
package import Ledger
package import Storage

/// Evidence as columns on the disk: derived from log and payloads, and never believed beyond what proves itself.
///
/// The file format is told in `docs/columns.md`.
package struct ColumnArchive: Sendable {
    let store: any ColumnStore
    let key: [UInt8]
    private let sizes: ColumnSizes

    /// - Parameter key: the workspace's secret, under which manifests are sealed.
    package init(_ store: any ColumnStore, key: [UInt8], sizes: ColumnSizes = ColumnSizes()) {
        self.store = store
        self.key = key
        self.sizes = sizes
    }

    /// Removes every stored column; they are made again from the payloads.
    package func discard() throws {
        // The manifest first: files without it count for nothing.
        let names = try store.names()
        for name in names.filter({ $0 == ColumnManifest.name }) + names { try store.remove(name) }
    }

    // MARK: Reading

    /// All evidence that was known at an instant, as columns, with the same digest that `EvidenceReader.history` gives.
    ///
    /// Nothing is written. When the stored columns are current, no payload is read; when they are behind, only the
    /// payloads of later batches are; when there are none, they are damaged, or an earlier time of knowledge is asked for,
    /// all payloads are. Blocks of events are read and proven later: that can throw `ColumnError.damaged`.
    /// - Parameters:
    ///   - usingStored: false takes everything from the payloads.
    ///   - unused: told why the stored columns are not used.
    package func history(
        _ reader: EvidenceReader, kinds: KindCatalog, knownAt: Instant, usingStored: Bool = true,
        progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }, unused: (ColumnError) -> Void = { _ in }
    ) throws -> KnownColumns {
        let known = try EvidenceTables.batches(reader.database).filter { $0.recorded <= knownAt }
        if usingStored {
            do {
                return try fromStored(reader, kinds, knownAt, known, progress)
            } catch let error as ColumnError {
                unused(error)
            }
        }
        let memory = MemoryColumnStore()
        var writer = try ColumnWriter(memory, kinds: kinds, sizes)
        let state = try bring(&writer, reader, known, from: 0, [:], progress)
        try writer.publish(state, key: key)
        return try load(writer.manifest, memory, kinds, knownAt, known, origin: .payloads)
    }

    private func fromStored(
        _ reader: EvidenceReader, _ kinds: KindCatalog, _ knownAt: Instant, _ known: [BatchRow],
        _ progress: (_ done: Int, _ all: Int) -> Void
    ) throws -> KnownColumns {
        let manifest = try current(reader, kinds)
        guard manifest.knownAt <= knownAt else {
            throw ColumnError.foreign("they hold what was recorded later")
        }
        let later = known.filter { $0.leaf >= manifest.logSize }
        if later.isEmpty { return try load(manifest, store, kinds, knownAt, known, origin: .stored) }
        let memory = MemoryColumnStore(over: store)
        var writer = try ColumnWriter(memory, kinds: kinds, sizes, goingOn: manifest)
        let state = try bring(&writer, reader, known, from: manifest.logSize, [:], progress)
        try writer.publish(state, key: key)
        return try load(
            writer.manifest, memory, kinds, knownAt, known, origin: .extended(batches: later.count))
    }

    private func load(
        _ manifest: ColumnManifest, _ store: any ColumnStore, _ kinds: KindCatalog, _ knownAt: Instant,
        _ known: [BatchRow], origin: KnownColumns.Origin
    ) throws -> KnownColumns {
        KnownColumns(
            history: try Self.history(manifest, store, kinds, knownAt: knownAt, leaves: known.map(\.leaf)),
            digest: manifest.evidence, origin: origin)
    }

    /// What the files of a manifest hold.
    static func history(
        _ manifest: ColumnManifest, _ store: any ColumnStore, _ kinds: KindCatalog, knownAt: Instant,
        leaves: [Int]
    ) throws -> ColumnHistory {
        let texts = try StoredTexts.read(manifest.texts, in: store)
        var found: [Identifier: KindColumns] = [:]
        for (name, stream) in manifest.streams {
            guard let kind = kinds.kind(name.kind) else { continue }
            let source = try source(stream, kind, store, texts, knownAt)
            found[name.kind, default: KindColumns(kind: kind)].sources[name.source] = source
        }
        return ColumnHistory(kinds: found, texts: texts, leaves: leaves)
    }

    private static func source(
        _ stream: StoredStream, _ kind: Kind, _ store: any ColumnStore, _ texts: TextDictionary,
        _ knownAt: Instant
    ) throws -> SourceColumns {
        let blocks = try OpenBlocks(stream.rows, in: store, SegmentShape(kind.mode), schema: stream.schema)
        var rows = FactRows(kind)
        if kind.mode == .state {
            for block in 0..<blocks.count {
                rows.append(try StoredFacts(block, of: blocks, kind, texts: texts.count))
            }
        }
        return SourceColumns(
            coverage: stream.coverage(knownAt: knownAt), since: stream.since, asked: stream.asked,
            mentions: stream.mentions, moves: stream.moves, states: rows.resolved(texts),
            stated: kind.mode == .state
                ? StatedStates(list: stream.rows, store: store, schema: stream.schema) : nil,
            events: kind.mode == .event ? StoredEventBlocks(blocks: blocks, kind: kind, texts: texts) : nil)
    }

    /// Why the stored columns cannot be used: they are not there, damaged, or of another log, other kinds or another
    /// version. Nil when they can; their blocks are not looked at.
    package func obstacle(_ reader: EvidenceReader, kinds: KindCatalog) throws -> ColumnError? {
        do {
            _ = try current(reader, kinds)
            return nil
        } catch let error as ColumnError {
            return error
        }
    }

    /// The stored manifest, if it speaks of this log and these kinds.
    private func current(_ reader: EvidenceReader, _ kinds: KindCatalog) throws -> ColumnManifest {
        let manifest = try ColumnManifest(in: store, key: key)
        let size = try LogTable.size(reader.database)
        guard manifest.logSize <= size,
            try Self.root(manifest.logSize, reader.database) == manifest.root
        else { throw ColumnError.foreign("they belong to another log, or to one that has changed") }
        let batches = try reader.database.integer(
            "SELECT count(*) FROM batch WHERE leaf < $1", [.integer(Int64(manifest.logSize))])
        guard batches == Int64(manifest.batches) else {
            throw ColumnError.foreign("they hold other batches than the log")
        }
        for (name, stream) in manifest.streams where kinds.kind(name.kind)?.schemaDigest != stream.schema {
            throw ColumnError.foreign("the kind \(name.kind) has changed")
        }
        for kind in manifest.unknownKinds where kinds.kind(kind) != nil {
            throw ColumnError.foreign("the kind \(kind) is new")
        }
        return manifest
    }

    static func root(_ size: Int, _ database: any Reading) throws -> Digest {
        do {
            return try MerkleAccumulator(size: size, reader: DatabaseHashReader(database)).root
        } catch is RecordError {
            throw ColumnError.foreign("the log's hashes cannot be read")
        }
    }

    // MARK: Writing

    /// Brings the stored columns up to date with the log. Those that cannot be used are written anew.
    ///
    /// Whenever it ends, however it ends, the next reader finds the old columns or the new ones, never a mix. Call it
    /// inside `exclusively`.
    /// - Parameters:
    ///   - anew: everything is read from the payloads again.
    ///   - recorded: the items of batches that this process has just recorded, by leaf; their payloads are not read.
    @discardableResult
    package func refresh(
        _ reader: EvidenceReader, kinds: KindCatalog, anew: Bool = false, recorded: [Int: [Fact]] = [:],
        progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) throws -> ColumnReport {
        if !anew {
            do {
                let manifest = try current(reader, kinds)
                return try write(reader, kinds, goingOn: manifest, recorded, progress)
            } catch is ColumnError {}
        }
        return try write(reader, kinds, goingOn: nil, recorded, progress)
    }

    /// Runs the closure while nobody else writes columns. Look at the log inside, or somebody who has looked later may
    /// have been here.
    package func exclusively<T>(_ body: () throws -> T) throws -> T {
        try store.exclusively(body)
    }

    private func write(
        _ reader: EvidenceReader, _ kinds: KindCatalog, goingOn manifest: ColumnManifest?,
        _ recorded: [Int: [Fact]], _ progress: (_ done: Int, _ all: Int) -> Void
    ) throws -> ColumnReport {
        let rows = try EvidenceTables.batches(reader.database)
        let from = manifest?.logSize ?? 0
        let added = rows.count { $0.leaf >= from }
        if let manifest, added == 0 { return try ColumnReport(manifest, store, kinds, added: 0, anew: false) }
        var writer = try ColumnWriter(store, kinds: kinds, sizes, goingOn: manifest, nextFile: try nextFile())
        let state = try bring(&writer, reader, rows, from: from, recorded, progress)
        if manifest == nil { try store.remove(Self.partsName) }
        try writer.publish(state, key: key)
        return try ColumnReport(writer.manifest, store, kinds, added: added, anew: manifest == nil)
    }

    /// Behind every file that is there, so that readers of the present ones are left alone.
    private func nextFile() throws -> UInt64 {
        let numbers = try store.names().compactMap { name -> UInt64? in
            guard name.hasSuffix(SegmentPart.suffix) else { return nil }
            return UInt64(name.dropLast(SegmentPart.suffix.count), radix: 16)
        }
        return (numbers.max() ?? 0) &+ 1
    }

    /// So many facts are turned into rows at a time.
    private static let stretch = 4_096

    /// Adds the batches from a leaf on, each proven against the log.
    private func bring(
        _ writer: inout ColumnWriter, _ reader: EvidenceReader, _ known: [BatchRow], from leaf: Int,
        _ recorded: [Int: [Fact]], _ progress: (_ done: Int, _ all: Int) -> Void
    ) throws -> ColumnState {
        let added = known.filter { $0.leaf >= leaf }
        for (done, row) in added.enumerated() {
            guard let statement = try reader.statement(row.leaf) else {
                throw RecordError.missingEntry(leaf: row.leaf)
            }
            try writer.begin(statement)
            let kinds = writer.kinds
            let stretch = { @Sendable (facts: [Fact?]) in
                FactStretch(facts, recorded: statement.recorded, leaf: row.leaf, kinds: kinds)
            }
            if let facts = recorded[row.leaf], facts.count == statement.population.count {
                for start in stride(from: 0, to: facts.count, by: Self.stretch) {
                    let end = min(start + Self.stretch, facts.count)
                    try writer.add(stretch(Array(facts[start..<end])), of: statement, first: start)
                }
            } else {
                try reader.forEachStretch(row, statement, stretch) {
                    try writer.add($1, of: statement, first: $0)
                }
            }
            progress(done + 1, added.count)
        }
        let size = try LogTable.size(reader.database)
        return ColumnState(
            logSize: size, root: try Self.root(size, reader.database),
            knownAt: known.map(\.recorded).max() ?? .distantPast, batches: known.count,
            evidence: try reader.evidenceDigest(known))
    }

    // MARK: Checking

    /// Reads every byte of the stored columns and proves it, and says how far they are behind the log.
    package func condition(_ reader: EvidenceReader, kinds: KindCatalog) throws -> ColumnCondition {
        do {
            let manifest = try current(reader, kinds)
            try prove(manifest, kinds)
            _ = try sealedParts()
            let behind = try EvidenceTables.batches(reader.database).count { $0.leaf >= manifest.logSize }
            return behind == 0 ? .intact : .behind(batches: behind)
        } catch ColumnError.missing {
            return .missing
        } catch ColumnError.foreign(let what) {
            return .foreign(what)
        } catch let error as ColumnError {
            return .damaged(error.description)
        }
    }

    private func prove(_ manifest: ColumnManifest, _ kinds: KindCatalog) throws {
        let texts = try StoredTexts.read(manifest.texts, in: store)
        for (name, stream) in manifest.streams {
            guard let kind = kinds.kind(name.kind) else { continue }
            let blocks = try OpenBlocks(
                stream.rows, in: store, SegmentShape(kind.mode), schema: stream.schema)
            _ = try Parallel.map(Array(0..<blocks.count)) { block in
                try StoredFacts(block, of: blocks, kind, texts: texts.count).starts.count
            }
            // What is passed over is proven too: the files hold nothing that nobody wrote.
            for segment in blocks.segments {
                _ = try Parallel.map(Array(segment.blocks.indices)) { block in
                    try segment.chunks(block).count
                }
            }
        }
    }

    /// Writes columns from the payloads into memory and compares them with the stored ones: the rows of every stream,
    /// its coverage, which of its events were moved, and since when it is known. Gives what differs.
    package func compare(
        _ reader: EvidenceReader, kinds: KindCatalog,
        progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) throws -> [String] {
        let stored = try current(reader, kinds)
        let rows = try EvidenceTables.batches(reader.database).filter { $0.leaf < stored.logSize }
        let memory = MemoryColumnStore()
        var writer = try ColumnWriter(memory, kinds: kinds, sizes)
        try writer.publish(try bring(&writer, reader, rows, from: 0, [:], progress), key: key)
        let fresh = writer.manifest
        var differences: [String] = []
        if fresh.evidence != stored.evidence { differences.append("they hold other evidence") }
        for name in Set(fresh.streams.keys).union(stored.streams.keys).sorted() {
            guard let left = fresh.streams[name], let right = stored.streams[name] else {
                differences.append("\(name.kind) from \(name.source) is in one of them only")
                continue
            }
            let counts = try [(left, memory as any ColumnStore), (right, store)].map { stream, store in
                try ColumnReport.rows(stream, store, kinds.kind(name.kind)?.mode ?? .state)
            }
            if counts[0] != counts[1] {
                differences.append(
                    "\(name.kind) from \(name.source): \(counts[1]) rows where the payloads have \(counts[0])"
                )
            }
            if (left.since, left.asked, left.stated, left.assumed, left.mentions)
                != (right.since, right.asked, right.stated, right.assumed, right.mentions)
            {
                differences.append("\(name.kind) from \(name.source): another coverage")
            }
            if Set(left.moves) != Set(right.moves) {
                differences.append("\(name.kind) from \(name.source): other moves of events")
            }
        }
        return differences
    }
}

/// A history as columns, and where it came from.
package struct KnownColumns: Sendable {
    /// What was read for it.
    package enum Origin: Sendable, Hashable {
        /// The stored columns, and nothing else.
        case stored
        /// The stored columns and the payloads of so many later batches.
        case extended(batches: Int)
        /// The payloads alone.
        case payloads
    }

    package let history: ColumnHistory
    /// Over the leaf hashes of the batches that were known.
    package let digest: Digest
    package let origin: Origin
}

/// How the stored columns are.
package enum ColumnCondition: Sendable, Hashable {
    case intact
    /// Good, but later batches are not in them yet.
    case behind(batches: Int)
    case missing
    /// Of another log, version or kind.
    case foreign(String)
    case damaged(String)
}
