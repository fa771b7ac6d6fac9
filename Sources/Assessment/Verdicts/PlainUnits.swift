import Evidence
package import Formats

/// Units of which there is nothing to tell: they passed where they were watched and never failed, or never applied.
///
/// Events last a microsecond each. A series of passing ones from one source, with nothing else to tell of an event in
/// between, is drawn as one stretch from the first to just after the last: nothing happened there that could have
/// failed. Nothing happened there that passed either, so it is no evidence where another test fails meanwhile.
package struct PlainUnits: Sendable {
    package private(set) var units = UnitCounts()
    /// Passing events, windows and obligations, which are counted and not measured.
    package private(set) var counted = 0
    /// Time that passed, and time in which nothing was collected, of units that are measured, in microseconds.
    private(set) var heldTime: Int128 = 0
    private(set) var unwatchedTime: Int128 = 0
    private var passing = StretchUnion()
    /// Series of passing events, as they are drawn.
    private var drawn = StretchUnion()
    /// When events passed, as far as that was kept.
    private var moments: [Int64] = []
    private var unwatched = StretchUnion()
    private var awaited = StretchUnion()
    /// Where the last passing event of a source ended, while its series goes on. Sources are few.
    private var series: [(source: Identifier, end: Instant)] = []
    /// What is known so far of the unit in the making.
    private var verdict = Verdict.notApplicable

    package init() {}

    /// Where on the timeline they stand, in order and disjoint.
    package var stretches: [(interval: Interval, verdict: Verdict)] {
        var passed = passing
        passed.insert(drawn)
        return list(passed)
    }

    /// The same where it is evidence: of events that passed no more than their instants, as far as these were kept.
    var evidence: [(interval: Interval, verdict: Verdict)] {
        var passed = passing
        for at in moments { passed.insert(Instant(microseconds: at), Instant(microseconds: at + 1)) }
        return list(passed)
    }

    /// Whether more is drawn than is evidence.
    var hasSeries: Bool { !drawn.isEmpty }

    private func list(_ passed: StretchUnion) -> [(interval: Interval, verdict: Verdict)] {
        let parts: [(StretchUnion, Verdict)] = [(passed, .pass), (unwatched, .unknown), (awaited, .pending)]
        return parts.flatMap { union, verdict in union.intervals.map { ($0, verdict) } }
    }

    // MARK: Counted

    /// Adds passing events of a source that follow one another, and follow those that were added before.
    mutating func addEvents(_ count: Int, over interval: Interval, of source: Identifier) {
        units.passing += count
        counted += count
        guard let place = series.firstIndex(where: { $0.source == source }) else {
            drawn.insert(interval.start, interval.end)
            return series.append((source, interval.end))
        }
        drawn.insert(series[place].end, interval.end)
        series[place].end = interval.end
    }

    /// Keeps when passing events happened that are added without it.
    mutating func keep(moments: some Collection<Int64>) {
        self.moments += moments
    }

    /// Something else is to be told of an event of a source.
    mutating func endSeries(of source: Identifier) {
        series.removeAll { $0.source == source }
    }

    /// Adds a passing window or obligation.
    mutating func addOccurrence(_ interval: Interval) {
        units.passing += 1
        counted += 1
        passing.insert(interval.start, interval.end)
    }

    // MARK: Measured

    /// Adds a stretch of the unit in the making; `endUnit` ends it.
    mutating func add(_ verdict: Verdict, over interval: Interval) {
        let length = Int128(interval.length.microseconds)
        switch verdict {
        case .pass:
            heldTime += length
            passing.insert(interval.start, interval.end)
        case .unknown:
            unwatchedTime += length
            unwatched.insert(interval.start, interval.end)
        case .pending: awaited.insert(interval.start, interval.end)
        default: break
        }
        note(verdict)
    }

    /// Adds time of the unit in the making whose place on the timeline is added by `place`.
    mutating func add(_ verdict: Verdict, microseconds: Int64) {
        if microseconds == 0 { return }
        switch verdict {
        case .pass: heldTime += Int128(microseconds)
        case .unknown: unwatchedTime += Int128(microseconds)
        default: break
        }
        note(verdict)
    }

    /// Adds where on the timeline time stands that was added without its place.
    mutating func place(_ verdict: Verdict, _ intervals: IntervalSet) {
        for interval in intervals.intervals {
            switch verdict {
            case .pass: passing.insert(interval.start, interval.end)
            case .unknown: unwatched.insert(interval.start, interval.end)
            default: awaited.insert(interval.start, interval.end)
            }
        }
    }

    private mutating func note(_ verdict: Verdict) {
        let order: [Verdict] = [.notApplicable, .pending, .unknown, .pass]
        guard let known = order.firstIndex(of: self.verdict), let new = order.firstIndex(of: verdict),
            new > known
        else { return }
        self.verdict = verdict
    }

    /// Counts the unit: passing if it passed at any time.
    mutating func endUnit() {
        switch verdict {
        case .pass: units.passing += 1
        case .unknown: units.unknown += 1
        case .pending: units.pending += 1
        default: units.notApplicable += 1
        }
        verdict = .notApplicable
    }

    /// Adds those of another part of the test.
    mutating func add(_ other: PlainUnits) {
        units.add(other.units)
        counted += other.counted
        heldTime += other.heldTime
        unwatchedTime += other.unwatchedTime
        passing.insert(other.passing)
        drawn.insert(other.drawn)
        moments += other.moments
        unwatched.insert(other.unwatched)
        awaited.insert(other.awaited)
    }
}
