package import Catalog
package import Formats
import Glibc
package import Ledger
package import Storage

/// What the recorder needs to know of a workspace.
package struct RecordingContext: Sendable {
    package let kinds: KindCatalog
    /// Signs the checkpoints of the log.
    package let signer: NoteSigner
    /// Signs what was collected: another key than the log's, so that the two can be told apart.
    package let collector: NoteSigner
    /// The names of records are derived from it; it never leaves the workspace.
    package let saltKey: [UInt8]
    /// How far ahead of our clock a source's may be.
    package let futureTolerance: TimeSpan
    /// So many bytes that nobody can guess, new with each call.
    package let secret: @Sendable (_ count: Int) -> [UInt8]

    package init(
        kinds: KindCatalog, signer: NoteSigner, collector: NoteSigner, saltKey: [UInt8],
        futureTolerance: TimeSpan = .minutes(5),
        secret: @escaping @Sendable (_ count: Int) -> [UInt8] = RecordingContext.systemSecret
    ) {
        self.kinds = kinds
        self.signer = signer
        self.saltKey = saltKey
        self.futureTolerance = futureTolerance
        self.collector = collector
        self.secret = secret
    }

    /// From the system's generator.
    package static let systemSecret: @Sendable (_ count: Int) -> [UInt8] = { count in
        [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            // Few calls to the system, which gives at most 256 bytes at once: its generator of words asks for each.
            while filled < count {
                let part = min(256, count - filled)
                let start = UnsafeMutableRawPointer(buffer.baseAddress)?.advanced(by: filled)
                guard let start, getentropy(start, part) == 0 else {
                    preconditionFailure("the system gives random bytes whenever it is asked for so few")
                }
                filled += part
            }
        }
    }
}

/// The acknowledgement of a recorded batch: when it exists, the batch is durable and logged.
package struct BatchReceipt: Sendable {
    package let leaf: Int
    package let statement: BatchStatement
    package let setAside: [SetAside]
    /// Records that it says have ended and that were not open: their keys may be misspelt.
    package let notOpen: Int
    /// The items of its population, in order: what columns are made of without reading the payload.
    package var facts: [Fact] { kept.facts }
    let kept: KeptFacts
}

/// Takes one collection into the record: types it, compares it with what is known, and writes facts, batch and leaf.
package struct BatchRecorder {
    /// Most records set aside that are listed for one batch; the log entry counts all.
    static let setAsideLimit = 1_000

    private let context: RecordingContext
    private let blobs: any BlobStore

    package init(_ context: RecordingContext, blobs: any BlobStore) {
        self.context = context
        self.blobs = blobs
    }

    /// Records a batch inside the caller's transaction.
    ///
    /// - Parameter clock: what the clock says; it becomes the knowledge time of everything in the batch. A clock that
    ///   was set back a little is taken to stand still; one that was set back far is refused.
    package func record(
        _ given: BatchDraft, recorded clock: Instant, _ database: any Writing
    ) throws -> BatchReceipt {
        try record(given, recorded: clock, comparingAll: false, database)
    }

    /// - Parameter comparingAll: holds each record against all before it from the start: the plain way, which gives the
    ///   same.
    func record(
        _ given: BatchDraft, recorded clock: Instant, comparingAll: Bool, _ database: any Writing
    ) throws -> BatchReceipt {
        let recorded = try LogTable.recorded(clock, tolerance: context.futureTolerance, database)
        let latest = recorded + context.futureTolerance
        let leaf = try LogTable.size(database)
        var reading = BatchReading(given, kinds: context.kinds, latest: latest, comparingAll: comparingAll)
        var index = FactIndex(source: given.source, leaf: leaf)
        var items = ItemWriter(context.kinds, secret: context.secret)
        var kept = try index.keep(reading, refusingRepeats: !comparingAll, items: &items, database)
        if kept == nil {
            // Records that stand twice are rare, and sorting finds them: only then are all compared.
            reading = BatchReading(given, kinds: context.kinds, latest: latest, comparingAll: true)
            index = FactIndex(source: given.source, leaf: leaf)
            kept = try index.keep(reading, refusingRepeats: false, items: &items, database)
        }
        let facts = kept ?? KeptFacts([], [])
        let draft = reading.draft
        let memberKey = MemberKey(source: draft.source, saltKey: context.saltKey)
        let list = MemberList(reading.facts, key: memberKey)
        let members =
            comparingAll
            ? list.members(key: memberKey)
            : try MemberTable.members(of: list, key: memberKey, after: draft.source, database)
        let counts = BatchCounts(
            received: draft.facts.count + draft.setAside.count { !$0.isRepeat }, facts: facts.count,
            unchanged: index.unchanged + reading.repeated, setAside: reading.setAside.count)
        let root = items.tree.root
        let statement = BatchStatement(
            draft, series: try EvidenceTables.place(inSeriesOf: draft.source, database), recorded: recorded,
            counts: counts, setAside: reading.setAside,
            population: Population(root: root, count: facts.count),
            members: members)
        let name = try blobs.put(items.payload)
        let entry = try LogEntry(
            Statement(
                subjects: [.init(name: Identifier("batch/\(draft.source)"), digest: root)],
                predicateType: BatchStatement.predicateType, predicate: statement.predicate),
            signedBy: [context.collector])
        _ = try LogTable.append([entry], signer: context.signer, database)
        try write(statement, leaf: leaf, payload: name, reading.setAside, database)
        try MemberTable.put(list, root: members.root, database)
        return BatchReceipt(
            leaf: leaf, statement: statement, setAside: reading.setAside, notOpen: index.notOpen, kept: facts)
    }

    // MARK: Writing

    private func write(
        _ statement: BatchStatement, leaf: Int, payload: BlobName, _ setAside: [SetAside],
        _ database: any Writing
    ) throws {
        try database.execute(
            """
            INSERT INTO batch (leaf, source, sequence, recorded, payload, items)
            VALUES ($1, $2, $3, $4, $5, $6)
            """,
            [
                .integer(Int64(leaf)), .text(statement.source.text),
                .integer(Int64(statement.series.sequence)), .integer(statement.recorded.microseconds),
                .text(payload.text), .integer(Int64(statement.population.count)),
            ])
        try database.prepared(
            "INSERT INTO set_aside (batch, position, line, reason) VALUES ($1, $2, $3, $4)"
        ) { prepared in
            for (position, record) in setAside.prefix(Self.setAsideLimit).enumerated() {
                try prepared.run([
                    .integer(Int64(leaf)), .integer(Int64(position)), SQLValue(record.line.map { Int64($0) }),
                    .text(record.reason),
                ])
            }
        }
    }
}
