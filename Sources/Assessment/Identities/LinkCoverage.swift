import Catalog
import Evidence
import Formats
import Programs

/// Whether all was seen that names are tied in, and for how long that may be said.
struct LinkCoverage {
    /// Kinds of which there may be records that nobody has seen, sorted.
    let uncovered: [Identifier]
    /// To where none of them can be missing; the instant itself where one is uncovered.
    let end: Instant

    init(_ rules: IdentityRules, program: Program, _ history: History, at instant: Instant) {
        // What a program promises of a source, whichever of the two is longer.
        let promises = program.sources.map { ($0.id, max($0.every, $0.freshness)) }
        let lags = Dictionary(promises) { first, _ in first }
        var uncovered: [Identifier] = []
        var end = Instant.distantFuture
        for name in rules.kinds {
            let watched = history[name]?.watched(for: rules.since, to: instant, lags)
            if watched == nil { uncovered.append(name) }
            end = min(end, watched?.end ?? instant)
        }
        self.uncovered = uncovered
        self.end = end
    }
}

extension KindHistory {
    /// The stretch around an instant in which no record that counts then can be missing; nil when one may be.
    fileprivate func watched(
        for span: TimeSpan, to instant: Instant, _ lags: [Identifier: TimeSpan]
    ) -> Interval? {
        let coverage = kind.mode == .event ? following(lags).completeCoverage : completeCoverage
        // Coverage ends where knowledge does, before the instant itself.
        guard let index = coverage.index(at: instant - TimeSpan(microseconds: 1)) else { return nil }
        let last = coverage.intervals[index]
        // A state is as it is now; of events each counts, as far back as somebody vouched for all of them.
        if kind.mode == .event, index > 0, last.start > instant - span { return nil }
        return last
    }

    /// The same with the time until the next collection of each source: events become known some time after
    /// they happen, and that alone is no gap.
    private func following(_ lags: [Identifier: TimeSpan]) -> KindHistory {
        var found = self
        for (name, source) in sources {
            guard let end = source.coverage.intervals.last?.end,
                let next = Interval(from: end, to: end + (lags[name] ?? .days(1)))
            else { continue }
            found.sources[name]?.coverage = source.coverage.union(IntervalSet([next]))
        }
        return found
    }
}
