import Evidence
package import Formats
package import Programs
import Storage

/// How long the records of one kind are kept, and which need not be kept any longer.
package struct RetentionState: Sendable {
    package let kind: Identifier
    package let term: RetentionPlan.Term
    package let records: Int
    /// Records that may be erased, by their keys.
    package let due: [Identifier]
    /// When the next one may be; nil when all may.
    package let next: Instant?
    /// The hold that keeps them all the same, with its entry.
    package let hold: (name: Identifier, leaf: Int)?
}

extension Workspace {
    /// Every kind of which something is recorded, by name, as the program in force has its records kept.
    package func retention(clock: Clock) throws -> [RetentionState] {
        let now = clock.now()
        return try readRecord { database in
            let plan = RetentionPlan(try program(database).history.current)
            let holds = try holds(database)
            return try records(database).sorted { $0.key < $1.key }.map { kind, records in
                let term = plan.term(of: kind)
                let ends = records.mapValues { $0.until(years: term.years, now: now) }
                return RetentionState(
                    kind: kind, term: term, records: records.count,
                    due: ends.filter { $0.value <= now }.keys.sorted(),
                    next: ends.values.filter { $0 > now }.min(),
                    hold: holds.hold(on: kind).map { ($0.hold.name, $0.leaf) })
            }
        }
    }

    /// Erases every record that need not be kept any longer and that no hold covers; each kind has its own tombstones.
    ///
    /// - Returns: what was erased, with the entries that tell of it, and whether the database's journal could be emptied
    ///   after the last erasure.
    package func eraseDue(
        by: String, reason: String, clock: Clock
    ) throws -> (erased: [(state: RetentionState, items: Int, leaves: [Int])], isJournalEmpty: Bool) {
        var done: [(state: RetentionState, items: Int, leaves: [Int])] = []
        var isJournalEmpty = true
        for state in try retention(clock: clock) where !state.due.isEmpty && state.hold == nil {
            let erased = try erase(
                ErasureRequest(
                    kind: state.kind, keys: Set(state.due), by: by, reason: reason,
                    basis: "kept \(state.term.years) years (\(state.term.basis))", early: false), clock: clock
            )
            done.append((state, erased.items, erased.leaves))
            isJournalEmpty = erased.isJournalEmpty
        }
        return (done, isJournalEmpty)
    }

    /// The times that decide how long each record is kept, read from the record itself.
    private func records(_ database: any Reading) throws -> [Identifier: [Identifier: Retention]] {
        var found: [Identifier: [Identifier: Retention]] = [:]
        let reader = EvidenceReader(database, blobs: blobs)
        for row in try EvidenceTables.batches(database) {
            let batch = try reader.opened(row)
            try reader.forEachStretch(row, batch.statement, { $0 }) { _, facts in
                for case let fact? in facts {
                    if case .coverage = fact.shape { continue }
                    found[fact.kind, default: [:]][fact.key, default: Retention()]
                        .add(fact, from: batch.statement.source, recorded: batch.statement.recorded)
                }
            }
        }
        return found
    }
}
