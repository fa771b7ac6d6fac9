import Catalog
import Evidence
import Expressions
import Formats
import Programs

/// Evaluates a `ratio` test in its simplest form: every sample against every window (`docs/verdicts.md`).
///
/// What is unknown may all have been good or all bad; the verdict stands only where both say the same.
struct RatioEvaluation {
    let versions: [RequirementVersion]
    let frame: Frame

    func rows() -> TestRows {
        rows { version, rule in frame.history[rule.kind].map { RatioSamples($0, rule) } ?? RatioSamples() }
    }

    /// - Parameter counted: what there is to count for one of the versions, by its index.
    func rows(counted: (_ version: Int, RatioRequirement) -> some RatioCounting) -> TestRows {
        var found = TestRows()
        for (index, version) in versions.enumerated() {
            guard case .ratio(let rule) = version.requirement else { continue }
            let stretch = version.inForce.clipped(to: frame.period)
            let history = frame.history[rule.kind]
            let samples = counted(index, rule)
            for window in windows(rule, version) {
                found.rows += rows(rule, window, samples, history)
            }
            guard let stretch else { continue }
            let coverage = history?.completeCoverage ?? IntervalSet()
            found.uncovered = found.uncovered.union(frame.missing(from: coverage, in: stretch))
            if case .calendar(let unit, let zone) = rule.window, CalendarWindows(unit, zone: zone) == nil {
                // Without the zone's rules there are no windows, and nothing can be said.
                found.uncovered = found.uncovered.union(frame.elapsed(stretch))
            }
        }
        found.sort()
        return found
    }

    /// The windows that end in the period and lie between the first and the last time in force of the test, and at whose
    /// last instant this version was in force, or was the last one before a break.
    func windows(_ rule: RatioRequirement, _ version: RequirementVersion) -> [Interval] {
        let period = frame.period
        let first = versions.begin ?? .distantPast
        let term = versions.term(of: version)
        let candidates: [Interval]
        switch rule.window {
        // A share of one instant is none, and one of a stretch that nobody asked for either.
        case .period where period.isInstant || frame.isLookBack, .calendar where period.isInstant:
            candidates = []
        case .period: candidates = versions.inForce.clipped(to: period).intervals
        case .calendar(let unit, let zone):
            let all = CalendarWindows(unit, zone: zone)?.windows(from: period.start, to: period.end)
            candidates = (all ?? []).filter {
                $0.end > period.start && $0.end <= period.end && $0.start >= first
            }
        }
        return candidates.filter { term.contains($0.end - TimeSpan(microseconds: 1)) }
    }

    private func rows(
        _ rule: RatioRequirement, _ window: Interval, _ samples: some RatioCounting, _ history: KindHistory?
    ) -> [VerdictRow] {
        let coverage = history?.completeCoverage ?? IntervalSet()
        let awaited = frame.awaited(after: coverage)
        let groups = rule.group == nil ? [nil] : samples.groups(before: window.end).map(Optional.some)
        // Samples whose group nobody can tell must show somewhere.
        let isLost = groups.isEmpty && samples.hasNameless(in: window)
        return (isLost ? [nil] : groups).map { group in
            var tally = samples.tally(of: group, in: window)
            let isWeighed = history?.kind.mode == .state
            if !isWeighed {
                tally.add(gaps: frame.missing(from: coverage, in: window), spacing: rule.spacing)
            } else if !frame.unwatched(rule.kind, in: window).isEmpty {
                // Nothing bounds how many records lived there, whatever else is known.
                tally.isUnbounded = true
            }
            var verdict = tally.verdict(rule.target)
            var reason: VerdictReason? = tally.isEmpty ? nil : tally.reason(isWeighed: isWeighed)
            if tally.isEmpty, tally.isUnbounded { reason = .uncovered }
            // Not asked for all along, it cannot fail as a whole; nor may a break make it vanish.
            if verdict == .fail, !versions.inForce.covers(window) {
                (verdict, reason) = (.unknown, .notInForce)
            }
            if window.end > awaited {
                let isLate = window.end <= frame.knownAt
                (verdict, reason) = (
                    .pending, isLate ? .notCollectedSince(awaited) : .notYetDue(window.end)
                )
            }
            // It is known by the window's last instant, so that a waiver of just the window waives it.
            return VerdictRow(
                key: group ?? Identifier("\(window.start)"), interval: window, verdict: verdict,
                reason: reason, references: FactReferences(tally.references.sorted()),
                due: window.end - TimeSpan(microseconds: 1))
        }
    }
}

/// The samples of a ratio, by window and group.
protocol RatioCounting {
    /// The groups that had shown themselves before an instant, in order.
    func groups(before end: Instant) -> [Identifier]
    /// Whether a window holds samples of which nobody can tell the group.
    func hasNameless(in window: Interval) -> Bool
    /// The samples of one group, or of all, in a window. One without a group may be of any.
    func tally(of group: Identifier?, in window: Interval) -> RatioTally
}

/// What a ratio counts in one window: exact, and never a floating-point number.
struct RatioTally {
    var good: Int128 = 0
    var all: Int128 = 0
    var unknown: Int128 = 0
    /// When events happened that are known from where nobody vouched for all of them.
    var unwatched: [Int64] = []
    /// Nothing says how much more there may have been.
    var isUnbounded = false
    /// The facts that were not good, or undecidable.
    var references: Set<FactReference> = []

    /// Nothing was there to be counted, so far as is known.
    var isEmpty: Bool { all + unknown == 0 && unwatched.isEmpty }

    /// Prices in the time that nobody watched: in each gap at most one event a spacing, and at least those that are
    /// known from it. What is known from one gap says nothing of another.
    mutating func add(gaps: IntervalSet, spacing: TimeSpan?) {
        let known = unwatched
        unwatched = []
        unknown += Int128(known.count)
        if gaps.isEmpty { return }
        guard let spacing, spacing > .zero else {
            isUnbounded = true
            return
        }
        let step = Int128(spacing.microseconds)
        var more = gaps.intervals.map { (Int128($0.length.microseconds) + step - 1) / step }
        for at in known {
            if let place = gaps.index(at: Instant(microseconds: at)) { more[place] -= 1 }
        }
        unknown += more.reduce(0) { $0 + max($1, 0) }
    }

    func verdict(_ target: Proportion) -> Verdict {
        let goal = Int128(target.partsPerMillion)
        let million: Int128 = 1_000_000
        if isUnbounded {
            // Any number of good ones may be missing; only a target of all is beyond their help.
            return goal == million && good < all ? .fail : .unknown
        }
        if all + unknown == 0 { return .notApplicable }
        if good * million >= goal * (all + unknown) { return .pass }
        if (good + unknown) * million < goal * (all + unknown) { return .fail }
        return .unknown
    }

    /// - Parameter isWeighed: by time, and not counted.
    func reason(isWeighed: Bool) -> VerdictReason {
        let (part, whole) = (Int64(clamping: good), Int64(clamping: all))
        let open: Int64? = isUnbounded ? nil : Int64(clamping: unknown)
        guard isWeighed else { return .share(good: part, of: whole, unknown: open) }
        return .shareOfTime(
            good: TimeSpan(microseconds: part), of: TimeSpan(microseconds: whole),
            unknown: open.map { TimeSpan(microseconds: $0) })
    }
}

/// Everything a ratio may count, over all of time.
struct RatioSamples: RatioCounting {
    private enum Outcome {
        case good, bad, unknown
        /// An event from where the source did not vouch for all.
        case unwatched
    }

    private struct Sample {
        let interval: Interval
        /// Nil when it cannot be told.
        let group: Identifier?
        let outcome: Outcome
        let reference: FactReference
    }

    private var samples: [Sample] = []
    /// States are weighed by time, events counted.
    private var isWeighed = false
    private var isGrouped = false

    init() {}

    init(_ history: KindHistory, _ rule: RatioRequirement) {
        isWeighed = history.kind.mode == .state
        isGrouped = rule.group != nil
        for source in history.sourceNames {
            guard let records = history.sources[source] else { continue }
            for event in records.events {
                guard let instant = Interval(instant: event.at) else { continue }
                let isWatched = records.coverage.contains(event.at)
                add(event.value, instant, isWatched ? nil : .unwatched, event.reference, history.kind, rule)
            }
            for key in records.states.keys.sorted() {
                for version in records.states[key] ?? [] {
                    let value = history.kind.expressionValue(of: version.value)
                    let turns = rule.require.turns(value) + (rule.scope?.turns(value) ?? [])
                    let edges = records.coverage.intervals.flatMap { [$0.start, $0.end] }
                    for part in version.interval.cut(at: turns + edges) {
                        let isWatched = records.coverage.contains(part.start)
                        add(
                            version.value, part, isWatched ? nil : .unknown, version.reference, history.kind,
                            rule)
                    }
                }
            }
        }
    }

    private mutating func add(
        _ value: JSONObject, _ interval: Interval, _ known: Outcome?, _ reference: FactReference,
        _ kind: Kind, _ rule: RatioRequirement
    ) {
        let record = kind.expressionValue(of: value)
        let at = interval.start
        var outcome = known
        switch rule.scope?.answer(record, at: at) ?? .yes {
        case .no: return
        case .undecidable: outcome = outcome ?? .unknown
        case .yes: break
        }
        if outcome == nil {
            switch rule.require.answer(record, at: at) {
            case .yes: outcome = .good
            case .no: outcome = .bad
            case .undecidable: outcome = .unknown
            }
        }
        samples.append(
            Sample(
                interval: interval, group: rule.group?.matching(record, at: at).identity,
                outcome: outcome ?? .unknown,
                reference: reference))
    }

    func groups(before end: Instant) -> [Identifier] {
        Set(samples.filter { $0.interval.start < end }.compactMap(\.group)).sorted()
    }

    func hasNameless(in window: Interval) -> Bool {
        isGrouped && samples.contains { $0.group == nil && $0.interval.clipped(to: window) != nil }
    }

    func tally(of group: Identifier?, in window: Interval) -> RatioTally {
        var tally = RatioTally()
        for sample in samples where group == nil || sample.group == nil || sample.group == group {
            guard let part = sample.interval.clipped(to: window) else { continue }
            let weight = isWeighed ? Int128(part.length.microseconds) : 1
            let isLost = isGrouped && sample.group == nil
            if sample.outcome != .good || isLost { tally.references.insert(sample.reference) }
            switch sample.outcome {
            case .unwatched: tally.unwatched.append(part.start.microseconds)
            case _ where isLost: tally.unknown += weight
            case .good:
                tally.good += weight
                tally.all += weight
            case .bad: tally.all += weight
            case .unknown: tally.unknown += weight
            }
        }
        return tally
    }
}
