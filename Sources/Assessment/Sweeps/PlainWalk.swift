import Evidence
import Formats

/// Adds up units that hold wherever they are in scope and watched, without a row for any of them.
struct PlainWalk {
    private let period: (start: Int64, end: Int64)
    private let coverage: IntervalSet
    private let cursor: CoverageCursor
    /// Covered time before each covered stretch, and in all.
    private let before: [Int64]
    private let awaited: Int64
    /// The parts of the unit in the making, in the period.
    private var parts: [(start: Int64, end: Int64)] = []
    /// Where any unit held, had it been watched.
    private var held = StretchUnion()

    init(period: Interval, _ coverage: IntervalSet, awaited: Int64) {
        self.period = (period.start.microseconds, period.end.microseconds)
        self.coverage = coverage
        cursor = CoverageCursor(coverage)
        self.awaited = awaited
        var sums: [Int64] = [0]
        for (start, end) in zip(cursor.starts, cursor.ends) {
            sums.append(sums[sums.count - 1] &+ (end &- start))
        }
        before = sums
    }

    /// The part of a stretch in the period; nil outside, where nothing is said.
    func clipped(_ start: Int64, _ end: Int64) -> (start: Int64, end: Int64)? {
        let part = (start: max(start, period.start), end: min(end, period.end))
        return part.start < part.end ? part : nil
    }

    mutating func beginUnit() { parts.removeAll(keepingCapacity: true) }

    /// The unit holds over a stretch of the period.
    mutating func hold(from start: Int64, to end: Int64) { parts.append((start, end)) }

    /// Counts the unit.
    mutating func endUnit(_ plain: inout PlainUnits) {
        for part in parts {
            held.insert(Instant(microseconds: part.start), Instant(microseconds: part.end))
            let covered = covered(from: part.start, to: part.end)
            plain.add(.pass, microseconds: covered)
            if covered == part.end - part.start { continue }
            let turn = min(max(awaited, part.start), part.end)
            let early = turn - part.start - self.covered(from: part.start, to: turn)
            plain.add(.unknown, microseconds: early)
            plain.add(.pending, microseconds: part.end - part.start - covered - early)
        }
        plain.endUnit()
    }

    private func covered(from start: Int64, to end: Int64) -> Int64 {
        covered(before: end) &- covered(before: start)
    }

    /// Covered time before an instant. It may wrap around where coverage reaches back to the beginning of time; the
    /// difference of two does not.
    private func covered(before instant: Int64) -> Int64 {
        let index = cursor.index(endingAfter: instant)
        guard index < cursor.starts.count else { return before[index] }
        let start = cursor.starts[index]
        return start < instant ? before[index] &+ (instant &- start) : before[index]
    }

    /// Puts all units on the timeline.
    func finish(_ plain: inout PlainUnits) {
        let held = IntervalSet(held.intervals)
        plain.place(.pass, held.intersection(coverage))
        let turn = Instant(microseconds: awaited)
        for gap in coverage.gaps(in: held).intervals {
            for part in gap.cut(at: [turn]) {
                plain.place(part.start >= turn ? .pending : .unknown, IntervalSet([part]))
            }
        }
    }
}
