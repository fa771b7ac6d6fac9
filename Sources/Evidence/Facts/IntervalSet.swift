package import Formats

/// A set of instants as sorted, disjoint, non-touching intervals.
package struct IntervalSet: Sendable, Hashable {
    package private(set) var intervals: [Interval]

    /// The union of any intervals, in any order.
    package init(_ intervals: [Interval] = []) {
        // Most are in order as they come, and may be very many.
        if intervals.indices.dropFirst().allSatisfy({ intervals[$0 - 1].end < intervals[$0].start }) {
            self.intervals = intervals
            return
        }
        var merged: [Interval] = []
        for next in intervals.sorted() {
            if let last = merged.last, next.start <= last.end {
                if next.end > last.end, let longer = Interval(from: last.start, to: next.end) {
                    merged[merged.count - 1] = longer
                }
            } else {
                merged.append(next)
            }
        }
        self.intervals = merged
    }

    package static let always = IntervalSet([.always])

    package var isEmpty: Bool { intervals.isEmpty }

    /// The sum of all lengths.
    package var length: TimeSpan { intervals.reduce(.zero) { $0 + $1.length } }

    package func contains(_ instant: Instant) -> Bool {
        interval(at: instant) != nil
    }

    /// Whether every instant of the interval is in the set.
    package func covers(_ interval: Interval) -> Bool {
        self.interval(at: interval.start).map { $0.end >= interval.end } ?? false
    }

    package func union(_ other: IntervalSet) -> IntervalSet {
        IntervalSet(intervals + other.intervals)
    }

    package func intersection(_ other: IntervalSet) -> IntervalSet {
        var found: [Interval] = []
        var (left, right) = (0, 0)
        while left < intervals.count, right < other.intervals.count {
            let (a, b) = (intervals[left], other.intervals[right])
            if let both = a.clipped(to: b) { found.append(both) }
            if a.end < b.end { left += 1 } else { right += 1 }
        }
        return IntervalSet(found)
    }

    package func clipped(to interval: Interval) -> IntervalSet {
        intersection(IntervalSet([interval]))
    }

    /// What of the other set is not in this one.
    package func gaps(in other: IntervalSet) -> IntervalSet {
        other.intersection(complement)
    }

    private var complement: IntervalSet {
        var found: [Interval] = []
        var start = Instant.distantPast
        for interval in intervals {
            if let gap = Interval(from: start, to: interval.start) { found.append(gap) }
            start = interval.end
        }
        if let rest = Interval(from: start, to: .distantFuture) { found.append(rest) }
        return IntervalSet(found)
    }

    private func interval(at instant: Instant) -> Interval? {
        index(at: instant).map { intervals[$0] }
    }

    /// Which of the intervals an instant lies in; nil for one outside.
    package func index(at instant: Instant) -> Int? {
        var (low, high) = (0, intervals.count)
        while low < high {
            let middle = (low + high) / 2
            if intervals[middle].end <= instant { low = middle + 1 } else { high = middle }
        }
        return low < intervals.count && intervals[low].contains(instant) ? low : nil
    }
}
