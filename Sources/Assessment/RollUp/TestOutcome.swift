import Evidence
import Expressions
package import Formats

/// What the engine proposes to conclude. Only an auditor concludes.
package enum Conclusion: String, Sendable, Hashable, CaseIterable {
    case effective
    case withExceptions = "effective with exceptions"
    case ineffective
    /// Too little was collected to say anything.
    case noEvidence = "no evidence"
    /// Everything was collected, and nothing happened that could be tested.
    case noOccurrence = "no occurrence"
    /// Nothing has fallen due yet.
    case pending
    /// No test exists.
    case notTested = "not tested"
}

/// How much failure and how much silence the engagement accepts.
package struct Tolerance: Sendable, Hashable {
    /// Highest share of failing units for "with exceptions", in parts per million.
    package let deviations: Int
    /// Lowest share of covered time or units for any conclusion, in parts per million.
    package let coverage: Int

    package init(deviations: Int, coverage: Int) {
        self.deviations = deviations
        self.coverage = coverage
    }

    /// 5 % and 95 %: defaults that need an auditor's view.
    package static let standard = Tolerance(deviations: 50_000, coverage: 950_000)
}

/// A share of a whole as two counts; never a floating-point number.
package struct Ratio: Sendable, Hashable {
    package let part: Int64
    package let whole: Int64

    package init(_ part: Int64, of whole: Int64) {
        self.part = part
        self.whole = whole
    }

    /// A share of a length of time that may exceed 64 bits: told in milliseconds from a minute on, and in coarser units
    /// where these do not suffice. What is missing is rounded up, so that only the whole is the whole.
    init(scaling part: Int128, of whole: Int128) {
        var unit: Int128 = whole < 60_000_000 ? 1 : 1_000
        while whole / unit > Int128(Int64.max) { unit *= 1_000 }
        let missing = (whole - part + unit - 1) / unit
        self.init(Int64(clamping: max(0, whole / unit - missing)), of: Int64(clamping: whole / unit))
    }

    /// Rounded down to parts per million; nil when there is no whole.
    package var partsPerMillion: Int? {
        guard whole > 0 else { return nil }
        return Int(clamping: Int128(part) * 1_000_000 / Int128(whole))
    }

    /// Exact, where `partsPerMillion` has been rounded.
    func isAtMost(partsPerMillion limit: Int) -> Bool {
        Int128(part) * 1_000_000 <= Int128(limit) * Int128(whole)
    }
}

/// The units of a test by what became of them.
package struct UnitCounts: Sendable, Hashable {
    package var passing = 0
    package var failing = 0
    package var waived = 0
    package var unknown = 0
    package var pending = 0
    package var notApplicable = 0

    mutating func add(_ other: UnitCounts) {
        passing += other.passing
        failing += other.failing
        waived += other.waived
        unknown += other.unknown
        pending += other.pending
        notApplicable += other.notApplicable
    }
}

/// The outcome of one test over a period.
package struct TestOutcome: Sendable {
    package let test: ControlTest
    /// All rows, or those of `listed` when columns were swept.
    package let rows: TestRows
    /// The rows of units of which there is something to tell (`PlainUnits` are the others).
    package let listed: RowList
    /// What failed, in the order of the rows.
    package let exceptions: ExceptionList
    package let units: UnitCounts
    package let timeline: Timeline
    /// What it shows beside other tests, where that is less than is drawn: of passing events only their instants.
    let evidence: Timeline?
    /// Covered part of the time or units that could have been covered.
    package let coverage: Ratio
    package let conclusion: Conclusion
    /// Whether enough was covered for any conclusion; an ineffective test may lack it.
    package let isCovered: Bool

    /// The outcome by the simple evaluators.
    ///
    /// - Parameter costLimit: what all evaluations of the test may take together, in units of `ExpressionLimits.cost`.
    package init(
        _ test: ControlTest, _ frame: Frame, _ tolerance: Tolerance, costLimit: Int = CostMeter.standard
    ) throws(CostError) {
        let metered = MeteredTest(test, limit: costLimit)
        let rows = metered.test.evaluate(frame)
        try metered.check()
        self.init(test, SweptRows(rows), all: rows, frame, tolerance)
    }

    /// The same outcome from columns.
    package init(
        _ test: ControlTest, _ frame: SweepFrame, _ tolerance: Tolerance, costLimit: Int = CostMeter.standard
    ) throws {
        let metered = MeteredTest(test, limit: costLimit)
        let swept = try metered.test.sweep(frame)
        try metered.check()
        self.init(test, swept, all: swept.listed, frame.frame, tolerance)
    }

    private init(
        _ test: ControlTest, _ swept: SweptRows, all: TestRows, _ frame: Frame, _ tolerance: Tolerance
    ) {
        self.test = test
        rows = all
        let listed = swept.listed.rows
        self.listed = listed
        var units = swept.plain.units
        var exceptions = ExceptionList(of: listed)
        for unit in listed.byUnit {
            units.add(unit.rows)
            Self.forEachRun(of: unit) { exceptions.append($0, at: $1) }
        }
        self.units = units
        self.exceptions = exceptions
        timeline = Timeline(swept, frame)
        evidence = swept.plain.hasSeries ? Timeline(evidence: swept, frame) : nil
        let judged = test.judgedTime(frame)
        coverage = Self.coverage(swept, judged)
        conclusion = Self.conclude(units, coverage, tolerance, hasBegun: !judged.isEmpty)
        isCovered = Self.isCovered(coverage, tolerance)
    }

    /// Whether something failed, or failed and was waived.
    package var hasExceptions: Bool { units.waived > 0 || units.failing > 0 }

    /// How many units the population of the test has: those that it judges in the period, what nothing is known of
    /// included (`UnitPopulation`).
    package func populationCount(in period: Interval) -> Int {
        let carried = listed.count { test.carriesForward($0, period) }
        return units.passing + units.failing + units.waived + units.unknown + units.pending - carried
    }

    /// Calls with each of the rows of which no exception says all that there is to say, in their order.
    func forEachFurtherRow<Failure: Error>(
        _ body: (VerdictRow) throws(Failure) -> Void
    ) throws(Failure) {
        for unit in listed.byUnit {
            var parted: Set<Interval> = []
            if unit.rows.count > 1 {
                Self.forEachRun(of: unit) { run, _ in
                    if run.count > 1 { parted.formUnion(run.map(\.interval)) }
                }
            }
            let rows = unit.rows
            for index in rows.indices
            where rows[index].verdict != .fail || parted.contains(rows[index].interval) {
                try body(rows[index])
            }
        }
    }

    /// Calls with the failing rows of a unit, those of one unbroken run of what is measured in time together, and with
    /// the place of the first in the list; a failing event, window or obligation is alone.
    static func forEachRun(of unit: RowUnit, _ body: (ArraySlice<VerdictRow>, _ place: Int) -> Void) {
        let rows = unit.rows
        // Most units have one row, and rows are dear to copy.
        if rows.count == 1 {
            if rows[rows.startIndex].verdict == .fail { body(rows, unit.place) }
            return
        }
        var runs: [(run: Instant?, places: [Int])] = []
        for place in rows.indices where rows[place].verdict == .fail {
            let run = rows[place].isStretch ? rows[place].run : nil
            if run != nil, let known = runs.firstIndex(where: { $0.run == run }) {
                runs[known].places.append(place)
            } else {
                runs.append((run, [place]))
            }
        }
        for (_, places) in runs {
            let run = places.count == 1 ? rows[places[0]...places[0]] : places.map { rows[$0] }[...]
            body(run, unit.place + places[0] - rows.startIndex)
        }
    }

    /// States and rolling cadences are measured in time; everything else is counted. The lowest share decides.
    ///
    /// - Parameter judged: where the test could judge anything. What lies outside says nothing of it, or a test that
    ///   began yesterday would be covered by the year before.
    static func coverage(_ swept: SweptRows, _ judged: IntervalSet) -> Ratio {
        let rows = swept.listed
        var known = swept.plain.heldTime
        var unknown = swept.plain.unwatchedTime
        var (decided, undecided) = (Int64(swept.plain.counted), Int64(0))
        for rows in rows.rows.stretches {
            for index in rows.indices {
                let (verdict, isStretch) = (rows[index].verdict, rows[index].isStretch)
                switch (verdict, isStretch) {
                case (.pending, _), (.notApplicable, _): break
                case (.unknown, true): unknown += Int128(rows[index].interval.length.microseconds)
                case (_, true): known += Int128(rows[index].interval.length.microseconds)
                case (.unknown, false): undecided += 1
                case (_, false): decided += 1
                }
            }
        }
        let all = decided + undecided
        var shares: [Ratio] = []
        if known + unknown > 0 { shares.append(Ratio(scaling: known, of: known + unknown)) }
        if all > 0 { shares.append(Ratio(decided, of: all)) }
        // However well the known records were watched: there may have been others while nobody looked.
        let whole = Int128(judged.length.microseconds)
        if whole > 0 {
            let missing = Int128(rows.uncovered.intersection(judged).length.microseconds)
            shares.append(Ratio(scaling: whole - missing, of: whole))
        }
        return shares.min { ($0.partsPerMillion ?? 0) < ($1.partsPerMillion ?? 0) } ?? Ratio(0, of: 0)
    }

    private static func isCovered(_ coverage: Ratio, _ tolerance: Tolerance) -> Bool {
        coverage.partsPerMillion.map { $0 >= tolerance.coverage } ?? true
    }

    static func conclude(
        _ units: UnitCounts, _ coverage: Ratio, _ tolerance: Tolerance, hasBegun: Bool
    ) -> Conclusion {
        let decided = units.passing + units.failing + units.waived
        // Too many failures even if everything unknown had passed: silence must not soften that.
        let atBest = Ratio(Int64(units.failing), of: Int64(units.passing + units.failing + units.unknown))
        if units.failing > 0, !atBest.isAtMost(partsPerMillion: tolerance.deviations) { return .ineffective }
        if !isCovered(coverage, tolerance) { return .noEvidence }
        if decided == 0 {
            if units.unknown > 0 { return .noEvidence }
            return units.pending > 0 || !hasBegun ? .pending : .noOccurrence
        }
        guard units.failing > 0 else { return units.waived > 0 ? .withExceptions : .effective }
        let rate = Ratio(Int64(units.failing), of: Int64(units.passing + units.failing))
        return rate.isAtMost(partsPerMillion: tolerance.deviations) ? .withExceptions : .ineffective
    }
}

extension UnitCounts {
    /// Adds the units among the rows of one key and source. A record measured in time is one unit: failing when it failed
    /// at any time, passing when it passed and never failed.
    fileprivate mutating func add(_ rows: ArraySlice<VerdictRow>) {
        var best = UnitStanding.none
        for index in rows.indices {
            let standing = UnitStanding(rows[index].verdict)
            if rows[index].isStretch { best = max(best, standing) } else { add(standing) }
        }
        add(best)
    }

    private mutating func add(_ standing: UnitStanding) {
        switch standing {
        case .none: break
        case .notApplicable: notApplicable += 1
        case .pending: pending += 1
        case .unknown: unknown += 1
        case .passing: passing += 1
        case .waived: waived += 1
        case .failing: failing += 1
        }
    }
}

/// What a unit counts as: of what its rows say, the last in this order.
private enum UnitStanding: Int, Comparable {
    case none, notApplicable, pending, unknown, passing, waived, failing

    init(_ verdict: Verdict) {
        self =
            switch verdict {
            case .fail: .failing
            case .waived: .waived
            case .pass, .tolerated: .passing
            case .unknown: .unknown
            case .pending: .pending
            case .notApplicable: .notApplicable
            }
    }

    static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
