package import Assessment
import Catalog
package import Evidence
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

        /// The period document that is named; nil where none is.
        var period: Identifier? {
            if case .named(let id) = self { id } else { nil }
        }
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
    /// - Parameters:
    ///   - listsAll: keep a row for every event, also for those that plainly passed; the simple evaluators then work, over
    ///     the payloads. The result's bytes are the same.
    ///   - anew: what earlier assessments found in parts of the evidence is not used. The result's bytes are the same.
    package func evaluate(
        _ request: AssessmentRequest, clock: Clock, listsAll: Bool = false, anew: Bool = false,
        progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) throws -> AssessmentResult {
        try sweep(request, clock: clock, listsAll: listsAll, anew: anew, progress: progress).result
    }

    private struct Sweep {
        let result: AssessmentResult
        /// How long the log was.
        let logSize: Int
        /// What is to be remembered for the next one; nil when that is known already, or cannot be told.
        let parts: KnownParts?
    }

    private func sweep(
        _ request: AssessmentRequest, clock: Clock, listsAll: Bool = false, anew: Bool,
        progress: (_ done: Int, _ all: Int) -> Void, unused: (ColumnError) -> Void = { _ in }
    ) throws -> Sweep {
        try readRecord { database in
            let size = try LogTable.size(database)
            let (input, program) = try input(request, clock.now(), database)
            let knownAt = input.knownAt
            let kinds = try program.evidenceKinds()
            if listsAll {
                let evidence = try EvidenceReader(database, blobs: blobs).history(
                    kinds: kinds, knownAt: knownAt, progress: progress)
                let result = try AssessmentResult(
                    input, history: evidence.history, evidenceDigest: evidence.digest)
                return Sweep(result: result, logSize: size, parts: nil)
            }
            let known = anew ? nil : try columns.keptParts(EvidenceReader(database, blobs: blobs))
            let parts = known.flatMap { KnownParts(bytes: $0) } ?? KnownParts()
            return try withColumnHistory(
                database, kinds: kinds, knownAt: knownAt, progress: progress, unused: unused
            ) {
                let memo = PartMemo(parts)
                let result = try AssessmentResult(input, columns: $0, evidenceDigest: $1, memo: memo)
                return Sweep(
                    result: result, logSize: size, parts: memo.hasChanged ? memo.parts : nil)
            }
        }
    }

    /// What an assessment is of, apart from the evidence, and the program that it is judged by.
    func input(
        _ request: AssessmentRequest, _ now: Instant, _ database: any Reading
    ) throws -> (input: AssessmentInput, program: ProgramHistory) {
        let knownAt = min(request.knownAt ?? now, now)
        let program = try self.program(database, knownAt: knownAt)
        let period: Interval
        var tolerance = Tolerance.standard
        switch request.span {
        case .interval(let interval): period = interval
        case .named(let id):
            let named = try program.history.current.interval(ofPeriod: id)
            period = named.interval
            tolerance = Tolerance(named.period)
        }
        let input = try AssessmentInput(
            program.history, criteria: try CriteriaCatalog.builtin(), period: period, knownAt: knownAt,
            tolerance: request.tolerance ?? tolerance, programDigest: program.digest)
        return (input, program.history)
    }

    /// What is told of a period otherwise than it was known at an earlier time. Nothing is written.
    ///
    /// Both results list every unit: one that only counts has nothing to compare.
    /// - Parameter since: at the latest the time that the request asks for, which counts else.
    package func restatement(
        of request: AssessmentRequest, since: Instant, clock: Clock,
        progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) throws -> Restatement {
        let later = try evaluate(request, clock: clock, listsAll: true, progress: progress)
        let since = min(since, later.input.knownAt)
        let tolerance = try database.read { database -> Tolerance in
            let now = try program(database, knownAt: later.input.knownAt).history.current
            let then = try program(database, knownAt: since).history.current
            return later.input.agreedTolerance(of: request.span.period, by: now, asOf: then)
        }
        let earlier = try evaluate(
            AssessmentRequest(span: .interval(later.input.period), knownAt: since, tolerance: tolerance),
            clock: clock, listsAll: true, progress: progress)
        return try Restatement(from: earlier, to: later)
    }

    /// Evaluates a period and puts the result on record. The same result is put on record once.
    ///
    /// What was found in parts of the evidence is remembered beside the columns, so that the next assessment sweeps only
    /// what has changed.
    /// Columns that are found damaged are written anew, and what was in their place is taken from the payloads.
    /// - Parameters:
    ///   - anew: nothing remembered is used.
    ///   - damage: told of each such column file.
    /// - Throws: also where the clock is set by hand in a real organization's record.
    package func assess(
        _ request: AssessmentRequest, clock: Clock, anew: Bool = false,
        progress: (_ done: Int, _ all: Int) -> Void = { _, _ in },
        damage: (ColumnError) -> Void = { _ in }
    ) throws -> LoggedAssessment {
        try allow(clock)
        renewUnusableColumns(progress: progress) { if $0.mended != nil { damage($0) } }
        while true {
            var found: ColumnError?
            let sweep = try sweep(request, clock: clock, anew: anew, progress: progress) {
                // Columns of a later time of knowledge are passed over too, and are as they should be.
                if $0.mended != nil { found = $0 }
            }
            if let found {
                damage(found)
                // The answer is there; without this the next command reads the payloads again.
                _ = try? refreshColumns(anew: true, progress: progress)
            }
            guard let logged = try record(sweep.result, readAt: sweep.logSize, clock) else { continue }
            // The result is on record by now; without this the next one only takes longer.
            if let parts = sweep.parts { try? remember(parts, readAt: sweep.logSize) }
            return logged
        }
    }

    /// Nothing is remembered when more than the assessment itself was logged meanwhile, nor after an erasure.
    private func remember(_ parts: KnownParts, readAt size: Int) throws {
        try columns.exclusively {
            try database.read {
                guard try LogTable.size($0) <= size + 1, try erasedKinds(since: size, $0).isEmpty else {
                    return
                }
                try columns.keepParts(EvidenceReader($0, blobs: blobs), parts.write)
            }
        }
    }

    /// Nil when something that counts as known was still being recorded while the result was computed, or something was
    /// erased: the result may be another one, and none on record knows what was erased before it.
    ///
    /// - Parameter size: how long the log was when the evidence was read.
    func record(_ result: AssessmentResult, readAt size: Int, _ clock: Clock) throws -> LoggedAssessment? {
        let staged = try blobs.stage { try result.write($0) }
        guard let digest = Digest(hex: staged.name.text) else {
            throw StorageError.noBlob(name: staged.name, path: path)
        }
        let summary = try result.summaryDigest
        let leaf: Int? = try database.write { database in
            let knownAt = result.input.knownAt
            let batches = try EvidenceTables.batches(database).count { $0.recorded <= knownAt }
            let program = try program(database, knownAt: knownAt).digest
            guard batches == result.evidenceLeaves, program == result.input.programDigest,
                try erasedKinds(since: size, database).isEmpty
            else { return nil }
            if let last = try lastAssessment(database), last.statement.result == digest { return last.leaf }
            let recorded = try LogTable.recorded(clock.now(), database)
            try staged.keep()
            let statement = AssessmentStatement(
                result, digest: digest, summary: summary, recorded: recorded)
            let signer = try logSigner()
            let entry = try LogEntry(statement.statement, signedBy: [signer])
            let leaf = try LogTable.append([entry], signer: signer, database)
            try ProgramTable.insert(
                into: .assessment, leaf: leaf, recorded: recorded, payload: staged.name, database)
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
