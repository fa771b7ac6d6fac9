import Evidence
package import Formats
import Intake
import Programs
import Storage

extension Workspace {
    /// Puts on record the runs that the plan in the log calls for and nobody did: of the sources named, or of all, also of
    /// those that a later program no longer has.
    package func recordSkipped(
        _ names: [Identifier], into recording: Recording, clock: Clock
    ) async throws {
        if names.isEmpty { _ = try await recordSkippedOfFormer(into: recording, clock: clock) }
        for source in try sources(names) {
            _ = try await recordSkipped(source.id, into: recording, clock: clock)
        }
    }

    /// The same of the sources that an earlier program had and this one has not: nobody else comes by there. One that never
    /// ran was only planned, and nothing is known of it that could lack anything.
    func recordSkippedOfFormer(into recording: Recording, clock: Clock) async throws -> [WatchEvent] {
        let history = try programHistory()
        let present = Set(history.current.sources.map(\.id))
        var missed: [WatchEvent] = []
        for source in history.ids(of: .source) where !present.contains(source) {
            guard try runs(of: source).done != nil else { continue }
            missed += try await recordSkipped(source, history, into: recording, clock: clock)
        }
        return missed
    }

    /// The same of one source: batches of the mode `skipped`, which have their place in its series, one for each cadence
    /// that the plan has had meanwhile.
    func recordSkipped(
        _ source: Identifier, into recording: Recording, clock: Clock
    ) async throws -> [WatchEvent] {
        let history = try programHistory()
        return try await recordSkipped(source, history, into: recording, clock: clock)
    }

    private func recordSkipped(
        _ source: Identifier, _ history: ProgramHistory, into recording: Recording, clock: Clock
    ) async throws -> [WatchEvent] {
        let now = clock.now()
        var runs = try runs(of: source)
        var events: [WatchEvent] = []
        for planned in PlannedStretch.all(of: source, history) {
            guard let missed = planned.missed(runs, now: now) else { continue }
            runs.told = missed.to
            try await recording.take(Delivery(Self.skipped(planned.source, missed, now: now)))
            events.append(.missed(source, count: missed.count, from: missed.from, to: missed.to))
        }
        if !events.isEmpty { try await recording.flush() }
        return events
    }

    /// The batch of runs that did not take place.
    private static func skipped(
        _ source: Source, _ missed: (count: Int, from: Instant, to: Instant), now: Instant
    ) -> BatchDraft {
        let runs = missed.count == 1 ? "a run was" : "\(missed.count) runs were"
        let failure = CollectionFailure(
            kind: nil, scope: "schedule",
            reason: "\(runs) missed between \(missed.from) and \(missed.to): nobody was collecting, or other "
                + "sources took too long, or what they brought could not be stored")
        return BatchDraft(
            source: source.id, collector: Collector(name: "schedule", version: version), mode: .skipped,
            query: "a collection every \(source.every)",
            parameters: [
                "every": source.every.description, "runs": "\(missed.count)",
                "from": missed.from.description, "to": missed.to.description,
            ], kinds: source.kinds.map(\.id), started: now, ended: now, pages: 0, failures: [failure])
    }

    /// How far a source's runs are on record.
    func runs(of source: Identifier) throws -> RunsOnRecord {
        try database.read { database in
            let reader = EvidenceReader(database, blobs: blobs)
            var found = RunsOnRecord()
            var end = Int64.max
            while found.done == nil, let batch = try Self.batch(before: end, of: source, database) {
                end = batch.sequence
                guard let statement = try reader.statement(batch.leaf) else { continue }
                if statement.isRun {
                    found.done = statement.recorded
                } else if statement.mode == .skipped, found.told == nil {
                    found.told = statement.missed?.end
                }
            }
            return found
        }
    }

    /// The last batch of a source that stands before this place in its series.
    private static func batch(
        before end: Int64, of source: Identifier, _ database: any Storage.Reading
    ) throws -> (sequence: Int64, leaf: Int)? {
        try database.first(
            """
            SELECT sequence, leaf FROM batch WHERE source = $1 AND sequence < $2
            ORDER BY sequence DESC LIMIT 1
            """, [.text(source.text), .integer(end)]
        ) { (sequence: try $0.integer(0), leaf: Int(try $0.integer(1))) }
    }
}

/// How far a source's runs are on record.
struct RunsOnRecord: Sendable, Hashable {
    /// When the last run was recorded.
    var done: Instant?
    /// The slot up to which missed runs were put on record after it; that slot itself was still open then.
    var told: Instant?
}

/// A stretch of time in which the plan in the log called for a source, always as often.
struct PlannedStretch: Sendable, Hashable {
    /// The source as it stood at the end of it.
    let source: Source
    let inForce: Interval
    /// Since when the source has been in the plan without a break.
    let begun: Instant

    /// All of them, in the order of time.
    static func all(of source: Identifier, _ history: ProgramHistory) -> [PlannedStretch] {
        var found: [PlannedStretch] = []
        // No version of a source has a date of its own, so that the zone does not matter.
        for version in history.versions(.source, source, in: .utc) {
            guard case .source(let planned) = version.document.body,
                let inForce = Interval(from: version.recorded, to: version.inForce.end)
            else { continue }
            let last = found.last.flatMap { $0.inForce.end == inForce.start ? $0 : nil }
            if let last, last.source.every == planned.every,
                let whole = Interval(from: last.inForce.start, to: inForce.end)
            {
                found[found.count - 1] = PlannedStretch(
                    source: planned, inForce: whole, begun: last.begun)
            } else {
                found.append(
                    PlannedStretch(
                        source: planned, inForce: inForce, begun: last?.begun ?? inForce.start))
            }
        }
        return found
    }

    /// The runs that it called for, that nobody did and that are not on record as missed yet. They begin where those of an
    /// earlier cadence end, also within a slot: no time is told twice.
    func missed(_ runs: RunsOnRecord, now: Instant) -> (count: Int, from: Instant, to: Instant)? {
        let schedule = source.schedule
        let instant = TimeSpan(microseconds: 1)
        // A slot that was open when the plan took on this cadence is one of this cadence.
        var since = max(begun, schedule.slot(at: inForce.start) - instant)
        if let done = runs.done { since = max(since, done) }
        // What was told of an earlier cadence ends with it.
        if let told = runs.told, told > inForce.start { since = max(since, told - instant) }
        return schedule.missed(since: since, now: min(now, inForce.end)).map { missed in
            (count: missed.count, from: max(missed.from, runs.told ?? missed.from), to: missed.to)
        }
    }
}
