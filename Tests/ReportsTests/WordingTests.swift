import Assessment
import Formats
import Testing

@testable import Reports

@Suite struct WordingTests {
    @Test(
        arguments: [
            (0, 3, "0 %", "0 %"), (1, 3, "33.33 %", "33.34 %"), (3, 3, "100 %", "100 %"),
            (1, 20, "5 %", "5 %"), (1, 1_000, "0.10 %", "0.10 %"), (1, 10_000, "0.01 %", "0.01 %"),
            (1, 10_001, "< 0.01 %", "< 0.01 %"), (10_001, 10_002, "99.99 %", "> 99.99 %"),
            (199_999, 200_000, "99.99 %", "> 99.99 %"), (15, 100_000, "0.01 %", "0.02 %"),
            (.max, .max, "100 %", "100 %"), (0, 0, "nothing to cover", "nothing to cover"),
        ] as [(Int64, Int64, String, String)])
    func `what held is never told as more, what failed never as less`(
        part: Int64, whole: Int64, held: String, failed: String
    ) {
        #expect(Wording.percent(Ratio(part, of: whole)) == held)
        #expect(Wording.percentAtMost(Ratio(part, of: whole)) == failed)
    }

    @Test func `what failed within grace or under a waiver did not hold`() throws {
        func hours(_ from: Int64, _ to: Int64) throws -> Interval {
            let day = Instant(microseconds: 0)
            return try #require(Interval(from: day + .hours(from), to: day + .hours(to)))
        }
        let rows: [(Interval, Verdict)] = [
            (try hours(0, 50), .pass), (try hours(50, 60), .tolerated), (try hours(60, 80), .waived),
            (try hours(80, 85), .fail), (try hours(85, 100), .unknown),
        ]
        let timeline = Timeline(worstOf: rows, over: try hours(0, 100))
        #expect(timeline.held == "50 %")
        #expect(
            timeline.failed == [
                "5 %", "10 % more failed within the time allowed to put it right",
                "20 % more failed under an approved waiver",
            ])
        #expect(timeline.unknown == "15 %")
        let whole = Timeline(worstOf: [(try hours(0, 100), Verdict.pass)], over: try hours(0, 100))
        #expect(whole.held == "100 %" && whole.failed == ["0 %"])
    }

    @Test func `an event that failed is not nothing`() throws {
        let start = Instant(microseconds: 0)
        let year = try #require(Interval(from: start, to: start + .days(365)))
        let event = try #require(Interval(from: start, to: start + TimeSpan(microseconds: 1)))
        let timeline = Timeline(worstOf: [(year, Verdict.pass), (event, .fail)], over: year)
        #expect(timeline.failed == ["< 0.01 %"] && timeline.held == "99.99 %")
    }
}
