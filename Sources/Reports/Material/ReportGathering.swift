package import Assessment
package import Catalog
import Evidence
package import Formats
package import Ledger
package import Programs

extension SealedRecord {
    /// Everything that a report is written from: the evidence is judged, and its populations are checked.
    ///
    /// - Parameters:
    ///   - period: the document that was asked for by name; nil where only its dates are known.
    ///   - program: as it was known at the input's time of knowledge.
    ///   - marks: the kinds by whose marks keys are withheld too: those of the newest program that the record has.
    ///   - since: what is compared with what was known then; nil compares with nothing.
    ///   - checkpoint: of the log that the report rests on.
    ///   - includePersonal: names units whose keys are personal.
    package func material(
        _ kind: ReportKind, of input: AssessmentInput, period: Identifier?, program: ProgramHistory,
        marks: [Kind], since: Instant?, checkpoint: Checkpoint, includePersonal: Bool
    ) throws -> ReportMaterial {
        try withEvidence(knownAt: input.knownAt, during: input.period, by: program) { evidence in
            let columns = evidence.columns
            let kinds = evidence.kinds.marked(as: marks)
            let result = try AssessmentResult(input, columns: columns, evidenceDigest: evidence.digest)
            let digest = try result.digest
            let restatement = try since.map {
                try self.restatement(of: result, period, evidence, by: program, since: $0)
            }
            let populations = try populations(kind, result, digest, evidence)
            let items = kind == .typeOne ? try designItems(of: result, evidence) : [:]
            let incidents = try columns.history(of: [IncidentRecord.kind])
            return ReportMaterial(
                kind: kind, result: result, resultDigest: digest, program: program.current,
                history: program, kinds: kinds, library: try Library.builtin(),
                populations: populations, designItems: items,
                inventory: InventoryItem.items(in: columns, by: min(input.period.end, input.knownAt)),
                incidents: IncidentRecord.records(in: incidents, during: input.period),
                hasIncidentSource: Self.isWatched(IncidentRecord.kind, in: columns, during: input.period),
                proofs: try proofs(of: result, items), restatement: restatement, checkpoint: checkpoint,
                erasures: erasures,
                names: KeyNames(
                    personal: try columns.personalTexts(by: kinds), showsPersonal: includePersonal,
                    keys: namedKeys(result, restatement, populations, items)))
        }
    }

    /// Whether any of a period was collected: a source that has only failed so far says nothing.
    private static func isWatched(
        _ kind: Identifier, in columns: ColumnHistory, during period: Interval
    ) -> Bool {
        columns[kind]?.sources.values.contains { !$0.coverage.clipped(to: period).isEmpty } ?? false
    }

    /// What is told otherwise than it was known at an earlier time.
    ///
    /// A test is compared row by row where evidence of its kinds came in between, they or it were written anew, or a
    /// source was given up; elsewhere, and where nothing had been known, what the sweeps list is all that can differ.
    private func restatement(
        of later: AssessmentResult, _ period: Identifier?, _ evidence: KnownEvidence,
        by now: ProgramHistory, since: Instant
    ) throws -> Restatement {
        let input = later.input
        let then = try self.program(knownAt: since).history.current
        let (before, program) = try self.input(
            input.period, knownAt: since, input.agreedTolerance(of: period, by: now.current, asOf: then),
            timeZoneData: input.timeZoneData)
        let news = evidence.kinds(recordedAfter: since)
        let isRetiredAnew = before.retirements != input.retirements
        return try withEvidence(knownAt: since, during: input.period, by: program) { known in
            let earlier = try AssessmentResult(
                before, columns: known.columns, evidenceDigest: known.digest)
            var whole: [Identifier: (before: TestOutcome, after: TestOutcome)] = [:]
            for test in input.tests {
                guard let old = before.tests.first(where: { $0.id == test.id }) else { continue }
                let kinds = test.evidenceKinds.union(old.evidenceKinds)
                let isRewritten = old.versions.map(\.digest) != test.versions.map(\.digest)
                let isReshaped = kinds.contains {
                    known.kinds.kind($0)?.schemaDigest != evidence.kinds.kind($0)?.schemaDigest
                }
                guard isRewritten || isReshaped || isRetiredAnew || !kinds.isDisjoint(with: news),
                    kinds.contains(where: { known.columns[$0] != nil })
                else { continue }
                whole[test.id] = (
                    try TestOutcome(old, try known.frame.simple(kinds), before.tolerance),
                    try TestOutcome(test, try evidence.frame.simple(kinds), input.tolerance)
                )
            }
            return try Restatement(from: earlier, to: later, whole: whole)
        }
    }

    private func populations(
        _ kind: ReportKind, _ result: AssessmentResult, _ digest: Digest, _ evidence: KnownEvidence
    ) throws -> [Identifier: ReportPopulation] {
        guard kind.tellsOfPopulations else { return [:] }
        let period = result.input.period
        let kinds = Set(result.tests.flatMap { $0.test.kindsLookedAt(in: period) })
        var surveys: [Identifier: PopulationSurvey] = [:]
        for kind in kinds { surveys[kind] = try evidence.survey(kind) }
        let recorded = assessments.first { $0.result == digest }?.leaf
        var found: [Identifier: ReportPopulation] = [:]
        for outcome in result.tests {
            let test = outcome.test
            let kinds = test.populationKinds(in: period)
            let drawn = draws.filter { $0.draw.test == test.id && $0.draw.period == period }
            let population = try drawn.isEmpty ? nil : population(of: test, evidence)
            let again = drawn.first { $0.draw.population == population?.root }?.leaf
            let checked = evidence.population(
                of: test, surveys,
                recorded.map { .onRecord(leaf: $0) } ?? again.map { .drawn(leaf: $0) } ?? .once)
            let batches = evidence.batchesTelling(of: kinds, surveys)
            found[test.id] = ReportPopulation(
                kinds: kinds, sources: Set(batches.map(\.statement.source)).sorted(),
                batches: batches.count,
                count: population?.count ?? outcome.populationCount(in: period), root: population?.root,
                checks: checked.checks,
                samples: try population.map { try samples(drawn, of: $0, checked.zone) } ?? [])
        }
        return found
    }

    /// All units of a test, to draw from or to find those that were drawn.
    func population(of test: ControlTest, _ evidence: KnownEvidence) throws -> UnitPopulation {
        let frame = try evidence.frame.simple(test.evidenceKinds)
        return UnitPopulation(test, frame, rows: test.evaluate(frame))
    }

    /// What draws on record drew from a population.
    private func samples(
        _ draws: [(leaf: Int, draw: DrawStatement)], of population: UnitPopulation, _ zone: String
    ) throws -> [ReportSample] {
        try draws.map { leaf, draw in
            let drawn = try draw.items(of: population, zone: zone)
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
        _ result: AssessmentResult, _ restatement: Restatement?,
        _ populations: [Identifier: ReportPopulation], _ items: [Identifier: DesignItem]
    ) -> [Identifier: Set<Identifier>] {
        var keys = populations.mapValues { Set($0.samples.flatMap(\.items).map(\.unit.key)) }
        for item in items.values { keys[item.test, default: []].insert(item.key) }
        for outcome in result.tests {
            keys[outcome.test.id, default: []].formUnion(outcome.exceptions.map(\.key))
            keys[outcome.test.id, default: []].formUnion(
                outcome.rows.rows.filter { [.pending, .tolerated].contains($0.verdict) }.map(\.key))
            keys[outcome.test.id, default: []].formUnion(outcome.test.waivers.flatMap { $0.keys ?? [] })
            if let last = result.lastOccurrences[outcome.test.id] { keys[outcome.test.id]?.insert(last.key) }
        }
        for test in restatement?.tests ?? [] {
            keys[test.test, default: []].formUnion(test.rows.filter(\.isRestated).map(\.key))
        }
        return keys
    }

    /// The log entries that exceptions and items rest on, as far as they are printed. No payload is read.
    private func proofs(
        of result: AssessmentResult, _ items: [Identifier: DesignItem]
    ) throws -> [Int: BatchProof] {
        let references = result.tests.flatMap(\.exceptions).map { $0.references.sorted() }
        let leaves = Set(
            (references + items.values.map(\.references)).flatMap {
                $0.prefix(ReportMaterial.factLimit).map(\.leaf)
            })
        var found: [Int: BatchProof] = [:]
        for leaf in leaves {
            let (batch, leafHash) = try statement(leaf)
            found[leaf] = BatchProof(
                source: batch.source, recorded: batch.recorded, items: batch.population.count,
                populationRoot: batch.population.root, leafHash: leafHash)
        }
        return found
    }
}
