package import Assessment
import Catalog
import Evidence
package import Formats
import Ledger
import Programs
package import Reports
import Storage

/// What is to be explained.
package struct ExplainRequest: Sendable {
    package let assessment: AssessmentRequest
    package let test: Identifier
    package let key: Identifier
    /// Only the verdicts at this instant.
    package let at: Instant?
    /// Shows fields that are marked personal.
    package let includePersonal: Bool

    package init(
        assessment: AssessmentRequest, test: Identifier, key: Identifier, at: Instant?, includePersonal: Bool
    ) {
        self.assessment = assessment
        self.test = test
        self.key = key
        self.at = at
        self.includePersonal = includePersonal
    }
}

extension Workspace {
    /// The outcome of one test, for listing what can be explained.
    package func outcome(of test: Identifier, _ request: AssessmentRequest, clock: Clock) throws
        -> TestOutcome
    {
        let result = try evaluate(request, clock: clock, listsAll: true)
        guard let outcome = result.tests.first(where: { $0.test.id == test }) else {
            throw WorkspaceError.noTest(test, known: result.tests.map(\.test.id))
        }
        return outcome
    }

    /// Why a key has its verdicts: evaluates anew, and proves the way from each fact to the signed log.
    package func explain(_ request: ExplainRequest, clock: Clock) throws -> Explanation {
        let result = try evaluate(request.assessment, clock: clock, listsAll: true)
        guard let outcome = result.tests.first(where: { $0.test.id == request.test }) else {
            throw WorkspaceError.noTest(request.test, known: result.tests.map(\.test.id))
        }
        guard let key = outcome.rows.key(request.key) else {
            throw try noKey(request.key, outcome.test)
        }
        let rows = outcome.rows.rows.filter { row in
            row.key == key && (request.at.map { row.interval.contains($0) } ?? true)
        }
        guard !rows.isEmpty else { throw try noKey(request.key, outcome.test) }
        return try readRecord { database in
            let history = try self.program(database).history
            let program = history.current
            let kinds = try history.evidenceKinds()
            let verifier = logVerifier
            guard let note = try LogTable.checkpoint(database) else { throw WorkspaceError.leaf(0, size: 0) }
            let checkpoint = try Checkpoint.open(
                Array(note.utf8), verifiers: [verifier], origin: verifier.name)
            let tracer = FactTracer(
                reader: EvidenceReader(database, blobs: blobs), kinds: kinds, checkpoint: checkpoint,
                includePersonal: request.includePersonal)
            let references = Array(Set(rows.flatMap(\.references)).sorted().prefix(12))
            return Explanation(
                outcome: outcome, key: key, period: result.input.period,
                knownAt: result.input.knownAt,
                document: program.document(.test, request.test)?.yaml ?? "(no longer in the program)",
                rows: rows, facts: try tracer.trace(references, database),
                checkpoint: checkpoint)
        }
    }
}

extension Workspace {
    /// A tombstone does not say of which record it is, so that each one that may be of this one is told.
    private func noKey(_ key: Identifier, _ test: ControlTest) throws -> WorkspaceError {
        let erased = try erasures().filter { test.evidenceKinds.contains($0.statement.kind) }
        return .noKey(test: test.id, key: key, erased: ErasureText.causes(erased))
    }
}

/// Follows facts to the log.
private struct FactTracer {
    let reader: EvidenceReader
    let kinds: KindCatalog
    let checkpoint: Checkpoint
    let includePersonal: Bool
    /// The facts in the order of the references; each batch is read once.
    func trace(_ references: [FactReference], _ database: any Reading) throws -> [ExplainedFact] {
        var found: [FactReference: ExplainedFact] = [:]
        for (leaf, own) in Dictionary(grouping: references, by: \.leaf) {
            let batch = try reader.opened(leaf)
            let entryProof = try MerkleTree.inclusionProof(
                index: leaf, size: checkpoint.size, reader: DatabaseHashReader(database))
            try entryProof.verify(leaf: batch.leafHash, root: checkpoint.root)
            for (reference, item) in zip(own, try items(own.map(\.item), of: batch)) {
                // It was there when the verdict was found.
                guard let fact = item.line.fact else { throw ErasedMeanwhile.reading }
                found[reference] = ExplainedFact(
                    reference: reference, fact: fact, fields: fields(fact), batch: batch.statement,
                    itemProof: item.proof, leafHash: batch.leafHash, entryProof: entryProof)
            }
        }
        return references.compactMap { found[$0] }
    }

    /// Items of a batch, each with the way to the root of its population.
    private func items(
        _ places: [Int], of batch: OpenedBatch
    ) throws -> [(line: PayloadLine, proof: InclusionProof)] {
        let population = batch.statement.population
        var proofs = try places.map { try InclusionGathering(index: $0, size: population.count) }
        var lines: [Int: PayloadLine] = [:]
        try reader.forEachStretch(batch, ofLines: { $0 }) { first, stretch in
            for line in stretch {
                for place in proofs.indices { proofs[place].append(line.leafHash) }
            }
            for place in places where (first..<first + stretch.count).contains(place) {
                lines[place] = stretch[place - first]
            }
        }
        return try proofs.compactMap { gathering in
            guard let line = lines[gathering.index] else { return nil }
            let proof = try gathering.proof()
            try proof.verify(leaf: line.leafHash, root: population.root)
            return (line, proof)
        }
    }

    private func fields(_ fact: Fact) -> [(name: String, value: String)] {
        guard let value = fact.value, let kind = kinds.kind(fact.kind) else { return [] }
        return value.members.map { member in
            // Nobody knows what a field says that no version of the kind has.
            guard let field = kind.field(member.name) else { return (member.name, "withheld (not known)") }
            let isWithheld = field.isPHI || (field.isPersonal && !includePersonal)
            return (member.name, isWithheld ? "withheld (personal)" : Self.shown(member.value))
        }
    }

    private static func shown(_ value: JSON) -> String {
        switch value {
        case .string(let text): text
        default: (try? CanonicalJSON.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "?"
        }
    }
}
