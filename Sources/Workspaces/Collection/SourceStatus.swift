import Assessment
import Catalog
import Evidence
package import Formats
import Intake
import Programs
import Storage

/// How one kind of a source stands: when it was last read whole, and until when that is taken to hold.
package struct SourceStatus: Sendable, Hashable {
    /// What is to be said of the last whole reading.
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
    /// The end of the last whole reading: it did not fail for this kind, and covers it up to its end, or to no longer
    /// before that than the source promises.
    package let lastWhole: Instant?
    /// The end of what that reading covers; nil where the connector never covers the kind.
    package let coveredUntil: Instant?
    /// How old the last whole reading may become.
    package let promise: TimeSpan
    /// Why the last reading was not whole; nil when nothing was wrong with it, or an earlier one still counts.
    package let failure: String?
    /// Collections on record, and how many of them failed for this kind.
    package let runs: Int
    package let failedRuns: Int
}

extension Workspace {
    /// Every kind of every source of the program in force, in its order.
    package func sourceStatus(clock: Clock) throws -> [SourceStatus] {
        let now = clock.now()
        return try readRecord { database in
            let history = try self.program(database).history
            let program = history.current
            let catalog = try history.evidenceKinds()
            let retirements = Retirements(history)
            let batches = try EvidenceTables.batches(database)
            let reader = EvidenceReader(database, blobs: blobs)
            return try program.sources.flatMap { source in
                let readings = try SourceReadings(
                    source, batches.filter { $0.source == source.id }, reader,
                    covering: try Self.covering(source.id, database))
                return try source.kinds.map(\.id).map { kind in
                    let isEvent = catalog.kind(kind)?.mode == .event
                    let retired = retirements.instant(of: source.id, for: kind)
                    return try readings.status(
                        kind, isEvent: isEvent, now: now, retired: retired <= now ? retired : nil)
                }
            }
        }
    }

    /// By kind, the batches of a source that say anything of what is covered, by their log entries: no payload is read to
    /// find them. In the index coverage is what has no key.
    private static func covering(
        _ source: Identifier, _ database: any Storage.Reading
    ) throws -> [Identifier: Set<Int>] {
        var found: [Identifier: Set<Int>] = [:]
        try database.query(
            """
            SELECT DISTINCT s.kind, f.batch FROM fact f JOIN stream s ON s.id = f.stream
            WHERE s.source = $1 AND f.record = ''
            """, [.text(source.text)]
        ) { row in
            found[Identifier(try row.text(0)), default: []].insert(Int(try row.integer(1)))
        }
        return found
    }
}

/// What is on record of a source's collections.
private struct SourceReadings {
    /// One part of a collection.
    private struct Part {
        let row: BatchRow
        let statement: BatchStatement
    }

    /// The reading that counts.
    private struct Whole {
        let leaf: Int
        let ended: Instant
        var until: Instant?
    }

    private let source: Source
    private let parts: [Part]
    private let reader: EvidenceReader
    /// By kind, the batches that cover anything of it.
    private let covering: [Identifier: Set<Int>]

    /// Files that somebody imported under the source's name count where no run of it ever brought anything. What a look
    /// back at its history has brought tells nothing of today.
    init(
        _ source: Source, _ rows: [BatchRow], _ reader: EvidenceReader, covering: [Identifier: Set<Int>]
    ) throws {
        self.source = source
        self.reader = reader
        self.covering = covering
        let all: [Part] = try rows.compactMap { row in
            try reader.statement(row.leaf).map { Part(row: row, statement: $0) }
        }
        let hasRun = all.contains(where: \.statement.isRun)
        parts = all.filter { part in
            let statement = part.statement
            return statement.mode == .skipped || (hasRun ? statement.isRun : !statement.isBackfill)
        }
    }

    /// - Parameter retired: from when on the source is given up; nil while it is not.
    func status(_ kind: Identifier, isEvent: Bool, now: Instant, retired: Instant?) throws -> SourceStatus {
        let about = parts.filter { $0.statement.kinds.isEmpty || $0.statement.kinds.contains(kind) }
        let isCovered = !UncoveredKinds.contain(
            kind, of: source.connector.rawValue, isEvent: isEvent,
            isForOthers: source.parameters["sources"] == .text("stated"))
        let whole = try isCovered ? lastCovering(kind, about) : lastUnfailing(kind, about)
        let state: SourceStatus.State =
            retired != nil
            ? .retired : whole.map { now - $0.ended > source.freshness ? .silent : .fresh } ?? .never
        let last = about.last.flatMap { Self.failure($0.statement, kind) }
        // One that is whole, and only long ago, has nothing wrong with it.
        let isLacking = state.isAlarming && about.last?.row.leaf != whole?.leaf
        return SourceStatus(
            source: source.id, kind: kind, state: state, retired: retired, lastWhole: whole?.ended,
            coveredUntil: whole?.until, promise: source.freshness,
            failure: last ?? (isLacking ? Self.uncovered : nil),
            runs: about.count, failedRuns: about.count { Self.failure($0.statement, kind) != nil })
    }

    /// Why a reading without a failure is not whole.
    private static let uncovered =
        "coverage: it does not say that what it brought is all there is up to now"

    private static func failure(_ statement: BatchStatement, _ kind: Identifier) -> String? {
        statement.failures.first { $0.kind == nil || $0.kind == kind }.map { "\($0.scope): \($0.reason)" }
    }

    /// The last part that covers the kind up to its end. Of a collection in several parts only the last one covers anything,
    /// and that only if none of them failed.
    private func lastCovering(_ kind: Identifier, _ about: [Part]) throws -> Whole? {
        // Of a kind that is never covered no payload is read, however many there are.
        let covering = covering[kind] ?? []
        for part in about.reversed()
        where covering.contains(part.row.leaf) && Self.failure(part.statement, kind) == nil {
            let ended = part.statement.ended
            guard let until = try coveredUntil(kind, part), until >= ended - source.freshness
            else { continue }
            return Whole(leaf: part.row.leaf, ended: ended, until: until)
        }
        return nil
    }

    /// The last part without a failure, unless a later one of the same collection has one.
    private func lastUnfailing(_ kind: Identifier, _ about: [Part]) -> Whole? {
        var failed: Set<Instant> = []
        for part in about.reversed() {
            let statement = part.statement
            if Self.failure(statement, kind) != nil {
                failed.insert(statement.started)
            } else if !failed.contains(statement.started) {
                return Whole(leaf: part.row.leaf, ended: statement.ended)
            }
        }
        return nil
    }

    /// The end of what a part covers; nil when it covers nothing of the kind.
    private func coveredUntil(_ kind: Identifier, _ part: Part) throws -> Instant? {
        let ends: @Sendable ([Fact?]) -> Instant? = { facts in
            facts.lazy.compactMap { fact in
                guard case .coverage(let interval)? = fact?.shape, fact?.kind == kind else { return nil }
                return interval.end
            }.max()
        }
        var until: Instant?
        try reader.forEachStretch(part.row, part.statement, ends) { _, end in
            until = [until, end].compactMap(\.self).max()
        }
        return until
    }
}
