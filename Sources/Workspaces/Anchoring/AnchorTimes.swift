import Evidence
import Formats
import Ledger
import Programs
import Reports
import Storage

/// What an outside clock's stamp is held against before it goes on record. No entry can be taken back: a stamp that
/// contradicts the log's own times would make every later package fail.
struct StampCheck {
    struct OtherTime: Error, CustomStringConvertible {
        let description: String
    }

    /// When the newest entry in the stamped checkpoint says that it was recorded.
    let newest: Instant?
    let clock: Clock

    /// Whoever says no better when it was is of no use as a clock.
    private static let worst = TimeSpan.minutes(1)

    static func require(accuracy: TimeSpan) throws {
        guard accuracy <= worst else {
            throw OtherTime(
                description:
                    "it says that its clock may be wrong by \(seconds(accuracy)) s, which is more than a minute; "
                    + "ask another authority")
        }
    }

    /// A span in seconds, to the last digit: a limit is told apart from what is hardly more.
    private static func seconds(_ span: TimeSpan) -> String {
        let (whole, rest) = span.microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        if rest == 0 { return "\(whole)" }
        var digits = String(1_000_000 + rest).dropFirst()
        while digits.last == "0" { digits = digits.dropLast() }
        return "\(whole).\(digits)"
    }

    /// - Parameter latest: the time of the stamp, with the accuracy that it states.
    func require(_ time: Instant, latest: Instant) throws {
        let now = clock.now()
        let apart = now > time ? now - time : time - now
        guard apart <= TimeBracket.tolerance else {
            throw OtherTime(
                description:
                    "its clock and this machine's differ by \(apart.microseconds / 1_000_000) s (\(time) there, "
                    + "\(now) here); set this machine's clock if that is the one that is wrong, else ask another "
                    + "authority")
        }
        if let newest, newest > latest + TimeBracket.tolerance {
            throw OtherTime(
                description:
                    "its time is \(time), and the newest entry says \(newest): this machine's clock was ahead "
                    + "when that was recorded; ask again after \(newest)")
        }
    }
}

extension Workspace {
    /// Nil where times in the log may be simulated: nothing is held against them then, here or by a verifier.
    func stampCheck(_ clock: Clock, _ database: any Reading) throws -> StampCheck? {
        if try hasSimulatedTimes(database) { return nil }
        return StampCheck(newest: try LogTable.lastRecorded(database), clock: clock)
    }

    /// Whether the organization was marked synthetic at some time.
    func hasSimulatedTimes(_ database: any Reading) throws -> Bool {
        try PackageLabels(kinds: [], changes: program(database).history.changes).isSynthetic
    }

    /// Where the times that the log states contradict an anchor's stamps, and what can be done; nil where they agree.
    func timeFault(_ anchor: StoredAnchor, _ database: any Reading) throws -> String? {
        let stamps = anchor.statement.stamps
        let bracket = TimeBracket(
            size: anchor.statement.size, leaf: anchor.leaf, times: stamps.map(\.time),
            latest: try anchor.replies.map { try TimestampResponse(parsing: $0).info.latest })
        let fault = try bracket.fault { leaf in
            try LogTable.entry(leaf, database)?.statement.predicate["recorded"]?.string.flatMap {
                Instant($0)
            }
        }
        guard let fault else { return nil }
        let names = Set(stamps.map(\.authority)).sorted().joined(separator: ", ")
        return
            "anchor \(anchor.leaf): \(fault). \"verify --trust\" refuses every package of this log for whoever trusts "
            + "the certificates of \(names). If it was a clock there that was wrong, ask others (\"assay log configure\" "
            + "with --authority and --roots) and hand out \"assay log trust\" anew; if it was this machine's, go back "
            + "to a backup from before that entry"
    }
}
