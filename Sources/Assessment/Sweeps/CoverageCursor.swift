import Evidence
import Formats

/// Coverage as two sorted arrays, for walking.
struct CoverageCursor {
    let starts: [Int64]
    let ends: [Int64]

    init(_ coverage: IntervalSet) {
        starts = coverage.intervals.map(\.start.microseconds)
        ends = coverage.intervals.map(\.end.microseconds)
    }

    /// The first covered stretch that ends after an instant; `count` when there is none.
    func index(endingAfter instant: Int64) -> Int {
        var (low, high) = (0, ends.count)
        while low < high {
            let middle = (low + high) / 2
            if ends[middle] <= instant { low = middle + 1 } else { high = middle }
        }
        return low
    }

    func contains(_ instant: Int64) -> Bool {
        let index = index(endingAfter: instant)
        return index < starts.count && starts[index] <= instant
    }

    /// Calls back for each part of a stretch, covered or not, in order.
    func forEachPart(
        from start: Int64, to end: Int64, _ body: (_ start: Int64, _ end: Int64, _ isCovered: Bool) -> Void
    ) {
        var start = start
        var next = index(endingAfter: start)
        while start < end {
            guard next < starts.count, starts[next] < end else { return body(start, end, false) }
            if starts[next] > start {
                body(start, starts[next], false)
                start = starts[next]
            }
            let stop = min(end, ends[next])
            body(start, stop, true)
            start = stop
            next += 1
        }
    }
}

/// Coverage for who asks about one instant after another, mostly in order of time.
struct CoverageWalk {
    private let coverage: CoverageCursor
    /// The stretch that was covered, or was not, at the instant before.
    private var start = Int64.max
    private var end = Int64.min
    private var isCovered = false

    init(_ coverage: CoverageCursor) {
        self.coverage = coverage
    }

    /// Whether one stretch covers two instants and all between them.
    @inline(__always)
    mutating func covers(_ first: Int64, through last: Int64) -> Bool {
        covers(first) && last < end
    }

    @inline(__always)
    mutating func covers(_ instant: Int64) -> Bool {
        if start <= instant, instant < end { return isCovered }
        return look(instant)
    }

    private mutating func look(_ instant: Int64) -> Bool {
        let place = coverage.index(endingAfter: instant)
        isCovered = place < coverage.starts.count && coverage.starts[place] <= instant
        if isCovered {
            (start, end) = (coverage.starts[place], coverage.ends[place])
        } else {
            start = place == 0 ? .min : coverage.ends[place - 1]
            end = place < coverage.starts.count ? coverage.starts[place] : .max
        }
        return isCovered
    }
}
