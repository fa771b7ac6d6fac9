package import Assessment
import Catalog
import Evidence
package import Formats
package import Ledger
import Programs
import Storage

/// For which time, and with which knowledge, an assessment is made.
package struct AssessmentRequest: Sendable {
    /// Where the period comes from.
    package enum Span: Sendable {
        /// A period document; nil is the only one there is.
        case named(Identifier?)
        case interval(Interval)
    }

    package let span: Span
    /// Nil is now.
    package let knownAt: Instant?
    /// Nil takes what the named period agrees on, else the standard.
    let tolerance: Tolerance?

    package init(span: Span, knownAt: Instant?) {
        self.init(span: span, knownAt: knownAt, tolerance: nil)
    }

    init(span: Span, knownAt: Instant?, tolerance: Tolerance?) {
        self.span = span
        self.knownAt = knownAt
        self.tolerance = tolerance
    }
}

/// An assessment with its place in the log.
package struct LoggedAssessment: Sendable {
    package let result: AssessmentResult
    package let digest: Digest
    package let leaf: Int
}

extension Workspace {
    /// Evaluates a period from the sealed evidence. Nothing is written.
    ///
    /// - Parameter listsAll: keep a row for every event, also for those that plainly passed; the simple evaluators then
    ///   work, over the payloads. The result's bytes are the same.
    package func evaluate(
        _ request: AssessmentRequest, clock: Clock, listsAll: Bool = false,
        progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) throws -> AssessmentResult {
        try database.read { database in
            let now = clock.now()
            let knownAt = min(request.knownAt ?? now, now)
            let program = try self.program(database, knownAt: knownAt)
            let current = program.history.current
            let period: Interval
            var tolerance = Tolerance.standard
            switch request.span {
            case .interval(let interval): period = interval
            case .named(let id):
                let named = try current.interval(ofPeriod: id)
                period = named.interval
                tolerance = Tolerance(named.period)
            }
            let kinds = try KindCatalog.builtin().merging(current.kinds.map(\.kind))
            let input = try AssessmentInput(
                program.history, criteria: try CriteriaCatalog.builtin(), period: period, knownAt: knownAt,
                tolerance: request.tolerance ?? tolerance, programDigest: program.digest)
            if listsAll {
                let evidence = try EvidenceReader(database, blobs: blobs).history(
                    kinds: kinds, knownAt: knownAt, progress: progress)
                return AssessmentResult(input, history: evidence.history, evidenceDigest: evidence.digest)
            }
            return try withColumnHistory(database, kinds: kinds, knownAt: knownAt, progress: progress) {
                try AssessmentResult(input, columns: $0, evidenceDigest: $1)
            }
        }
    }

    /// What is told of a period otherwise than it was known at an earlier time. Nothing is written.
    ///
    /// Both results list every unit: one that only counts has nothing to compare.
    package func restatement(
        of request: AssessmentRequest, since: Instant, clock: Clock,
        progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) throws -> Restatement {
        let later = try evaluate(request, clock: clock, listsAll: true, progress: progress)
        let earlier = try evaluate(
            AssessmentRequest(
                span: .interval(later.input.period), knownAt: since, tolerance: later.input.tolerance),
            clock: clock, listsAll: true, progress: progress)
        return try Restatement(from: earlier, to: later)
    }

    /// Evaluates a period and puts the result on record. The same result is put on record once.
    package func assess(
        _ request: AssessmentRequest, clock: Clock,
        progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) throws -> LoggedAssessment {
        while true {
            let result = try evaluate(request, clock: clock, progress: progress)
            if let logged = try record(result, clock) { return logged }
        }
    }

    /// Nil when something that counts as known was still being recorded while the result was computed: with it, the
    /// result may be another one.
    private func record(_ result: AssessmentResult, _ clock: Clock) throws -> LoggedAssessment? {
        let bytes = try result.canonical
        let digest = Digest.sha256(bytes)
        let leaf: Int? = try database.write { database in
            let knownAt = result.input.knownAt
            let batches = try EvidenceTables.batches(database).count { $0.recorded <= knownAt }
            let program = try program(database, knownAt: knownAt).digest
            guard batches == result.evidenceLeaves, program == result.input.programDigest else { return nil }
            if let last = try lastAssessment(database), last.statement.result == digest { return last.leaf }
            let recorded = try LogTable.recorded(clock.now(), database)
            let payload = try blobs.put(bytes)
            let statement = AssessmentStatement(
                result, digest: digest, summary: .sha256(ResultSummary.bytes(of: bytes) ?? []),
                recorded: recorded)
            let signer = try logSigner()
            let entry = try LogEntry(statement.statement, signedBy: [signer])
            let leaf = try LogTable.append([entry], signer: signer, database)
            try ProgramTable.insert(
                into: .assessment, leaf: leaf, recorded: recorded, payload: payload, database)
            return leaf
        }
        return leaf.map { LoggedAssessment(result: result, digest: digest, leaf: $0) }
    }

    /// The newest assessment on record; nil when there is none.
    func lastAssessment(
        _ database: any Reading
    ) throws -> (leaf: Int, statement: AssessmentStatement, payload: BlobName)? {
        guard let row = try ProgramTable.rows(.assessment, database).last else { return nil }
        guard let entry = try LogTable.entry(row.leaf, database) else {
            throw RecordError.missingEntry(leaf: row.leaf)
        }
        guard let statement = AssessmentStatement(entry.statement) else {
            throw RecordError.statement(leaf: row.leaf, "it is not an assessment")
        }
        return (row.leaf, statement, row.payload)
    }
}
