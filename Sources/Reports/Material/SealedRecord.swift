package import Assessment
package import Catalog
package import Evidence
package import Formats
package import Programs
package import Ledger

/// Where a log and its payloads are kept: in a workspace or in a package.
package protocol RecordStore {
    /// The program as it was known at an instant.
    func program(knownAt: Instant) throws -> (history: ProgramHistory, digest: Digest)

    /// An entry of the log.
    func entry(_ leaf: Int) throws -> LogEntry

    /// Hands over all evidence that was known at an instant, as columns, with the digest over its batches. It may do so
    /// twice: what is handed to it has no effects.
    func withColumns<Found>(
        knownAt: Instant, kinds: KindCatalog, _ body: (ColumnHistory, Digest) throws -> Found
    ) throws -> Found

    /// Hands over the facts of a batch in stretches, each with the number of its first item, erased ones as nil. What was
    /// handed over is proven only once it returns without error.
    func forEachStretch(
        ofBatch leaf: Int, _ batch: BatchStatement, _ body: (_ first: Int, _ facts: [Fact?]) throws -> Void
    ) throws
}

/// What a log holds, wherever it is kept.
package struct SealedRecord {
    /// Of every batch, in the order of the log.
    package let batches: [(leaf: Int, recorded: Instant)]
    /// The draws on record, in the order of the log.
    package let draws: [(leaf: Int, draw: DrawStatement)]
    /// The assessments on record, in the order of the log.
    package let assessments: [(leaf: Int, result: Digest)]
    /// What was erased, in the order of the log: at whatever time evidence is asked for, it is not there any more.
    package let erasures: [LoggedErasure]
    private let store: any RecordStore

    package init(
        batches: [(leaf: Int, recorded: Instant)], draws: [(leaf: Int, draw: DrawStatement)],
        assessments: [(leaf: Int, result: Digest)], erasures: [LoggedErasure], in store: any RecordStore
    ) {
        self.batches = batches
        self.draws = draws
        self.assessments = assessments
        self.erasures = erasures
        self.store = store
    }

    /// The program as it was known at an instant, with its digest.
    package func program(knownAt: Instant) throws -> (history: ProgramHistory, digest: Digest) {
        try store.program(knownAt: knownAt)
    }

    /// What the log states of a batch, and the hash of its entry.
    func statement(_ leaf: Int) throws -> (batch: BatchStatement, leafHash: Digest) {
        let entry = try store.entry(leaf)
        guard let batch = BatchStatement(entry.statement) else { throw RecordError.notABatch(leaf: leaf) }
        return (batch, entry.leafHash)
    }

    /// What an assessment is of, apart from the evidence, and the program that it is judged by.
    package func input(
        _ period: Interval, knownAt: Instant, _ tolerance: Tolerance = .standard,
        timeZoneData: String = CalendarWindows.timeZoneData
    ) throws -> (input: AssessmentInput, program: ProgramHistory) {
        let program = try program(knownAt: knownAt)
        let input = try AssessmentInput(
            program.history, criteria: try CriteriaCatalog.builtin(), period: period, knownAt: knownAt,
            tolerance: tolerance, programDigest: program.digest, timeZoneData: timeZoneData)
        return (input, program.history)
    }

    // MARK: Payloads

    /// The evidence as it was known at an instant, read from the payloads, and the digest over its batches.
    ///
    /// - Parameter backwards: reads the last batch first, which changes the digest and nothing else.
    package func frame(
        _ period: Interval, knownAt: Instant, by program: ProgramHistory, backwards: Bool = false,
        progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) throws -> (frame: Frame, digest: Digest) {
        var collector = HistoryCollector(kinds: try program.evidenceKinds(), knownAt: knownAt)
        let known = batches.filter { $0.recorded <= knownAt }
        for (done, batch) in (backwards ? known.reversed() : known).enumerated() {
            try collector.add(leaf: batch.leaf, store.entry(batch.leaf)) {
                try store.forEachStretch(ofBatch: batch.leaf, $0, $1)
            }
            progress(done + 1, known.count)
        }
        let (told, digest) = collector.finish()
        let history = told.retiring(Retirements(program))
        return (Frame(history: history, period: period, knownAt: knownAt), digest)
    }

    /// Judges a period by the simple evaluators, from the payloads, with a row for every unit.
    package func result(_ input: AssessmentInput, by program: ProgramHistory) throws -> AssessmentResult {
        let (frame, digest) = try frame(input.period, knownAt: input.knownAt, by: program)
        return try AssessmentResult(input, history: frame.history, evidenceDigest: digest)
    }

    // MARK: Columns

    /// Hands over what was known at an instant, as columns.
    package func withEvidence<Found>(
        knownAt: Instant, during period: Interval, by program: ProgramHistory,
        _ body: (KnownEvidence) throws -> Found
    ) throws -> Found {
        let kinds = try program.evidenceKinds()
        return try store.withColumns(knownAt: knownAt, kinds: kinds) { columns, digest in
            try body(
                KnownEvidence(columns, digest, kinds, knownAt: knownAt, during: period, by: program, of: self)
            )
        }
    }
}

/// The evidence of a period as it was known at an instant, with what the checks of populations look at.
package struct KnownEvidence {
    package let columns: ColumnHistory
    /// Over the batches.
    package let digest: Digest
    package let kinds: KindCatalog
    package let frame: SweepFrame
    let program: Program
    private let batches: [(batch: PopulationBatch, touched: Set<Identifier>)]
    private let recorded: RecordingTimes

    fileprivate init(
        _ columns: ColumnHistory, _ digest: Digest, _ kinds: KindCatalog, knownAt: Instant,
        during period: Interval, by program: ProgramHistory, of record: SealedRecord
    ) throws {
        let columns = columns.retiring(Retirements(program))
        self.columns = columns
        self.digest = digest
        self.kinds = kinds
        self.program = program.current
        frame = try SweepFrame(columns: columns, period: period, knownAt: knownAt)
        var mentions: [Int: [(kind: Identifier, mention: BatchMention)]] = [:]
        for (name, kind) in columns.kinds {
            for mention in kind.sources.values.flatMap(\.mentions) {
                mentions[mention.leaf, default: []].append((name, mention))
            }
        }
        let known = record.batches.filter { $0.recorded <= knownAt }
        let connectors = SourceConnectors(program)
        batches = try known.map { leaf, recorded in
            let statement = try record.statement(leaf).batch
            let own = mentions[leaf] ?? []
            let asked = period.contains(recorded) ? Set(statement.kinds) : []
            let leftOut = statement.leftOut(in: period) {
                Self.told(by: statement.source, columns, kinds, connectors.source(of: statement))
            }
            return (
                PopulationBatch(
                    leaf: leaf, statement: statement,
                    coverageItems: own.reduce(0) { $0 + $1.mention.coverage.count },
                    connector: connectors.connector(of: statement)),
                asked.union(leftOut).union(own.filter { $0.mention.touches(period) }.map(\.kind))
            )
        }
        recorded = RecordingTimes(known)
    }

    /// The kinds that a source has told of or is to tell of, each with whether it is of records; all kinds where nobody
    /// knows of it.
    private static func told(
        by name: Identifier, _ columns: ColumnHistory, _ kinds: KindCatalog, _ source: Source?
    ) -> [Identifier: Bool] {
        let told = columns.kinds.filter { $0.value.sources[name] != nil }.keys
        let all = Set(told).union(source?.kinds.map(\.id) ?? [])
        return Dictionary(
            (all.isEmpty ? Set(columns.kinds.keys) : all).map { ($0, kinds.kind($0)?.mode != .event) },
            uniquingKeysWith: { first, _ in first })
    }

    /// What the records of a kind say of how complete they are; nil when the kind is not known.
    ///
    /// - Parameter listing: keeps which facts came late, to mark what was drawn.
    package func survey(_ kind: Identifier, listing: Bool = false) throws -> PopulationSurvey? {
        try columns[kind].map {
            try PopulationSurvey(
                $0, texts: columns.texts, in: frame.period, recorded: recorded, listing: listing)
        }
    }

    /// What the checks of a test's population look at.
    ///
    /// - Parameter surveys: of each of the test's kinds that is known.
    package func population(
        of test: ControlTest, _ surveys: [Identifier: PopulationSurvey],
        _ repetition: PopulationEvidence.Repetition
    ) -> PopulationEvidence {
        let own = test.populationKinds(in: frame.period)
        let kinds = test.kindsLookedAt(in: frame.period)
        return PopulationEvidence(
            test: test, frame: frame.withoutRecords, zone: program.zone.identifier,
            periods: program.periods.compactMap { period in
                period.interval(in: program.zone).map { (period.id, $0) }
            },
            batches: batchesTelling(of: kinds, surveys), unasserted: kinds.filter { !isAsserted($0) },
            surveys: own.compactMap { surveys[$0] },
            others: kinds.filter { !own.contains($0) }.compactMap { surveys[$0] }, repetition: repetition)
    }

    /// The batches that say something of some kinds in the period, those that their records rest on, and those that may
    /// have left something of them out.
    func batchesTelling(
        of kinds: [Identifier], _ surveys: [Identifier: PopulationSurvey]
    ) -> [PopulationBatch] {
        let leaves = kinds.reduce(into: Set<Int>()) { $0.formUnion(surveys[$1]?.leaves ?? []) }
        return batches.filter {
            !$0.touched.isDisjoint(with: kinds) || leaves.contains($0.batch.leaf)
        }.map(\.batch)
    }

    /// Whether any source ever asserted that it holds every record of a kind.
    private func isAsserted(_ kind: Identifier) -> Bool {
        columns[kind]?.sources.values.contains { $0.mentions.contains { !$0.coverage.isEmpty } } == true
    }

    /// The kinds of which anything was recorded after an instant.
    func kinds(recordedAfter instant: Instant) -> Set<Identifier> {
        Set(
            columns.kinds.filter { _, kind in
                kind.sources.values.flatMap(\.mentions).contains { recorded.time(of: $0.leaf) > instant }
            }.keys)
    }
}

/// The connectors that a program has named for its sources, over time.
struct SourceConnectors {
    private let versions: [Identifier: [DocumentVersion]]

    init(_ program: ProgramHistory) {
        let zone = program.current.zone
        let ids = program.ids(of: .source)
        versions = Dictionary(
            ids.map { ($0, program.versions(.source, $0, in: zone)) }, uniquingKeysWith: { first, _ in first }
        )
    }

    /// The one in force when a batch was recorded.
    func connector(of statement: BatchStatement) -> String? { source(of: statement)?.connector.rawValue }

    /// The document that was in force then.
    func source(of statement: BatchStatement) -> Source? {
        let version = versions[statement.source]?.last { $0.recorded <= statement.recorded }
        guard case .source(let source)? = version?.document.body else { return nil }
        return source
    }
}
