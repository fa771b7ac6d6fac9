import Assessment
import Evidence
package import Formats
import Intake
import Ledger
import Programs
import Storage

extension Workspace {
    /// Puts on record the runs of all sources, or of those named, that the plan in the log calls for and nobody did.
    package func recordSkipped(
        _ names: [Identifier], into recording: Recording, clock: Clock
    ) async throws {
        for source in try sources(names) {
            _ = try await recordSkipped(source, into: recording, clock: clock)
        }
    }

    /// The same for one source: a batch of the mode `skipped`, which has its place in the source's series.
    ///
    /// Runs are counted from the last batch on, or where there is none, from the plan that first named the source.
    func recordSkipped(
        _ source: Source, into recording: Recording, clock: Clock
    ) async throws -> WatchEvent? {
        let now = clock.now()
        guard let last = try lastCollected(source.id) ?? planned(source.id),
            let missed = source.schedule.missed(since: last, now: now)
        else { return nil }
        let runs = missed.count == 1 ? "a run was" : "\(missed.count) runs were"
        let failure = CollectionFailure(
            kind: nil, scope: "schedule",
            reason: "\(runs) missed between \(missed.from) and \(missed.to): nobody was collecting")
        try await recording.take(
            Delivery(
                BatchDraft(
                    source: source.id, collector: Collector(name: "schedule", version: Self.version),
                    mode: .skipped, query: "a collection every \(source.every)",
                    parameters: [
                        "every": source.every.description, "runs": "\(missed.count)",
                        "from": missed.from.description, "to": missed.to.description,
                    ], kinds: source.kinds.map(\.id), started: now, ended: now, pages: 0,
                    failures: [failure])))
        try await recording.flush()
        return .missed(source.id, count: missed.count, from: missed.from, to: missed.to)
    }

    /// Since when the plan in the log has called for a source without a break; nil when it does not.
    private func planned(_ source: Identifier) throws -> Instant? {
        try database.read { database in
            var since: Instant?
            for row in try ProgramTable.rows(.program, database) {
                let statement = try LogTable.entry(row.leaf, database).flatMap {
                    ProgramStatement($0.statement)
                }
                let isNamed = statement?.collection.series.contains { $0.source == source } ?? false
                since = isNamed ? since ?? row.recorded : nil
            }
            return since
        }
    }
}
