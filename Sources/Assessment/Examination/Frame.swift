package import Evidence
package import Formats

/// What every kind of test is evaluated against: the evidence, the period, and the time of knowledge.
package struct Frame: Sendable {
    package let history: History
    package let period: Interval
    /// What was recorded later is not known; time after it has not happened yet.
    package let knownAt: Instant
    /// Whether nobody asked for this period: it says how far back something is looked for, and nothing is summed up
    /// over it.
    var isLookBack = false

    package init(history: History, period: Interval, knownAt: Instant) {
        self.history = history
        self.period = period
        self.knownAt = knownAt
    }

    /// How long after a collection the next one is awaited before its time counts as unknown: a day and some leeway,
    /// so that what is collected nightly is not called unknown every morning.
    static let collectionLag = TimeSpan.hours(26)

    /// The instant from which on uncovered time is not known *yet*: the end of a coverage that ended lately, else the
    /// time of knowledge.
    func awaited(after coverage: IntervalSet) -> Instant {
        guard let last = coverage.intervals.last?.end, last < knownAt, knownAt - last <= Self.collectionLag
        else {
            return knownAt
        }
        return last
    }

    /// Where, in a stretch, a coverage leaves out what should have been collected by now.
    func missing(from coverage: IntervalSet, in stretch: Interval) -> IntervalSet {
        let past = Interval(from: stretch.start, to: min(stretch.end, awaited(after: coverage)))
        return coverage.gaps(in: IntervalSet([past].compactMap { $0 }))
    }

    /// The part of a stretch that had passed by the time of knowledge.
    func elapsed(_ stretch: Interval) -> IntervalSet {
        IntervalSet([Interval(from: stretch.start, to: min(stretch.end, knownAt))].compactMap { $0 })
    }

    /// Where, in a stretch, a source that was asked did not look at a kind, or none did: records may have lived there that
    /// nobody saw. That another one looked says nothing of what was this one's to see.
    func unseen(_ kind: Identifier, in stretch: Interval) -> IntervalSet {
        missing(from: history[kind]?.population ?? IntervalSet(), in: stretch)
    }

    /// Where, in a stretch, no source at all looked at a kind.
    func unwatched(_ kind: Identifier, in stretch: Interval) -> IntervalSet {
        let seen = history[kind]?.sources.values.flatMap(\.coverage.intervals) ?? []
        return missing(from: IntervalSet(seen), in: stretch)
    }

    /// The last instant of which anything can be known for a kind: the time of knowledge or the end of its coverage.
    func horizon(_ kind: Identifier) -> Instant {
        let covered = history[kind]?.completeCoverage.intervals.last?.end ?? .distantPast
        return min(knownAt, covered)
    }
}
