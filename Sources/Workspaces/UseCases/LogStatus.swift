package import Evidence
package import Formats
package import Ledger
import Programs
import Reports
import Storage

/// How well the log is held from outside at this time.
package struct LogStatus: Sendable {
    package let size: Int
    /// The newest anchor with its entry; nil before the first.
    package let anchor: (leaf: Int, statement: AnchorStatement)?
    /// Entries that no anchor covers; the newest anchor's own does not count.
    package let uncovered: Int
    /// Nothing but exports has been recorded since the newest anchor.
    package let isCovered: Bool
    /// How long ago the newest anchor was recorded, or the first entry when there is none; nil for an empty log.
    package let age: TimeSpan?
    package let maximumAge: TimeSpan?
    package let alarms: [LogAlarm]
    /// A period of the program has ended since the newest anchor.
    package let isPeriodDue: Bool

    /// Somebody was to vouch for the log and has not done so for too long.
    package var isStale: Bool {
        guard let maximumAge, let age else { return false }
        return age > maximumAge
    }

    /// What somebody must look into.
    package var warnings: [String] {
        var found = alarms.map(\.text)
        if isStale, let age, let maximumAge {
            let since =
                anchor == nil
                ? "nobody outside has ever vouched for this log" : "the newest anchor is too old"
            found.append(
                "anchors: \(since) (\(Self.hours(age)) h; at most \(Self.hours(maximumAge)) h): run "
                    + "\"assay log anchor\" hourly")
        }
        return found
    }

    package static func hours(_ span: TimeSpan) -> Int64 { span.microseconds / 3_600_000_000 }
}

extension Workspace {
    package func logStatus(now: Instant) throws -> LogStatus {
        try database.read { try logStatus($0, now: now) }
    }

    private func isCovered(_ row: AnchorTable.Row?, size: Int, _ database: any Reading) throws -> Bool {
        guard let row else { return false }
        return try (row.size..<size).allSatisfy { leaf in
            guard leaf != row.leaf, let entry = try LogTable.entry(leaf, database) else { return true }
            return ExportStatement(entry.statement) != nil
        }
    }

    func logStatus(_ database: any Reading, now: Instant) throws -> LogStatus {
        let size = try LogTable.size(database)
        let row = try AnchorTable.rows(database).last
        let anchor = try row.map {
            (leaf: $0.leaf, statement: try StoredAnchor($0, blobs: blobs, database).statement)
        }
        let first = try LogTable.entry(0, database)?.statement.predicate["recorded"]?.string.flatMap {
            Instant($0)
        }
        let since = row?.recorded ?? first
        let program = try self.program(database).history.current
        let isPeriodDue = program.periods.contains { period in
            guard let end = period.interval(in: program.zone)?.end, let since else { return false }
            return since < end && end <= now
        }
        return LogStatus(
            size: size, anchor: anchor, uncovered: max(0, size - (row.map { $0.size + 1 } ?? 0)),
            isCovered: try isCovered(row, size: size, database), age: since.map { now - $0 },
            maximumAge: try anchoring()?.maximumAge,
            alarms: try LogAlarm.all(database), isPeriodDue: isPeriodDue)
    }
}
