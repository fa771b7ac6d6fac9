import Catalog
import Expressions
package import Formats

/// Which sources an organization has given up for good, and from when on nothing is to be expected of them.
package struct Retirements: Sendable, Hashable {
    /// One version of what was decided about a source.
    package struct Decision: Sendable, Hashable {
        let source: Identifier
        /// Nil is every kind.
        let kinds: Set<Identifier>?
        /// From when it counts, never before it was put on record, until another one or its removal.
        let effect: Interval

        package init(source: Identifier, kinds: Set<Identifier>?, effect: Interval) {
            self.source = source
            self.kinds = kinds
            self.effect = effect
        }
    }

    private let decisions: [Identifier: [Decision]]

    package init(_ decisions: [Decision] = []) {
        self.decisions = Dictionary(grouping: decisions, by: \.source)
    }

    var isEmpty: Bool { decisions.isEmpty }

    /// From when on a source is not waited for; the distant future where it was not given up. What was taken back was not
    /// for good: only an unbroken stretch that lasts counts, so that nobody lets a source go for the days it was silent.
    ///
    /// - Parameter kind: nil is all of its kinds together.
    package func instant(of source: Identifier, for kind: Identifier?) -> Instant {
        let own = (decisions[source] ?? []).filter { decision in
            guard let kinds = decision.kinds else { return true }
            return kind.map(kinds.contains) ?? false
        }
        guard let last = IntervalSet(own.map(\.effect)).intervals.last, last.end == .distantFuture else {
            return .distantFuture
        }
        return last.start
    }
}

// What was given up is laid over the evidence here, for the simple evaluators and for columns, and nowhere else: whoever
// reads either finds the same.

extension History {
    /// The same, with the sources that were given up.
    package func retiring(_ retirements: Retirements) -> History {
        if retirements.isEmpty { return self }
        return History(kinds: kinds.mapValues { $0.retiring(retirements) }, leaves: leaves)
    }
}

extension ColumnHistory {
    /// The same, with the sources that were given up.
    package func retiring(_ retirements: Retirements) -> ColumnHistory {
        if retirements.isEmpty { return self }
        return ColumnHistory(
            kinds: kinds.mapValues { $0.retiring(retirements) }, texts: texts, leaves: leaves)
    }
}

extension KindHistory {
    fileprivate func retiring(_ retirements: Retirements) -> KindHistory {
        var found = self
        for (name, source) in sources {
            found.sources[name] = source.givenUp(at: retirements.instant(of: name, for: kind.name))
        }
        return found
    }
}

extension KindColumns {
    fileprivate func retiring(_ retirements: Retirements) -> KindColumns {
        var found = self
        for (name, source) in sources {
            found.sources[name] = source.givenUp(at: retirements.instant(of: name, for: kind.name))
        }
        return found
    }
}

extension SourceHistory {
    /// When those of its records end that nobody has ended, because it was given up; the distant future where it was not.
    package var recordsEnd: Instant { coverage.recordsEnd(retired: retired) }

    fileprivate func givenUp(at instant: Instant) -> SourceHistory {
        if instant == .distantFuture { return self }
        var found = self
        found.retired = instant
        let end = found.recordsEnd
        found.states = states.compactMapValues { versions in
            let left = versions.compactMap { $0.ended(at: end) }
            return left.isEmpty ? nil : left
        }
        return found
    }
}

extension SourceColumns {
    /// When those of its records end that nobody has ended, because it was given up; the distant future where it was not.
    package var recordsEnd: Instant { coverage.recordsEnd(retired: retired) }

    fileprivate func givenUp(at instant: Instant) -> SourceColumns {
        if instant == .distantFuture { return self }
        var found = self
        found.retired = instant
        found.states = states.ended(at: found.recordsEnd)
        return found
    }
}

extension IntervalSet {
    /// Where the records end of a source that was given up: with its retirement, or with what it still vouches for after
    /// it. A record without an end would be found for ever, though nobody says any more that it is there. It is a
    /// microsecond after the retirement, when no record ends of itself: sources are given up at midnight, and closed then.
    fileprivate func recordsEnd(retired: Instant) -> Instant {
        if retired == .distantFuture { return retired }
        return max(retired + TimeSpan(microseconds: 1), intervals.last?.end ?? .distantPast)
    }
}

extension StateVersion {
    /// A version that holds at an instant ends there; nil for one that begins later and has no end, as nobody vouches for
    /// it. A stretch with an end stays.
    fileprivate func ended(at instant: Instant) -> StateVersion? {
        if interval.start >= instant { return interval.end == .distantFuture ? nil : self }
        guard instant < interval.end, let shorter = Interval(from: interval.start, to: instant) else {
            return self
        }
        return StateVersion(interval: shorter, value: value, reference: reference)
    }
}

extension StateColumns {
    /// As `StateVersion.ended(at:)`.
    fileprivate func ended(at instant: Instant) -> StateColumns {
        let (end, open) = (instant.microseconds, Instant.distantFuture.microseconds)
        let left = keys.indices.filter { starts[$0] < end || ends[$0] < open }
        return StateColumns(
            keys: left.map { keys[$0] }, starts: left.map { starts[$0] },
            ends: left.map { starts[$0] < end ? min(ends[$0], end) : ends[$0] },
            leaves: left.map { leaves[$0] }, items: left.map { items[$0] },
            record: left.count == count ? record : record.gathered(left.map { Int32($0) }))
    }
}
