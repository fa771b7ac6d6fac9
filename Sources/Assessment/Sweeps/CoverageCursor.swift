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
