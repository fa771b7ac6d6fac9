package import Assessment
import Catalog
import Evidence
package import Formats
package import Ledger
package import Programs

extension SealedRecord {
    /// Everything that a report is written from: the evidence is judged, and its populations are checked.
    ///
    /// - Parameters:
    ///   - program: as it was known at the input's time of knowledge.
    ///   - since: what is compared with what was known then; nil compares with nothing.
    ///   - checkpoint: of the log that the report rests on.
    ///   - includePersonal: names units whose keys are personal.
    package func material(
        _ kind: ReportKind, of input: AssessmentInput, program: ProgramHistory, since: Instant?,
        checkpoint: Checkpoint, includePersonal: Bool,
        progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) throws -> ReportMaterial {
        let evidence = try evidence(
            knownAt: input.knownAt, during: input.period, by: program, progress: progress)
        let history = evidence.frame.history
        let result = AssessmentResult(input, history: history, evidenceDigest: evidence.digest)
        let restatement = try since.map { since in
            try Restatement(
                from: self.result(
                    input.period, knownAt: since, input.tolerance, timeZoneData: input.timeZoneData),
                to: result)
        }
        let populations = try populations(kind, result, evidence)
        return ReportMaterial(
            kind: kind, result: result, resultDigest: try result.digest, program: program.current,
            history: program, kinds: evidence.kinds, library: try Library.builtin(),
            populations: populations,
            inventory: InventoryItem.items(in: history, by: min(input.period.end, input.knownAt)),
            incidents: IncidentRecord.records(in: history, during: input.period),
            hasIncidentSource: history[IncidentRecord.kind]?.sources.isEmpty == false,
            proofs: try proofs(of: result), restatement: restatement, checkpoint: checkpoint,
            names: KeyNames(
                personal: history.personalTexts, showsPersonal: includePersonal,
                keys: namedKeys(result, restatement, populations)))
    }

    private func populations(
        _ kind: ReportKind, _ result: AssessmentResult, _ evidence: KnownEvidence
    ) throws -> [Identifier: ReportPopulation] {
        guard kind.tellsOfPopulations else { return [:] }
        var found: [Identifier: ReportPopulation] = [:]
        for outcome in result.tests {
            let test = outcome.test
            let checked = evidence.population(of: test, rows: outcome.rows)
            found[test.id] = ReportPopulation(
                kinds: test.populationKinds(in: result.input.period),
                sources: Set(checked.batches.map(\.statement.source)).sorted(),
                batches: checked.batches.count, count: checked.population.count,
                root: checked.population.root, checks: checked.checks,
                samples: try samples(of: checked.population, test.id, in: evidence.frame.period, checked.zone)
            )
        }
        return found
    }

    /// The draws on record from the population of a test in this period.
    private func samples(
        of population: UnitPopulation, _ test: Identifier, in period: Interval, _ zone: String
    ) throws -> [ReportSample] {
        try draws.filter { _, draw in
            draw.test == test && draw.period == period
        }.map { leaf, draw in
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
        _ populations: [Identifier: ReportPopulation]
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

    /// For the facts that are printed of those that exceptions rest on.
    private func proofs(of result: AssessmentResult) throws -> [FactReference: FactProof] {
        let wanted = result.tests.flatMap(\.exceptions).flatMap {
            $0.references.sorted().prefix(ReportMaterial.factLimit)
        }
        var found: [FactReference: FactProof] = [:]
        for (leaf, references) in Dictionary(grouping: Set(wanted), by: \.leaf) {
            let batch = try batch(leaf)
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
