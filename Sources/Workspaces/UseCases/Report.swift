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
    /// Nil is the recording of the newest batch or program, so that the same log gives the same report.
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
        _ request: ReportRequest, clock: Clock, progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) throws -> ReportMaterial {
        let now = clock.now()
        let newest = try database.read { try newestRecording($0) }
        let knownAt = min(request.knownAt ?? newest ?? now, now)
        let result = try evaluate(
            AssessmentRequest(span: request.span, knownAt: knownAt), clock: clock, listsAll: true,
            progress: progress)
        return try material(of: result, request, size: nil, clock: clock)
    }

    /// The Type II report of an assessment on record, as a page.
    ///
    /// - Parameter size: of the log that the report rests on.
    func typeTwoPage(
        of leaf: Int, size: Int, includePersonal: Bool, clock: Clock
    ) throws -> [UInt8] {
        guard let entry = try database.read({ try LogTable.entry(leaf, $0) }),
            let statement = AssessmentStatement(entry.statement)
        else { throw RecordError.missingEntry(leaf: leaf) }
        let request = ReportRequest(
            kind: .typeTwo, span: .interval(statement.period), knownAt: statement.knownAt, since: nil,
            includePersonal: includePersonal)
        let result = try evaluate(
            AssessmentRequest(
                span: request.span, knownAt: statement.knownAt, tolerance: statement.tolerance),
            clock: clock, listsAll: true)
        let material = try material(of: result, request, size: size, clock: clock)
        guard material.resultDigest == statement.result else { throw PackageError.otherResult(leaf: leaf) }
        return Array(Manuscript(material).html.utf8)
    }

    private func material(
        of result: AssessmentResult, _ request: ReportRequest, size: Int?, clock: Clock
    ) throws -> ReportMaterial {
        let restatement = try restatement(of: result, request, clock: clock)
        return try database.read { database in
            try ReportGathering(
                request: request, result: result,
                program: try program(database, knownAt: result.input.knownAt).history,
                draws: try draws(database).filter { $0.leaf < size ?? .max }, database: database, blobs: blobs
            ).material(restatement: restatement, checkpoint: try openCheckpoint(size, database))
        }
    }

    private func openCheckpoint(_ size: Int?, _ database: any Reading) throws -> Checkpoint {
        let note =
            try size.map { try LogTable.checkpoint(size: $0, database) } ?? LogTable.checkpoint(database)
        guard let note else { throw WorkspaceError.leaf(0, size: 0) }
        return try Checkpoint.open(Array(note.utf8), verifiers: [logVerifier], origin: origin)
    }

    private func restatement(
        of result: AssessmentResult, _ request: ReportRequest, clock: Clock
    ) throws -> Restatement? {
        let isOver = result.input.period.end < result.input.knownAt
        let standard = request.kind == .typeTwo && isOver ? result.input.period.end : nil
        guard let since = request.since ?? standard, since < result.input.knownAt else { return nil }
        let before = try evaluate(
            AssessmentRequest(
                span: .interval(result.input.period), knownAt: since, tolerance: result.input.tolerance),
            clock: clock, listsAll: true)
        return try Restatement(from: before, to: result)
    }
}

/// Reads what a report says beyond the result itself.
private struct ReportGathering {
    let request: ReportRequest
    let result: AssessmentResult
    let program: ProgramHistory
    let draws: [(leaf: Int, draw: DrawStatement)]
    let database: any Reading
    let blobs: any BlobStore

    private var period: Interval { result.input.period }
    private var knownAt: Instant { result.input.knownAt }

    func material(restatement: Restatement?, checkpoint: Checkpoint) throws -> ReportMaterial {
        let kinds = try KindCatalog.builtin().merging(program.current.kinds.map(\.kind))
        let rows = try EvidenceTables.batches(database).filter { $0.recorded <= knownAt }
        let reader = EvidenceReader(database, blobs: blobs)
        var collector = HistoryCollector(kinds: kinds, knownAt: knownAt)
        var backwards = HistoryCollector(kinds: kinds, knownAt: knownAt)
        let connectors = SourceConnectors(program)
        var outlines: [BatchOutline] = []
        for row in rows {
            let batch = try reader.batch(row)
            collector.add(batch)
            outlines.append(BatchOutline(batch, period: period, connectors: connectors))
        }
        for row in rows.reversed() { backwards.add(try reader.batch(row)) }
        let history = collector.finish().history
        let populations = try populations(
            history, again: backwards.finish().history, outlines, rows)
        return ReportMaterial(
            kind: request.kind, result: result, resultDigest: try result.digest, program: program.current,
            history: program, kinds: kinds, hipaa: try HIPAACatalog.builtin(),
            populations: populations,
            inventory: InventoryItem.items(in: history, by: min(period.end, knownAt)),
            incidents: IncidentRecord.records(in: history, during: period),
            hasIncidentSource: history[IncidentRecord.kind]?.sources.isEmpty == false,
            proofs: try proofs(reader, rows), restatement: restatement, checkpoint: checkpoint,
            names: KeyNames(
                personal: history.personalTexts, showsPersonal: request.includePersonal,
                keys: namedKeys(restatement, populations)))
    }

    /// Every population, sealed by its root; its checks read and judge the evidence a second time.
    private func populations(
        _ history: History, again: History, _ outlines: [BatchOutline], _ rows: [BatchRow]
    ) throws -> [Identifier: ReportPopulation] {
        let frame = Frame(history: history, period: period, knownAt: knownAt)
        let second = Frame(history: again, period: period, knownAt: knownAt)
        let recorded = Dictionary(
            rows.map { ($0.leaf, $0.recorded) }, uniquingKeysWith: { first, _ in first })
        let current = program.current
        let periods = current.periods.compactMap { period in
            period.interval(in: current.zone).map { (period.id, $0) }
        }
        var found: [Identifier: ReportPopulation] = [:]
        for outcome in result.tests where request.kind != .typeOne {
            let test = outcome.test
            let kinds = test.populationKinds(in: period)
            let population = UnitPopulation(test, frame, rows: outcome.rows)
            let used = Set(population.units.flatMap { $0.references.map(\.leaf) })
            let batches = outlines.filter { $0.touches(Set(kinds)) || used.contains($0.batch.leaf) }.map(
                \.batch)
            let evidence = PopulationEvidence(
                test: test, population: population, rows: outcome.rows, frame: frame,
                zone: current.zone.identifier, periods: periods, batches: batches, recorded: recorded,
                assertions: outlines.flatMap { $0.assertions(of: Set(kinds)) },
                repeatedRoot: UnitPopulation(test, second, rows: test.evaluate(second)).root)
            found[test.id] = ReportPopulation(
                kinds: kinds, sources: Set(batches.map(\.statement.source)).sorted(), batches: batches.count,
                count: population.count, root: population.root, checks: evidence.checks,
                samples: try samples(of: population, test.id))
        }
        return found
    }

    /// The draws on record from the population of a test in this period.
    private func samples(
        of population: UnitPopulation, _ test: Identifier
    ) throws -> [ReportSample] {
        try draws.filter { _, draw in
            draw.test == test && draw.period == period
        }.map { leaf, draw in
            let drawn = try draw.items(of: population, zone: program.current.zone.identifier)
            return ReportSample(
                leaf: leaf, draw: draw,
                strata: drawn?.strata.map { stratum in
                    ReportSample.Stratum(
                        name: stratum.stratum.membership == .all ? nil : stratum.stratum.name,
                        population: stratum.population,
                        items: stratum.picks.map { .init(unit: population.units[$0.index], rank: $0.rank) })
                })
        }
    }

    /// The keys of each test that the report may name.
    private func namedKeys(
        _ restatement: Restatement?, _ populations: [Identifier: ReportPopulation]
    ) -> [Identifier: Set<Identifier>] {
        var keys = populations.mapValues { Set($0.samples.flatMap(\.items).map(\.unit.key)) }
        for outcome in result.tests {
            keys[outcome.test.id, default: []].formUnion(outcome.exceptions.map(\.key))
            keys[outcome.test.id, default: []].formUnion(
                outcome.rows.rows.filter { [.pending, .tolerated].contains($0.verdict) }.map(\.key))
            if let last = result.lastOccurrences[outcome.test.id] { keys[outcome.test.id]?.insert(last.key) }
        }
        for test in restatement?.tests ?? [] { keys[test.test, default: []].formUnion(test.rows.map(\.key)) }
        return keys
    }

    private func proofs(_ reader: EvidenceReader, _ rows: [BatchRow]) throws -> [FactReference: FactProof] {
        let wanted = result.tests.flatMap(\.exceptions).flatMap {
            $0.references.sorted().prefix(ReportMaterial.factLimit)
        }
        var found: [FactReference: FactProof] = [:]
        let byLeaf = Dictionary(grouping: Set(wanted), by: \.leaf)
        for row in rows {
            guard let references = byLeaf[row.leaf] else { continue }
            let batch = try reader.batch(row)
            for reference in references where reference.item < batch.lines.count {
                found[reference] = FactProof(
                    source: batch.statement.source, recorded: batch.statement.recorded,
                    item: batch.lines[reference.item].leafHash,
                    populationRoot: batch.statement.population.root,
                    leafHash: batch.leafHash)
            }
        }
        return found
    }
}
