import Formats
import TestSupport
import Testing

@Suite struct TimeTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", Int64(0)), ("1970-01-01T00:00:00.000001Z", 1),
        ("1969-12-31T23:59:59.999999Z", -1),
        ("2000-02-29T12:00:00Z", 951_825_600_000_000), ("2026-03-01T09:00:00+01:00", 1_772_352_000_000_000),
        ("2026-03-01t08:00:00z", 1_772_352_000_000_000), ("2026-03-01 08:00:00Z", 1_772_352_000_000_000),
        ("2026-02-28T24:00:00Z", .min), ("0001-01-01T00:00:00Z", -62_135_596_800_000_000),
        ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999),
        ("2026-03-01T08:00:00.1234567899Z", 1_772_352_000_123_456),
        ("2026-03-01T08:00:00-00:00", 1_772_352_000_000_000),
        ("2026-03-02T07:59:00+23:59", 1_772_352_000_000_000),
        ("2026-03-01T08:00:00.5Z", 1_772_352_000_500_000),
    ])
    func `a timestamp is read to the microsecond`(text: String, microseconds: Int64) {
        // The lowest value stands for "refused".
        #expect(Instant(text)?.microseconds == (microseconds == .min ? nil : microseconds))
    }

    @Test(arguments: [
        "", "2026", "2026-03-01", "2026-03-01T08:00Z", "2026-03-01T08:00:00", "2026-3-1T08:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-13-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z",
        "2026-04-31T00:00:00Z", "2026-01-32T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z",
        "2016-12-31T23:59:60Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00,5Z", "2026-01-01T00:00:00+1:00",
        "2026-01-01T00:00:00+0100", "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+01:60",
        "2026-01-01T00:00:00ZZ",
        " 2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z ", "2026-01-01T00:00:00Z\n", "+2026-01-01T00:00:00Z",
        "12026-01-01T00:00:00Z", "-2026-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "2026-01-01T00:00:00\u{0}Z",
        "２026-01-01T00:00:00Z", "2026-01-01T00:00:00−01:00", "2026-01-01_00:00:00Z", "1900-02-29T00:00:00Z",
    ])
    func `anything else is refused`(text: String) {
        #expect(Instant(text) == nil)
    }

    @Test func `instants of years 1 to 9999 come back from their text`() {
        for seed in 0..<20_000 as Range<UInt64> {
            var random = Seeded(seed)
            let unit: Int64 = [1, 1_000, 1_000_000, 86_400_000_000][Int.random(in: 0..<4, using: &random)]
            let range = -62_135_596_800_000_000 / unit...253_402_300_799_999_999 / unit
            let instant = Instant(microseconds: Int64.random(in: range, using: &random) * unit)
            #expect(Instant(instant.description) == instant, "seed \(seed)")
        }
    }

    @Test(arguments: [
        "2026-03-01T09:00:00Z", "2026-03-01T09:00:00.5Z", "2026-03-01T09:00:00.000001Z",
        "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "2026-03-01t09:00:00Z", "2026-03-01 09:00:00Z",
        "2026-03-01T09:00:00z", "2026-03-01T09:00:00.50Z", "2026-03-01T09:00:00.0Z",
        "2026-03-01T09:00:00.0000001Z", "2026-03-01T09:00:00+00:00", "2026-03-01T10:00:00+01:00",
        "2026-03-01T09:00:60Z", "2026-02-29T09:00:00Z", "2026-03-01", "", "always", "open",
        "é026-03-01T09:00:00Z",
    ])
    func `a text is a description when reading and writing gives it back`(text: String) {
        let isWrittenBack = Instant(text)?.description == text
        #expect(Instant.isDescription(text) == isWrittenBack)
        // A text that does not lie in memory in one piece.
        #expect(Instant.isDescription(String(("x" + text).dropFirst())) == isWrittenBack)
    }

    @Test func `every day of four centuries has its date`() {
        var day = RFC3339.daysSince1970(year: 1899, month: 1, day: 1)
        for year in 1899...2301 as ClosedRange<Int64> {
            for month in 1...12 as ClosedRange<Int64> {
                for date in 1...RFC3339.daysIn(month: month, year: year) {
                    let civil = RFC3339.civil(daysSince1970: day)
                    if civil != (year, month, date)
                        || RFC3339.daysSince1970(year: year, month: month, day: date) != day
                    {
                        Issue.record("\(year)-\(month)-\(date)")
                    }
                    day += 1
                }
            }
        }
    }

    @Test func `the ends of time have names and do not trap`() {
        #expect(Instant.distantPast.description == "always")
        #expect(Instant.distantFuture.description == "open")
        #expect(!Instant(microseconds: .min + 1).description.isEmpty)
        #expect(!Instant(microseconds: .max - 1).description.isEmpty)
    }

    @Test func `arithmetic holds at the ends`() {
        let (past, future) = (Instant.distantPast, Instant.distantFuture)
        let most = TimeSpan(microseconds: .max)
        let least = TimeSpan(microseconds: .min)
        let zero = Instant(microseconds: 0)
        #expect(future + .seconds(1) == future)
        #expect(past - .seconds(1) == past)
        #expect(future + least == Instant(microseconds: -1))
        #expect(zero - least == future)
        #expect(past - least == zero)
        #expect(future - least == future)
        #expect(zero - most == Instant(microseconds: -.max))
        #expect(future - past == most)
        #expect(past - future == least)
        #expect(zero - past == most)
        #expect(most + .seconds(1) == most)
        #expect(least + .seconds(-1) == least)
        #expect(most + least == TimeSpan(microseconds: -1))
    }

    @Test func `spans too long for 64 bits are held at the ends`() {
        #expect(TimeSpan.days(.max) == TimeSpan(microseconds: .max))
        #expect(TimeSpan.hours(.min) == TimeSpan(microseconds: .min))
        #expect(TimeSpan.seconds(.max) == TimeSpan(microseconds: .max))
    }

    @Test(arguments: [
        ("24h", Int64(86_400_000_000)), ("90d", 7_776_000_000_000), ("2m", 120_000_000),
        ("1d12h", 129_600_000_000),
        ("0s", 0), ("1h30m5s", 5_405_000_000), ("5ms", 5_000), ("7us", 7),
        ("106751991d", 9_223_372_022_400_000_000),
    ])
    func `a span is read`(text: String, microseconds: Int64) {
        #expect(TimeSpan(text)?.microseconds == microseconds)
        if let span = TimeSpan(text) { #expect(TimeSpan(span.description) == span) }
    }

    @Test(arguments: [
        ("1d2h", "26h"), ("26h", "26h"), ("24h", "1d"), ("90d", "90d"), ("1d12h", "36h"), ("5d", "5d"),
        ("4d4h", "4d4h"), ("1h30m", "1h30m"), ("1d2h5m", "1d2h5m"), ("45m", "45m"), ("0s", "0s"),
    ])
    func `a span is written as a person would write it, and read back`(_ text: String, _ spoken: String)
        throws
    {
        let span = try #require(TimeSpan(text))
        #expect(span.spoken == spoken && TimeSpan(spoken) == span)
    }

    @Test(arguments: [
        "", "1", "h", "1x", "1.5h", "-1h", "+1h", "1h ", " 1h", "1h1h", "1m1h", "1 h", "1H", "１h",
        "106751992d",
        "9223372036854775808us", "106751991d5h", "1h-5m",
    ])
    func `a span that is not one is refused`(text: String) {
        #expect(TimeSpan(text) == nil)
    }

    @Test func `spans come back from their text`() {
        for seed in 0..<5_000 as Range<UInt64> {
            var random = Seeded(seed)
            let span = TimeSpan(
                microseconds: Int64.random(
                    in: 0...Int64.max >> Int64.random(in: 0...60, using: &random), using: &random))
            #expect(TimeSpan(span.description) == span, "seed \(seed)")
        }
        #expect(!TimeSpan(microseconds: .min).description.isEmpty)
    }

    @Test func `an interval is half open and never empty`() throws {
        func at(_ microseconds: Int64) -> Instant { Instant(microseconds: microseconds) }
        #expect(Interval(from: at(1), to: at(1)) == nil)
        #expect(Interval(from: at(2), to: at(1)) == nil)
        let interval = try #require(Interval(from: at(1), to: at(3)))
        #expect(interval.length == TimeSpan(microseconds: 2))
        #expect([0, 1, 2, 3].map { interval.contains(at($0)) } == [false, true, true, false])
        #expect(interval.clipped(to: .always) == interval)
        #expect(try interval.clipped(to: #require(Interval(from: at(3), to: at(4)))) == nil)
        #expect(
            try interval.clipped(to: #require(Interval(from: at(2), to: at(9))))
                == Interval(from: at(2), to: at(3)))
        #expect(Interval.always.length == TimeSpan(microseconds: .max))
        #expect(try interval < #require(Interval(from: at(1), to: at(4))))
    }
}
