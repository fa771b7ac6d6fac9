import Evidence
import Formats
import TestSupport
import Testing

/// Against the plainest of all sets: one flag for each hour.
@Suite struct IntervalSetTests {
    private static let size = 24

    private func random(_ generator: inout Seeded) throws -> (set: IntervalSet, flags: [Bool]) {
        var flags = [Bool](repeating: false, count: Self.size)
        var intervals: [Interval] = []
        for _ in 0..<generator.below(6) {
            let start = generator.below(Self.size)
            let end = start + 1 + generator.below(Self.size - start)
            for index in start..<end { flags[index] = true }
            intervals.append(try hours(start, end))
        }
        return (IntervalSet(intervals), flags)
    }

    private func set(_ flags: [Bool]) throws -> IntervalSet {
        IntervalSet(try flags.indices.filter { flags[$0] }.map { try hours($0, $0 + 1) })
    }

    @Test(arguments: 0..<400) func `operations agree with flags`(_ seed: Int) throws {
        var generator = Seeded(UInt64(seed))
        let (left, leftFlags) = try random(&generator)
        let (right, rightFlags) = try random(&generator)
        #expect(left == (try set(leftFlags)), "seed \(seed)")
        #expect(left.length == .hours(Int64(leftFlags.filter { $0 }.count)), "seed \(seed)")
        let both = zip(leftFlags, rightFlags)
        #expect(left.union(right) == (try set(both.map { $0 || $1 })), "seed \(seed)")
        #expect(left.intersection(right) == (try set(both.map { $0 && $1 })), "seed \(seed)")
        #expect(left.gaps(in: right) == (try set(both.map { !$0 && $1 })), "seed \(seed)")
        for index in 0..<Self.size {
            #expect(left.contains(hour(index)) == leftFlags[index], "seed \(seed)")
            let end = index + 1 + generator.below(Self.size - index)
            let stretch = try hours(index, end)
            #expect(left.covers(stretch) == leftFlags[index..<end].allSatisfy { $0 }, "seed \(seed)")
            let clipped = leftFlags.indices.map { leftFlags[$0] && $0 >= index && $0 < end }
            #expect(left.clipped(to: stretch) == (try set(clipped)), "seed \(seed)")
        }
        for (earlier, later) in zip(left.intervals, left.intervals.dropFirst()) {
            #expect(earlier.end < later.start)
        }
    }

    @Test func `all of time has no gap and a gap in it is found`() throws {
        #expect(IntervalSet().gaps(in: .always) == .always)
        #expect(IntervalSet.always.gaps(in: .always).isEmpty)
        let hole = IntervalSet([try hours(1, 2)])
        #expect(hole.gaps(in: .always).gaps(in: .always) == hole)
    }
}
