package import Evidence
package import Formats
package import Ledger

/// Why an entry cannot stand where it stands in the log.
package struct ProvenanceError: Error, Hashable, CustomStringConvertible {
    package let description: String
}

/// Follows a log from its first entry and checks who signed what: batches by the collector's key of their time, which a
/// plan before them names, everything else by the log's key of its time. And that each source's batches follow each other
/// without a gap, and that nothing is erased while a hold covers it.
package struct Provenance: Sendable {
    private let keys: KeyHistory
    private var last: [Identifier: SeriesPlace] = [:]
    private var holds = HoldRegister()
    /// Whether a batch has named its records: no version that does so goes back to the type that does not.
    private var namesRecords = false
    /// Batches so far, all of which a collector's key signed.
    package private(set) var collected = 0
    /// Those of whose times, and those of whose counts, not all can be right, though an honest collector may have it so.
    package private(set) var untimely = 0
    package private(set) var unlikely = 0
    /// Sources that have brought at least one batch.
    package var sources: Set<Identifier> { Set(last.keys) }
    /// By source, the kinds of which some batch lists every record (`BatchStatement.wholeKinds`).
    package private(set) var wholeKinds: [Identifier: Set<Identifier>] = [:]
    /// The plan now in force.
    package private(set) var plan: CollectionPlan?

    /// - Parameter keys: every key of the log with its term.
    package init(_ keys: KeyHistory) { self.keys = keys }

    /// Whether the key of its time has signed an entry. No entry waits for another.
    package func checkSignature(_ entry: LogEntry, at leaf: Int) throws(LogEntryError) {
        let purpose = BatchStatement.signer(of: entry.statement.predicateType)
        try keys.accepts(entry, at: leaf, by: purpose).get()
    }

    /// Takes the next entry in; its signature is checked apart.
    ///
    /// - Parameter batch: what it says, if it is a batch and was read already.
    package mutating func add(
        _ entry: LogEntry, at leaf: Int, batch: BatchStatement? = nil
    ) throws(ProvenanceError) {
        if let plan = ProgramStatement(entry.statement)?.collection {
            guard keys.signers(.collector, ofEntry: leaf).contains(plan.collector) else {
                throw ProvenanceError(
                    description:
                        "its plan names the collector \(plan.collector.hint), which is not in use there")
            }
            self.plan = plan
        }
        holds.add(entry.statement, leaf: leaf)
        if let erasure = ErasureStatement(entry.statement) { try check(erasure, at: leaf) }
        if BatchStatement.isBatch(entry.statement.predicateType) { try add(entry, batch) }
    }

    /// What is erased was there before, and no hold covers it.
    private func check(_ erasure: ErasureStatement, at leaf: Int) throws(ProvenanceError) {
        if let item = erasure.items.first(where: { $0.leaf >= leaf }) {
            throw ProvenanceError(
                description:
                    "it says that item \(item.item + 1) of batch \(item.leaf) was erased, which is not in front of it"
            )
        }
        guard let (place, hold) = holds.hold(on: erasure.kind) else { return }
        throw ProvenanceError(
            description:
                "it erases records of \(erasure.kind), which the legal hold \(hold.name) (log entry \(place)) covers"
        )
    }

    private mutating func add(_ entry: LogEntry, _ known: BatchStatement?) throws(ProvenanceError) {
        guard plan != nil else {
            throw ProvenanceError(
                description: "no plan before it names a collector, so nobody can have signed it")
        }
        guard let batch = known ?? BatchStatement(entry.statement) else {
            throw ProvenanceError(description: "it lacks a part of a \(entry.statement.predicateType)")
        }
        let before = last[batch.source]
        // One fault is told once: what follows it is held against it.
        last[batch.source] = SeriesPlace(sequence: batch.series.sequence, previous: entry.leafHash)
        let expected = before.map { $0.sequence + 1 } ?? 0
        guard batch.series.sequence == expected, batch.series.previous == before?.previous else {
            throw ProvenanceError(
                description:
                    "it is collection \(batch.series.sequence) of \(batch.source), where collection \(expected) must "
                    + "follow: one was left out or put elsewhere")
        }
        if batch.members == nil, namesRecords {
            throw ProvenanceError(
                description:
                    "it is of the type \(BatchStatement.formerType), whose records no list names, behind a batch of the "
                    + "type \(BatchStatement.predicateType)")
        }
        if let fault = batch.countFault { throw ProvenanceError(description: fault) }
        collected += 1
        if batch.isUntimely { untimely += 1 }
        if batch.countsTooManyUnchanged { unlikely += 1 }
        namesRecords = namesRecords || batch.members != nil
        if batch.members != nil { wholeKinds[batch.source, default: []].formUnion(batch.wholeKinds) }
    }
}
