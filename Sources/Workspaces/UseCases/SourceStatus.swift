import Assessment
import Evidence
package import Formats
import Programs
import Storage

/// How one kind of a source stands: when it was last read whole, and until when that is taken to hold.
package struct SourceStatus: Sendable, Hashable {
    package enum State: String, Sendable, Hashable {
        /// Read whole within what the source promises.
        case fresh
        /// The last whole reading is older than the source promises.
        case silent
        /// It was never read whole.
        case never
        /// It was given up: nothing is to be expected of it.
        case retired

        /// Whether somebody should look after it.
        package var isAlarming: Bool { self == .silent || self == .never }
    }

    package let source: Identifier
    package let kind: Identifier
    package let state: State
    /// From when on it is given up; nil while it is not.
    package let retired: Instant?
    /// The end of the last collection that did not fail for this kind.
    package let lastWhole: Instant?
    /// The end of what that collection covers; nil when it covers nothing.
    package let coveredUntil: Instant?
    /// How old the last whole reading may become.
    package let promise: TimeSpan
    /// Why the last collection was not whole; nil when it was.
    package let failure: String?
    /// Collections on record, and how many of them failed for this kind.
    package let runs: Int
    package let failedRuns: Int
}

extension Workspace {
    /// Every kind of every source of the program in force, in its order.
    package func sourceStatus(clock: Clock) throws -> [SourceStatus] {
        let now = clock.now()
        return try database.read { database in
            let program = try self.program(database).history
            let retirements = Retirements(program)
            let batches = try EvidenceTables.batches(database)
            let reader = EvidenceReader(database, blobs: blobs)
            return try program.current.sources.flatMap { source in
                let rows = batches.filter { $0.source == source.id }
                let statements = try rows.compactMap { try reader.statement($0.leaf) }
                return try source.kinds.map(\.id).map { kind in
                    try Self.status(
                        source, kind, Array(zip(statements, rows)), reader, now: now,
                        retired: retirements.instant(of: source.id, for: kind))
                }
            }
        }
    }

    private static func status(
        _ source: Source, _ kind: Identifier, _ batches: [(BatchStatement, BatchRow)],
        _ reader: EvidenceReader, now: Instant, retired: Instant
    ) throws -> SourceStatus {
        let about = batches.filter { $0.0.kinds.isEmpty || $0.0.kinds.contains(kind) }
        func failure(_ statement: BatchStatement) -> String? {
            statement.failures.first { $0.kind == nil || $0.kind == kind }.map { "\($0.scope): \($0.reason)" }
        }
        let whole = about.last { failure($0.0) == nil }
        var until: Instant?
        if let whole {
            let ends: @Sendable ([Fact?]) -> Instant? = { facts in
                facts.lazy.compactMap { fact in
                    guard case .coverage(let interval)? = fact?.shape, fact?.kind == kind else { return nil }
                    return interval.end
                }.max()
            }
            try reader.forEachStretch(whole.1, whole.0, ends) { _, end in
                until = [until, end].compactMap(\.self).max()
            }
        }
        let lastWhole = whole?.0.ended
        let isRetired = retired <= now
        let state: SourceStatus.State =
            isRetired
            ? .retired : lastWhole.map { now - $0 > source.freshness ? .silent : .fresh } ?? .never
        return SourceStatus(
            source: source.id, kind: kind, state: state, retired: isRetired ? retired : nil,
            lastWhole: lastWhole, coveredUntil: until, promise: source.freshness,
            failure: about.last.flatMap { failure($0.0) }, runs: about.count,
            failedRuns: about.count { failure($0.0) != nil })
    }
}
