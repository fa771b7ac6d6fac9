import Assessment
import Catalog
import Evidence
import Formats
package import Ledger
import Programs

/// What came of repeating an assessment from a package, with the draws on record and the report, where there are any.
package struct Reperformance: Sendable {
    /// Whether something in the package came out the same when it was made again.
    package enum Repetition: Sendable, Hashable {
        case same
        case different(String)
        /// Not tried, and why.
        case withheld(String)
        /// A page of another form than is written here, or of one that it does not name: nobody knows whether it is the
        /// same. Anybody can write that into a page, so that it is not to pass for one that was compared.
        case otherForm(named: Int?)
    }

    /// How far the assessment itself could be repeated.
    package enum Examination: Sendable {
        /// All of it: the digest of the result computed here, and the window as text.
        case whole(computed: Digest, window: String)
        /// The package withholds what some of its tests read.
        case inPart(RepeatedTests)
    }

    /// Digest of the result in the package, as the log states it.
    package let stated: Digest
    package let examination: Examination
    /// Differences between there and here that may explain a mismatch.
    package let notes: [String]
    /// Of each draw of a sample in the log, by its entry.
    package let draws: [(leaf: Int, draw: String, repetition: Repetition)]
    /// Of the report in the package; nil when it has none.
    package let report: Repetition?

    /// Whether the whole assessment gave the result on record.
    package var isEqual: Bool {
        if case .whole(let computed, _) = examination { stated == computed } else { false }
    }

    /// Whether the assessment was repeated as a whole, and nothing came out otherwise than it stands in the package. A
    /// report of another form counts as such.
    package var holds: Bool {
        isEqual
            && (draws.map(\.repetition) + [report].compactMap(\.self)).allSatisfy {
                switch $0 {
                case .same, .withheld: true
                case .different, .otherForm: false
                }
            }
    }
}

extension PackageVerification {
    /// Repeats the assessment, the draws and the report from the package alone. Only after `run()` has found the package
    /// sound.
    ///
    /// - Parameter simply: the assessment by the simple evaluators, which hold all evidence in memory, item by item, and
    ///   share no code with the quick ones beyond the meaning of expressions. The result is the same.
    package func reperform(style: Style = .plain, simply: Bool = false) throws -> Reperformance {
        if manifest?.profile == .public {
            throw PackageError.withheld(
                "a package for the public holds no evidence to repeat the assessment from")
        }
        let (leaf, statement) = try assessment()
        let whole = try record(before: log.count)
        return Reperformance(
            stated: statement.result,
            examination: try examination(statement, before: leaf, style: style, simply: simply),
            notes: notes(statement),
            draws: try whole.draws.map { leaf, draw in
                (
                    leaf, "\(draw.size) of \(draw.count), \(draw.test), with a seed of \(draw.by)",
                    try repetition(of: draw, at: leaf, whole.erasures)
                )
            },
            report: try reportRepetition(statement))
    }

    private func examination(
        _ statement: AssessmentStatement, before leaf: Int, style: Style, simply: Bool
    ) throws -> Reperformance.Examination {
        let record = try record(before: leaf)
        let (input, program) = try record.input(
            statement.period, knownAt: statement.knownAt, statement.tolerance,
            timeZoneData: statement.timeZoneData)
        let result = { (input: AssessmentInput) in
            simply
                ? try record.result(input, by: program)
                : try sweptResult(input, by: program, before: leaf)
        }
        if let tests = try repeatTests(of: input, result) { return .inPart(tests) }
        let whole = try result(input)
        let computed = try whole.digest
        if computed != statement.result, !evidence.isWhole {
            throw PackageError.withheld(
                "the package holds less than the assessment was made from, and what is left gives another result: "
                    + evidence.claims.map { "\($0.name) \($0.status.rawValue), \($0.detail)" }
                    .joined(separator: "; "))
        }
        return .whole(
            computed: computed, window: WindowText(whole, in: program.current.zone, style: style).text)
    }

    /// The log of the package up to an entry, each payload proven when it is read.
    private func record(before end: Int) throws -> SealedRecord {
        var batches: [(leaf: Int, recorded: Instant)] = []
        var draws: [(leaf: Int, draw: DrawStatement)] = []
        var assessments: [(leaf: Int, result: Digest)] = []
        var tombstones: [(leaf: Int, statement: Statement)] = []
        let others = [
            DrawStatement.predicateType, AssessmentStatement.predicateType, ErasureStatement.predicateType,
        ]
        try log.forEach(
            in: 0..<end, where: { BatchStatement.isBatch($0) || others.contains($0) }
        ) { leaf, entry in
            if let batch = batchStatements[leaf] ?? BatchStatement(entry.statement) {
                batches.append((leaf, batch.recorded))
            }
            if let draw = DrawStatement(entry.statement) { draws.append((leaf, draw)) }
            if let assessment = AssessmentStatement(entry.statement) {
                assessments.append((leaf, assessment.result))
            }
            if entry.statement.predicateType == ErasureStatement.predicateType {
                tombstones.append((leaf, entry.statement))
            }
        }
        let erasures = try tombstones.compactMap { leaf, statement in
            try LoggedErasure(statement, leaf: leaf, recorded: statedTime(ofEntry:))
        }
        return SealedRecord(
            batches: batches, draws: draws, assessments: assessments, erasures: erasures,
            in: PackagedRecord(verification: self, end: end))
    }

    /// The payloads of a package's log up to an entry.
    private struct PackagedRecord: RecordStore {
        let verification: PackageVerification
        let end: Int

        func program(knownAt: Instant) throws -> (history: ProgramHistory, digest: Digest) {
            try verification.program(before: end, knownAt: knownAt)
        }

        func entry(_ leaf: Int) throws -> LogEntry { try verification.log.entry(leaf) }

        func withColumns<Found>(
            knownAt: Instant, kinds: KindCatalog, _ body: (ColumnHistory, Digest) throws -> Found
        ) throws -> Found {
            let (history, digest) = try verification.columns(before: end, knownAt: knownAt, kinds)
            return try body(history, digest)
        }

        func forEachStretch(
            ofBatch leaf: Int, _ batch: BatchStatement, _ body: (Int, [Fact?]) throws -> Void
        ) throws {
            var reading = PayloadReading { $0.map(\.fact) }
            do {
                try verification.reader.read(PackageLayout.path(PackageLayout.batches, leaf: leaf)) {
                    try reading.append($0, body)
                }
                try reading.finish(batch.population, body)
            } catch let error as PayloadError {
                throw RecordError.payload(leaf: leaf, error)
            }
        }
    }

    /// Draws again with the seed on record, from the population as it was known then.
    ///
    /// - Parameter erasures: all in the log. What was erased before the draw was drawn from no more.
    private func repetition(
        of draw: DrawStatement, at leaf: Int, _ erasures: [LoggedErasure]
    ) throws -> Reperformance.Repetition {
        let record = try record(before: leaf)
        let (input, program) = try record.input(draw.period, knownAt: draw.knownAt)
        guard let test = input.tests.first(where: { $0.id == draw.test }) else {
            return .different("no test \(draw.test) was in force")
        }
        let missed = try withheldFields.read(by: test)
        guard missed.isEmpty else {
            return .withheld("the test reads what is withheld: \(missed.joined(separator: ", "))")
        }
        let frame = try record.frame(draw.period, knownAt: draw.knownAt, by: program).frame
        let population = UnitPopulation(test, frame, rows: test.evaluate(frame))
        guard population.root == draw.population, population.count == draw.count else {
            let kinds = test.evidenceKinds
            if let erasure = erasures.first(where: { $0.leaf > leaf && kinds.contains($0.statement.kind) }) {
                return .withheld(
                    "log entry \(erasure.leaf) erased \(erasure.statement.kind) after it was drawn")
            }
            return .different(
                "the population has \(population.count) items and the root \(population.root.hex), the draw states \(draw.count) and \(draw.population.hex)"
            )
        }
        let drawn = try draw.items(of: population, zone: program.current.zone.identifier)
        let count = drawn?.strata.map(\.picks.count).reduce(0, +) ?? 0
        return count == draw.size
            ? .same : .different("\(count) items were drawn here, the draw states \(draw.size)")
    }

    /// Writes the report again and compares it byte by byte. What differs in another form than is written here says nothing.
    private func reportRepetition(_ statement: AssessmentStatement) throws -> Reperformance.Repetition? {
        guard reader.paths.contains(PackageLayout.report), let checkpoint, let manifest else { return nil }
        let record = try record(before: log.count)
        let (input, program) = try record.input(
            statement.period, knownAt: statement.knownAt, statement.tolerance,
            timeZoneData: statement.timeZoneData)
        let withheld = try withheldFields
        guard input.tests.allSatisfy({ withheld.read(by: $0).isEmpty }) else {
            return .withheld("some of its tests read what is withheld")
        }
        let kind = ReportKind(packagedWith: statement)
        let page = { (marks: [Kind]) throws -> [UInt8] in
            let material = try record.material(
                kind, of: input, period: nil, program: program, marks: marks,
                since: kind.comparison(of: input, since: nil), checkpoint: checkpoint,
                includePersonal: manifest.profile == .auditor)
            return Array(Manuscript(material).html.utf8)
        }
        let marks = try self.program(before: log.count, knownAt: .distantFuture).history.ownKinds
        let own = try page(marks)
        let packaged = try reader.bytes(PackageLayout.report)
        if own == packaged { return .same }
        // Before, keys were withheld by the marks alone that were known at the time of the assessment.
        let known = program.ownKinds
        if known != marks, try page(known) == packaged { return .same }
        let place = zip(own, packaged).enumerated().first { $0.element.0 != $0.element.1 }?.offset
        let what =
            "from byte \(place ?? min(own.count, packaged.count)) on it is not the report that the evidence gives"
        // A report is written with the package, of what had not been erased by then.
        if evidence.withholds {
            return .withheld("the package withholds some of what it was made from")
        }
        let form = ReportMark.form(of: packaged)
        return form == ReportMark.form ? .different(what) : .otherForm(named: form)
    }

    /// The assessment by sweeps over columns, which are made in memory.
    private func sweptResult(
        _ input: AssessmentInput, by program: ProgramHistory, before leaf: Int
    ) throws -> AssessmentResult {
        let (history, digest) = try columns(
            before: leaf, knownAt: input.knownAt, program.evidenceKinds())
        return try AssessmentResult(input, columns: history, evidenceDigest: digest)
    }

    /// The evidence of the log up to an entry, as columns made in memory: by the verification, if it kept the same.
    private func columns(
        before end: Int, knownAt: Instant, _ kinds: KindCatalog
    ) throws -> (history: ColumnHistory, digest: Digest) {
        let wanted = GatheredColumns.Extent(end: end, knownAt: knownAt, kinds: kinds)
        if let kept = try columns?.get(), try isSame(kept.extent, wanted) {
            return (kept.history, kept.digest)
        }
        var again = self
        _ = try again.checkBatches(gathering: .success(wanted))
        guard let found = try again.columns?.get() else { throw Failed(description: "no batch was read") }
        return (found.history, found.digest)
    }

    /// Whether the same batches belong to both.
    private func isSame(_ kept: GatheredColumns.Extent, _ wanted: GatheredColumns.Extent) throws -> Bool {
        guard kept.knownAt == wanted.knownAt, kept.kinds == wanted.kinds, kept.end <= wanted.end else {
            return false
        }
        var isSame = true
        try log.forEach(in: kept.end..<wanted.end, where: BatchStatement.isBatch) { _, entry in
            if let batch = BatchStatement(entry.statement), batch.recorded <= kept.knownAt { isSame = false }
        }
        return isSame
    }

    private func notes(_ statement: AssessmentStatement) -> [String] {
        var notes: [String] = []
        if statement.engine != AssessmentResult.engine {
            notes.append("computed there by \(statement.engine), here by \(AssessmentResult.engine)")
        }
        if statement.timeZoneData != CalendarWindows.timeZoneData {
            notes.append(
                "time zone data there \(statement.timeZoneData), here \(CalendarWindows.timeZoneData): calendar windows may differ"
            )
        }
        return notes
    }
}
