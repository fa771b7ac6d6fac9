import Evidence
package import Formats
package import Ledger

/// Why an entry cannot stand where it stands in the log.
package struct ProvenanceError: Error, Hashable, CustomStringConvertible {
    package let description: String
}

/// Follows a log from its first entry and checks who signed what: batches by the key that a plan before them names as
/// the collector's, everything else by the log's key. And that each source's batches follow each other without a gap.
package struct Provenance: Sendable {
    private let log: NoteVerifier
    private var collectors: [NoteVerifier] = []
    private var last: [Identifier: SeriesPlace] = [:]
    /// Batches that each collector's key signed, by the text of the key.
    package private(set) var signed: [Identifier: Int] = [:]
    /// Sources that have brought at least one batch.
    package var sources: Set<Identifier> { Set(last.keys) }
    /// The plan now in force.
    package private(set) var plan: CollectionPlan?

    package init(log: NoteVerifier) {
        self.log = log
    }

    /// Takes the next entry in.
    package mutating func add(_ entry: LogEntry) throws {
        let type = entry.statement.predicateType
        guard type == BatchStatement.predicateType else {
            let statement = try entry.verifiedStatement(by: [log])
            if let plan = ProgramStatement(statement)?.collection {
                self.plan = plan
                if !collectors.contains(plan.collector) { collectors.append(plan.collector) }
            }
            return
        }
        guard !collectors.isEmpty else {
            throw ProvenanceError(
                description: "no plan before it names a collector, so nobody can have signed it")
        }
        guard let batch = BatchStatement(entry.statement.predicate) else {
            throw ProvenanceError(description: "it lacks a part of a \(type)")
        }
        let before = last[batch.source]
        // One fault is told once: what follows it is held against it.
        last[batch.source] = SeriesPlace(sequence: batch.series.sequence, previous: entry.leafHash)
        _ = try entry.verifiedStatement(by: collectors)
        let expected = before.map { $0.sequence + 1 } ?? 0
        guard batch.series.sequence == expected, batch.series.previous == before?.previous else {
            throw ProvenanceError(
                description:
                    "it is collection \(batch.series.sequence) of \(batch.source), where collection \(expected) must "
                    + "follow: one was left out or put elsewhere")
        }
        let key = entry.envelope.signatures.first?.keyID ?? ""
        signed[Identifier(key), default: 0] += 1
    }
}
