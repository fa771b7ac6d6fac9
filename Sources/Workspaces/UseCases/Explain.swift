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
            throw WorkspaceError.noKey(test: request.test, key: request.key)
        }
        let rows = outcome.rows.rows.filter { row in
            row.key == key && (request.at.map { row.interval.contains($0) } ?? true)
        }
        guard !rows.isEmpty else { throw WorkspaceError.noKey(test: request.test, key: request.key) }
        return try database.read { database in
            let program = try self.program(database).history.current
            let kinds = try KindCatalog.builtin().merging(program.kinds.map(\.kind))
            let verifier = logVerifier
            guard let note = try LogTable.checkpoint(database) else { throw WorkspaceError.leaf(0, size: 0) }
            let checkpoint = try Checkpoint.open(
                Array(note.utf8), verifiers: [verifier], origin: verifier.name)
            var tracer = FactTracer(
                reader: EvidenceReader(database, blobs: blobs), kinds: kinds, checkpoint: checkpoint,
                includePersonal: request.includePersonal)
            let references = Set(rows.flatMap(\.references)).sorted().prefix(12)
            return Explanation(
                outcome: outcome, key: key, period: result.input.period,
                knownAt: result.input.knownAt,
                document: program.document(.test, request.test)?.yaml ?? "(no longer in the program)",
                rows: rows, facts: try references.map { try tracer.trace($0, database) },
                checkpoint: checkpoint)
        }
    }
}

/// Follows facts to the log.
private struct FactTracer {
    let reader: EvidenceReader
    let kinds: KindCatalog
    let checkpoint: Checkpoint
    let includePersonal: Bool
    private var batches: [Int: SealedBatch] = [:]

    init(reader: EvidenceReader, kinds: KindCatalog, checkpoint: Checkpoint, includePersonal: Bool) {
        self.reader = reader
        self.kinds = kinds
        self.checkpoint = checkpoint
        self.includePersonal = includePersonal
    }

    mutating func trace(_ reference: FactReference, _ database: any Reading) throws -> ExplainedFact {
        let batch = try batches[reference.leaf] ?? reader.batch(reference.leaf)
        batches[reference.leaf] = batch
        let line = batch.lines[reference.item]
        guard let fact = line.fact else {
            throw RecordError.statement(leaf: reference.leaf, "item \(reference.item) is erased")
        }
        let tree = MemoryTree(batch.lines.map(\.leafHash))
        let itemProof = try tree.inclusionProof(index: reference.item)
        try itemProof.verify(leaf: line.leafHash, root: batch.statement.population.root)
        let entryProof = try MerkleTree.inclusionProof(
            index: reference.leaf, size: checkpoint.size, reader: DatabaseHashReader(database))
        try entryProof.verify(leaf: batch.leafHash, root: checkpoint.root)
        return ExplainedFact(
            reference: reference, fact: fact, fields: fields(fact), batch: batch.statement,
            itemProof: itemProof, leafHash: batch.leafHash, entryProof: entryProof)
    }

    private func fields(_ fact: Fact) -> [(name: String, value: String)] {
        guard let value = fact.value, let kind = kinds.kind(fact.kind) else { return [] }
        return value.members.map { member in
            let field = kind.field(member.name)
            let isWithheld = field?.isPHI == true || (field?.isPersonal == true && !includePersonal)
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
