package import Evidence
package import Formats

// Indirect, or every row would be as long as the longest of them.
/// Why a row has its verdict, in words for people that hold no field values.
package indirect enum VerdictReason: Sendable, Hashable, CustomStringConvertible {
    case uncovered
    case predicate(String)
    case joinUncovered(String)
    case joinMissing(String)
    case late(by: TimeSpan)
    case missed
    /// The test was taken out for a part of the time that counts.
    case notInForce
    case noResource
    case notYetDue(Instant)
    case notCollectedSince(Instant)
    case waiver(Identifier)
    case satisfied(at: Instant)
    /// The obligation ended before it was due, and needs no answer any more.
    case ended(at: Instant)
    /// Counts. The unknown is nil where nothing bounds it.
    case share(good: Int64, of: Int64, unknown: Int64?)
    /// The same of a share that is weighed by time.
    case shareOfTime(good: TimeSpan, of: TimeSpan, unknown: TimeSpan?)
    /// Nothing of this kind has the same key.
    case noPartner(String)
    /// How many partners a record states, and how many there are.
    case total(stated: Int64, found: Int64)
    /// The keys of the partners are others than those whose digest a record states.
    case totalDigest
    case bothRoles(String, String)
    case sameHands
    case notAttested
    case selfAttested

    package var description: String {
        switch self {
        case .uncovered: "nothing was collected for this time"
        case .predicate(let error): "cannot be evaluated: \(error)"
        case .joinUncovered(let name): "\(name): nothing was collected for this time"
        case .joinMissing(let name): "\(name): no matching record"
        case .late(let span): "late by \(span)"
        case .missed: "no response"
        case .notInForce: "the test was not in force all along"
        case .noResource: "nothing to respond on"
        case .notYetDue(let due): "due \(due)"
        case .notCollectedSince(let last):
            last == .distantPast ? "never collected" : "not collected since \(last)"
        case .waiver(let id): "waiver \(id)"
        case .satisfied(let at): "done \(at)"
        case .ended(let at): "needed no longer since \(at)"
        case .share(let good, let all, let unknown):
            "\(good) of \(all), \(unknown.map { "\($0)" } ?? "no telling how many") unknown"
        case .shareOfTime(let good, let all, let unknown):
            "\(Self.span(good)) of \(Self.span(all)), \(unknown.map(Self.span) ?? "no telling how much") unknown"
        case .noPartner(let kind): "\(kind): no record with this key"
        case .total(let stated, let found): "\(stated) stated, \(found) on record"
        case .totalDigest: "the records are not those that the stated digest stands for"
        case .bothRoles(let first, let second): "\(first) and \(second) at once"
        case .sameHands: "both duties in the same hands"
        case .notAttested: "no valid statement"
        case .selfAttested: "attested only by its own operator"
        }
    }

    /// Nothing needs no unit.
    private static func span(_ span: TimeSpan) -> String { span == .zero ? "0" : span.description }
}

// There may be millions: it is kept short, and most hold no memory of their own.
/// One unit with one verdict over one stretch of time: the finest grain of a result.
package struct VerdictRow: Sendable, Hashable {
    /// The record's key, the event's id, the window, or the trigger's key.
    package let key: Identifier
    /// Empty when several sources together decide.
    package let source: Identifier
    package let interval: Interval
    package var reason: VerdictReason?
    private let mark: Mark
    /// The facts it rests on.
    package let references: FactReferences
    package var verdict: Verdict
    /// What a waiver covers; nil for every other row.
    package var raw: Verdict?
    /// Whether its length is what counts; the row of an event, window or obligation is one unit however long it is.
    package let isStretch: Bool

    /// What has a run never falls due.
    private enum Mark: Sendable, Hashable {
        case none
        case run(Instant)
        case due(Instant)
        // Not boxed, though these are few: the optimizer of Swift 6.3 does not compile rows that hold such a box.
        /// An obligation that failed.
        case failed(due: Instant, settled: Instant)
    }

    package init(
        key: Identifier, source: Identifier = "", interval: Interval, verdict: Verdict,
        reason: VerdictReason? = nil,
        references: FactReferences = FactReferences(), run: Instant? = nil, isStretch: Bool = true
    ) {
        self.init(
            key: key, source: source, interval: interval, verdict: verdict, reason: reason,
            references: references, mark: run.map { .run($0) } ?? .none, isStretch: isStretch)
    }

    /// The row of a window or an obligation.
    ///
    /// - Parameter settled: until when an obligation that failed is known to have lasted (`unanswered`).
    package init(
        key: Identifier, source: Identifier = "", interval: Interval, verdict: Verdict,
        reason: VerdictReason? = nil, references: FactReferences = FactReferences(), due: Instant,
        settled: Instant? = nil
    ) {
        self.init(
            key: key, source: source, interval: interval, verdict: verdict, reason: reason,
            references: references, mark: settled.map { Mark.failed(due: due, settled: $0) } ?? .due(due),
            isStretch: false)
    }

    private init(
        key: Identifier, source: Identifier, interval: Interval, verdict: Verdict, reason: VerdictReason?,
        references: FactReferences, mark: Mark, isStretch: Bool
    ) {
        self.key = key
        self.source = source
        self.interval = interval
        self.verdict = verdict
        self.reason = reason
        self.references = references
        self.mark = mark
        self.isStretch = isStretch
    }

    /// Rows of one unbroken failure carry the same start; it is where the grace began to run.
    package var run: Instant? {
        if case .run(let start) = mark { start } else { nil }
    }

    /// When the obligation fell due.
    package var due: Instant? {
        switch mark {
        case .due(let due), .failed(let due, _): due
        case .none, .run: nil
        }
    }

    // A window falls due behind its end, and the row of an obligation that failed begins when it was due.
    /// The instant by which a waiver covers a failure whole: the last of a window, and when an obligation fell due
    /// (`unanswered` says until when it must last there); nil for every other row.
    var failed: Instant? {
        due.map { min($0, interval.end - TimeSpan(microseconds: 1)) }
    }

    /// From when to when an obligation is known to have failed: until it was answered or ended, and where it was not, as
    /// far as it is known that nobody answered. The period may end before that. Nil for every other row.
    package var unanswered: Interval? {
        guard case .failed(let due, let settled) = mark else { return nil }
        return Interval(from: due, to: settled)
    }

    /// The instant by which it is known as a unit: when it fell due, or else when it happened.
    package var instant: Instant { due ?? interval.start }

    /// Whether it speaks of something that happened at an instant, such as an event.
    package var isMoment: Bool { !isStretch && due == nil }

    /// The same row over another stretch.
    package func over(_ interval: Interval) -> VerdictRow {
        var copy = VerdictRow(
            key: key, source: source, interval: interval, verdict: verdict, reason: reason,
            references: references, mark: mark, isStretch: isStretch)
        copy.raw = raw
        return copy
    }
}

/// A failure as a report states it: one per unbroken run of a state, one per failing event, window or obligation.
package struct ControlException: Sendable, Hashable {
    package let key: Identifier
    package let source: Identifier
    /// From the first failing instant in the period to the last.
    package let interval: Interval
    /// Time spent failing in the period, gaps and tolerated time not counted; zero for something that happens at an instant.
    package let failing: TimeSpan
    package let reason: VerdictReason?
    /// When the obligation fell due.
    package let due: Instant?
    package let references: FactReferences
}

/// All rows of one test over one period.
package struct TestRows: Sendable {
    /// Sorted by key, source and time.
    package var rows: RowList
    /// Where the population itself is unknown: events or triggers may be missing.
    package var uncovered: IntervalSet

    package init(rows: [VerdictRow] = [], uncovered: IntervalSet = IntervalSet()) {
        self.rows = RowList(rows)
        self.uncovered = uncovered
    }

    mutating func sort() {
        // Sweeps mostly find them in order.
        if isSorted { return }
        var all = Array(rows)
        all.sort(by: Self.precedes)
        rows = RowList(all)
    }

    private var isSorted: Bool {
        let stretches = rows.stretches
        let areSorted = stretches.allSatisfy { rows in
            rows.indices.dropFirst().allSatisfy { place in
                // Keys alone tell most rows apart, and whole rows are dear to copy.
                rows[place - 1].key < rows[place].key || !Self.precedes(rows[place], rows[place - 1])
            }
        }
        return areSorted
            && zip(stretches, stretches.dropFirst()).allSatisfy { !Self.precedes($1[0], $0[$0.count - 1]) }
    }

    private static func precedes(_ left: VerdictRow, _ right: VerdictRow) -> Bool {
        (left.key, left.source, left.interval.start, left.interval.end)
            < (right.key, right.source, right.interval.start, right.interval.end)
    }
}
