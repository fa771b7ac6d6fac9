import Assessment
import Catalog
import Evidence
package import Formats
import Ledger
import Programs
package import Reports
import Storage

/// Which report is asked for, and of what.
package struct ReportRequest: Sendable {
    package let kind: ReportKind
    package let span: AssessmentRequest.Span
    /// Nil is the recording of the newest batch or program, or what an assessment on record knew of later, so that the
    /// same log gives the same report.
    package let knownAt: Instant?
    /// What is compared with what was known then; nil is the end of the period, where that is past.
    package let since: Instant?
    /// Names units whose keys are personal.
    package let includePersonal: Bool

    package init(
        kind: ReportKind, span: AssessmentRequest.Span, knownAt: Instant?, since: Instant?,
        includePersonal: Bool
    ) {
        self.kind = kind
        self.span = span
        self.knownAt = knownAt
        self.since = since
        self.includePersonal = includePersonal
    }
}

extension Workspace {
    /// Everything that a report is written from, read from the sealed evidence. Nothing is written.
    package func report(
        _ request: ReportRequest, clock: Clock,
        progress: @escaping (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) throws -> ReportMaterial {
        let now = clock.now()
        let known = try database.read { try latestKnowledge($0) }
        let knownAt = min(request.knownAt ?? known ?? now, now)
        return try material(
            request, AssessmentRequest(span: request.span, knownAt: knownAt), size: nil, clock: clock,
            progress: progress)
    }

    /// The report of an assessment on record, as a page: Type II, or Type I when it is as of one instant.
    ///
    /// - Parameter size: of the log that the report rests on.
    func reportPage(
        of leaf: Int, size: Int, includePersonal: Bool, clock: Clock
    ) throws -> [UInt8] {
        guard let entry = try database.read({ try LogTable.entry(leaf, $0) }),
            let statement = AssessmentStatement(entry.statement)
        else { throw RecordError.missingEntry(leaf: leaf) }
        let request = ReportRequest(
            kind: ReportKind(packagedWith: statement), span: .interval(statement.period),
            knownAt: statement.knownAt, since: nil,
            includePersonal: includePersonal)
        let material = try material(
            request,
            AssessmentRequest(
                span: request.span, knownAt: statement.knownAt, tolerance: statement.tolerance),
            size: size, clock: clock)
        guard material.resultDigest == statement.result else { throw PackageError.otherResult(leaf: leaf) }
        return Array(Manuscript(material).html.utf8)
    }

    private func material(
        _ request: ReportRequest, _ assessment: AssessmentRequest, size: Int?, clock: Clock,
        progress: @escaping (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) throws -> ReportMaterial {
        try readRecord { database in
            let (input, program) = try input(assessment, clock.now(), database)
            let marks = try self.program(database, before: size ?? .max).history.ownKinds
            return try sealedRecord(database, size: size, progress: progress).material(
                request.kind, of: input, period: request.span.period, program: program, marks: marks,
                since: request.kind.comparison(of: input, since: request.since),
                checkpoint: try openCheckpoint(size, database), includePersonal: request.includePersonal)
        }
    }

    /// What a report or a sample knows that states no time of knowledge, so that the same log gives the same: the recording
    /// of the newest batch or program, or what an assessment on record knew of later. Nil while the log is empty.
    func latestKnowledge(_ database: any Reading) throws -> Instant? {
        // An assessment that knew of everything has judged what they judge. The newest on record may be a look back,
        // which is nothing to go by.
        let assessed = try assessments(database).map(\.statement.knownAt)
        let recorded = try newestRecording(database)
        return ([recorded].compactMap(\.self) + assessed).max()
    }

    /// Every assessment on record, in the order of the log.
    func assessments(
        _ database: any Reading
    ) throws -> [(leaf: Int, statement: AssessmentStatement, payload: BlobName)] {
        try ProgramTable.rows(.assessment, database).map { row in
            guard let entry = try LogTable.entry(row.leaf, database),
                let statement = AssessmentStatement(entry.statement)
            else { throw RecordError.missingEntry(leaf: row.leaf) }
            return (row.leaf, statement, row.payload)
        }
    }

    private func openCheckpoint(_ size: Int?, _ database: any Reading) throws -> Checkpoint {
        let note =
            try size.map { try LogTable.checkpoint(size: $0, database) } ?? LogTable.checkpoint(database)
        guard let note else { throw WorkspaceError.leaf(0, size: 0) }
        return try Checkpoint.open(Array(note.utf8), verifiers: [logVerifier], origin: origin)
    }

    /// What the log holds, up to a size.
    func sealedRecord(
        _ database: any Reading, size: Int? = nil,
        progress: @escaping (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) throws -> SealedRecord {
        let rows = try EvidenceTables.batches(database)
        return SealedRecord(
            batches: rows.map { ($0.leaf, $0.recorded) },
            draws: try draws(database).filter { $0.leaf < size ?? .max },
            assessments: try assessments(database).filter { $0.leaf < size ?? .max }
                .map { (leaf: $0.leaf, result: $0.statement.result) },
            erasures: try erasures(database).filter { $0.leaf < size ?? .max },
            in: StoredRecord(
                workspace: self, database: database,
                rows: Dictionary(rows.map { ($0.leaf, $0) }, uniquingKeysWith: { first, _ in first }),
                progress: progress))
    }

    /// The log and the payloads of a workspace.
    private struct StoredRecord: RecordStore {
        let workspace: Workspace
        let database: any Reading
        /// By entry.
        let rows: [Int: BatchRow]
        let progress: (_ done: Int, _ all: Int) -> Void

        func program(knownAt: Instant) throws -> (history: ProgramHistory, digest: Digest) {
            try workspace.program(database, knownAt: knownAt)
        }

        func entry(_ leaf: Int) throws -> LogEntry {
            guard let entry = try LogTable.entry(leaf, database) else {
                throw RecordError.missingEntry(leaf: leaf)
            }
            return entry
        }

        func withColumns<Found>(
            knownAt: Instant, kinds: KindCatalog, _ body: (ColumnHistory, Digest) throws -> Found
        ) throws -> Found {
            try workspace.withColumnHistory(
                database, kinds: kinds, knownAt: knownAt, progress: progress, body)
        }

        func forEachStretch(
            ofBatch leaf: Int, _ batch: BatchStatement, _ body: (Int, [Fact?]) throws -> Void
        ) throws {
            guard let row = rows[leaf] else { throw RecordError.notABatch(leaf: leaf) }
            try EvidenceReader(database, blobs: workspace.blobs).forEachStretch(row, batch, { $0 }, body)
        }
    }
}
