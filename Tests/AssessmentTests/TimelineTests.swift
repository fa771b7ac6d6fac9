import Formats
import TestSupport
import Testing

@testable import Assessment

/// What rows and timelines come to, beside a look at every hour by itself.
@Suite struct TimelineTests {
    private static let size = 40

    /// Rows of whole hours, some of them beyond the period.
    private static func rows(_ generator: inout Seeded) throws -> [(Interval, Verdict)] {
        try (0..<generator.below(12)).map { _ in
            let start = generator.below(size) - 5
            let verdict = Verdict.dominance[generator.below(Verdict.dominance.count)]
            return (try hours(start, start + 1 + generator.below(15)), verdict)
        }
    }

    private static func hourly(_ timeline: Timeline) throws -> [Verdict] {
        try (0..<size).map { at in
            let found = timeline.segments.filter { $0.interval.contains(hour(at)) }
            try #require(found.count == 1)
            return found[0].verdict
        }
    }

    /// Touching, together the period, and no two neighbours alike.
    private static func isWellFormed(_ timeline: Timeline) -> Bool {
        let (segments, period) = (timeline.segments, timeline.period)
        let neighbours = zip(segments, segments.dropFirst())
        return segments.first?.interval.start == period.start && segments.last?.interval.end == period.end
            && neighbours.allSatisfy { $0.interval.end == $1.interval.start && $0.verdict != $1.verdict }
    }

    @Test(arguments: 0..<UInt64(200))
    func `worst and best are those of every hour`(_ seed: UInt64) throws {
        var generator = Seeded(seed)
        let period = try hours(0, Self.size)
        var timelines: [Timeline] = []
        var all: [[Verdict]] = []
        for _ in 0..<generator.below(7) {
            let rows = try Self.rows(&generator)
            let timeline = Timeline(worstOf: rows, over: period)
            timelines.append(timeline)
            all.append(
                (0..<Self.size).map { at in
                    rows.filter { $0.0.contains(hour(at)) }.map(\.1).min { $0.rank < $1.rank }
                        ?? .notApplicable
                })
            #expect(try Self.hourly(timeline) == all.last, "seed \(seed)")
            #expect(Self.isWellFormed(timeline), "seed \(seed)")
        }
        let worst = Timeline(worstOf: timelines, over: period)
        let best = Timeline(bestOf: timelines, over: period)
        let (own, hourly) = (try Self.hourly(worst), try Self.hourly(best))
        for at in 0..<Self.size {
            let present = all.map { $0[at] }
            #expect(own[at] == present.min { $0.rank < $1.rank } ?? .notApplicable, "seed \(seed), \(at)")
            let applicable = present.filter { $0 != .notApplicable }
            #expect(
                hourly[at] == applicable.max { $0.rank < $1.rank } ?? .notApplicable, "seed \(seed), \(at)")
        }
        #expect(Self.isWellFormed(worst) && Self.isWellFormed(best), "seed \(seed)")
    }
}
