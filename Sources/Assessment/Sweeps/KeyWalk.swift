import Evidence
import Formats

/// One pass over what is known of one key, in order of time.
///
/// A run is a maximal stretch without enough evidence of passing: a gap does not heal it, nor does taking the test out;
/// leaving scope or life ends it, and the grace counts from its start.
struct KeyWalk {
    enum Status: Equatable {
        case outOfScope, holds
        case violated(VerdictReason?)
        case unknown(VerdictReason)
        /// Not collected; from the instant on not collected yet.
        case uncovered(VerdictReason, awaited: Int64)
    }

    /// What the version of the test asks, besides its predicates.
    struct Terms {
        let digest: String
        let grace: Int64
        /// How long it must hold again before a run ends.
        var heal: Int64 = 0
        /// When it was taken out or followed by another: what happens from then on counts for the run and gives no row.
        var stop = Int64.max
    }

    private var series: RowSeries
    private var run: Int64?
    /// Where the unbroken pass began that may yet end the run.
    private var passing: Int64?
    private var digest: String?
    private var previousEnd: Int64?
    private var lived: Int64

    /// - Parameter rows: those of other keys, to which those of this one are added.
    init(key: Identifier, source: Identifier, period: Interval, after rows: consuming [VerdictRow]) {
        series = RowSeries(key: key, source: source, period: period, after: rows)
        lived = period.start.microseconds
    }

    mutating func add(
        from start: Int64, to end: Int64, _ status: Status, _ terms: Terms, _ reference: FactReference,
        partner: FactReference? = nil
    ) {
        let asked = min(end, terms.stop)
        if start < asked { tell(from: start, to: asked, status, terms, reference, partner) }
        if asked < end { enter(max(start, asked), end, status, terms) }
    }

    private mutating func tell(
        from start: Int64, to end: Int64, _ status: Status, _ terms: Terms, _ reference: FactReference,
        _ partner: FactReference?
    ) {
        if start > lived { series.addOutside(from: lived, to: start) }
        enter(start, end, status, terms)
        lived = max(lived, end)
        func row(_ from: Int64, _ to: Int64, _ verdict: Verdict, _ reason: VerdictReason? = nil, run: Int64?)
        {
            series.add(from: from, to: to, verdict, reason, run: run, reference, partner)
        }
        switch status {
        case .outOfScope: row(start, end, .notApplicable, run: nil)
        case .holds: row(start, end, .pass, run: nil)
        case .unknown(let reason): row(start, end, .unknown, reason, run: run)
        case .uncovered(let reason, let awaited):
            row(start, min(end, awaited), .unknown, reason, run: run)
            row(max(start, awaited), end, .pending, run: run)
        case .violated(let reason):
            let limit = Self.sum(run ?? start, terms.grace)
            row(start, min(end, limit), .tolerated, reason, run: run)
            row(max(start, limit), end, .fail, reason, run: run)
        }
    }

    private mutating func enter(_ start: Int64, _ end: Int64, _ status: Status, _ terms: Terms) {
        if previousEnd != start || digest != terms.digest { (run, passing) = (nil, nil) }
        (previousEnd, digest) = (end, terms.digest)
        switch status {
        case .outOfScope: (run, passing) = (nil, nil)
        case .holds:
            let since = passing ?? start
            passing = since
            let (length, overflow) = end.subtractingReportingOverflow(since)
            if overflow || length >= terms.heal { run = nil }
        case .violated, .unknown, .uncovered:
            passing = nil
            run = run ?? start
        }
    }

    /// Gives back the rows of all keys; it cannot go on afterwards.
    mutating func finish() -> [VerdictRow] {
        series.addOutside(from: lived, to: series.period.end.microseconds)
        return series.finish()
    }

    private static func sum(_ left: Int64, _ right: Int64) -> Int64 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }
}
