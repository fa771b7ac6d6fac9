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
    /// What the trust file asks of witnesses and clocks, in words; nil where it asks nothing.
    package let asked: String?
    /// What the newest anchor lacks of what the trust file asks of witnesses and clocks.
    package let lacking: [String]
    /// There is an anchor that has all of that; what follows is about the newest such.
    package let isVouchedFor: Bool
    /// Entries that it does not cover; those of anchors do not count.
    package let uncovered: Int
    /// Nothing but exports and anchors has been recorded since.
    package let isCovered: Bool
    /// How long ago it was recorded, or the first entry when there is none; nil for an empty log.
    package let age: TimeSpan?
    package let maximumAge: TimeSpan?
    package let alarms: [LogAlarm]
    /// That nobody knows any more who was asked to vouch for the log; nil where that is known, or nobody ever was.
    package let lostSetting: String?
    /// A period of the program has ended since.
    package let isPeriodDue: Bool

    /// Somebody was to vouch for the log and has not done so for too long.
    package var isStale: Bool {
        guard let maximumAge, let age else { return false }
        return age > maximumAge
    }

    /// What somebody must look into.
    package var warnings: [String] {
        var found = alarms.map(\.text)
        if let lostSetting { found.append(lostSetting) }
        if isStale, let age, let maximumAge {
            let since =
                switch (isVouchedFor, anchor) {
                case (true, _): "the newest anchor that has what the trust file asks is too old"
                case (false, .some): "no anchor has what the trust file asks"
                case (false, .none): "nobody outside has ever vouched for this log"
                }
            found.append(
                "anchors: \(since) (\(Self.hours(age)) h; at most \(Self.hours(maximumAge)) h): run "
                    + "\"assay log anchor\" hourly")
        }
        return found
    }

    /// What is said of a newest anchor that whoever verifies with the trust file does not take; nil where there is
    /// nothing to say.
    package var shortfall: String? {
        if lacking.isEmpty { return nil }
        return "below the quorum: of the newest anchor, \(lacking.joined(separator: "; and "))"
    }

    package static func hours(_ span: TimeSpan) -> Int64 { span.microseconds / 3_600_000_000 }
}

extension Workspace {
    /// How well the log is held from outside, by the anchors on record.
    package func logStatus(now: Instant) throws -> LogStatus {
        try database.read { try logStatus($0, now: now) }
    }

    private func isCovered(
        _ row: AnchorTable.Row?, by anchors: [AnchorTable.Row], size: Int, _ database: any Reading
    ) throws -> Bool {
        guard let row else { return false }
        let own = Set(anchors.map(\.leaf))
        return try (row.size..<size).allSatisfy { leaf in
            guard !own.contains(leaf), let entry = try LogTable.entry(leaf, database) else { return true }
            return ExportStatement(entry.statement) != nil
        }
    }

    /// The newest of these anchors that lacks nothing; one that cannot be read vouches for nothing.
    private func sufficient(
        _ rows: some BidirectionalCollection<AnchorTable.Row>, _ quorum: AnchorQuorum,
        _ database: any Reading
    ) -> AnchorTable.Row? {
        rows.last(where: { row in
            let anchor = try? StoredAnchor(row, blobs: blobs, database)
            return anchor.map { quorum.lacking($0).isEmpty } ?? false
        })
    }

    func logStatus(_ database: any Reading, now: Instant) throws -> LogStatus {
        let size = try LogTable.size(database)
        let setting = try anchoring()
        let quorum = AnchorQuorum(setting)
        let rows = try AnchorTable.rows(database)
        let newest = try rows.last.map { try StoredAnchor($0, blobs: blobs, database) }
        let lacking = newest.map { quorum.lacking($0) } ?? []
        let row = lacking.isEmpty ? rows.last : sufficient(rows.dropLast(), quorum, database)
        let first = try LogTable.entry(0, database)?.statement.predicate["recorded"]?.string.flatMap {
            Instant($0)
        }
        let since = row?.recorded ?? first
        let program = try self.program(database).history.current
        let isPeriodDue = program.periods.contains { period in
            guard let end = period.interval(in: program.zone)?.end, let since else { return false }
            return since < end && end <= now
        }
        let covered = row?.size ?? 0
        return LogStatus(
            size: size, anchor: newest.map { (leaf: $0.leaf, statement: $0.statement) },
            asked: quorum.text, lacking: lacking, isVouchedFor: row != nil,
            uncovered: max(0, size - covered - rows.count { $0.leaf >= covered }),
            isCovered: try isCovered(row, by: rows, size: size, database), age: since.map { now - $0 },
            maximumAge: setting?.maximumAge,
            alarms: try LogAlarm.all(database),
            lostSetting: setting == nil && !rows.isEmpty ? "\(AnchoringFile.lost(workspace: path))" : nil,
            isPeriodDue: isPeriodDue)
    }
}
