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
    }

    package let source: Identifier
    package let kind: Identifier
    package let state: State
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
        let program = try currentProgram()
        let now = clock.now()
        return try database.read { database in
            let batches = try EvidenceTables.batches(database)
            let reader = EvidenceReader(database, blobs: blobs)
            return try program.sources.flatMap { source in
                let rows = batches.filter { $0.source == source.id }
                let statements = try rows.compactMap { try reader.statement($0.leaf) }
                return try source.kinds.map(\.id).map { kind in
                    try Self.status(source, kind, statements, rows, reader, now: now)
                }
            }
        }
    }

    private static func status(
        _ source: Source, _ kind: Identifier, _ statements: [BatchStatement], _ rows: [BatchRow],
        _ reader: EvidenceReader, now: Instant
    ) throws -> SourceStatus {
        let about = zip(statements, rows).filter { $0.0.kinds.isEmpty || $0.0.kinds.contains(kind) }
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
        let state: SourceStatus.State =
            lastWhole.map { now - $0 > source.freshness ? .silent : .fresh } ?? .never
        return SourceStatus(
            source: source.id, kind: kind, state: state, lastWhole: lastWhole, coveredUntil: until,
            promise: source.freshness, failure: about.last.flatMap { failure($0.0) }, runs: about.count,
            failedRuns: about.count { failure($0.0) != nil })
    }
}
