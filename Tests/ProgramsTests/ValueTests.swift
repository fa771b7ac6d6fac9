import Formats
import Testing

@testable import Programs

@Suite struct ValueTests {
    @Test(arguments: [
        ("0%", 0), ("5%", 50_000), ("0.5%", 5_000), ("99.95%", 999_500), ("0.0001%", 1), ("100%", 1_000_000),
    ])
    func `a percentage is read exactly and written back`(text: String, partsPerMillion: Int64) {
        #expect(Proportion(text)?.partsPerMillion == partsPerMillion)
        #expect(Proportion(text)?.description == text)
    }

    @Test(arguments: [
        "", "%", "5", "5 %", "101%", "100.1%", "-1%", "5.%", ".5%", "0.00001%", "1e1%", "٥%", "5.0.0%",
    ])
    func `what is no percentage is refused`(text: String) {
        #expect(Proportion(text) == nil)
    }

    @Test(arguments: [
        ("1d12h", TimeAllowed.span(.hours(36))), ("1 business day", .businessDays(1)),
        ("10 business days", .businessDays(10)),
    ])
    func `the time allowed is read and written back`(text: String, expected: TimeAllowed) {
        #expect(TimeAllowed(text) == expected)
        #expect(expected.description == text)
    }

    @Test(arguments: [
        "", "0 business days", "1001 business days", "-1 business days", "two business days", "2 days",
        "2  business days", "2 business days ", "+2 business days", "２ business days",
    ])
    func `what allows no time is refused`(text: String) {
        #expect(TimeAllowed(text) == nil)
    }

    @Test(arguments: ["2026-01-31", "2024-02-29", "0001-01-01"])
    func `a date is read and written back`(text: String) {
        #expect(CalendarDate(text)?.description == text)
    }

    @Test(
        arguments: [
            ("2026-07-01", 3, "2026-10-01"), ("2026-12-01", 3, "2027-03-01"),
            ("2025-11-30", 3, "2026-02-28"), ("2023-11-30", 3, "2024-02-29"),
            ("2024-02-29", 12, "2025-02-28"), ("2026-01-31", -2, "2025-11-30"),
        ] as [(String, Int64, String)])
    func `months are those of the calendar`(text: String, months: Int64, expected: String) throws {
        let date = try #require(CalendarDate(text))
        #expect(date.adding(months: months).description == expected)
    }

    @Test func `days are counted over the ends of months`() throws {
        let date = try #require(CalendarDate("2026-12-20"))
        #expect(date.adding(days: 28).description == "2027-01-17")
    }

    @Test(arguments: ["", "2026-02-29", "2026-1-1", "2026-13-01", "20260101", "2026-01-01 ", "2026-01-011"])
    func `what is no date is refused`(text: String) {
        #expect(CalendarDate(text) == nil)
    }

    @Test(arguments: [
        ("UTC", "2026-03-08", "2026-03-08T00:00:00Z"),
        ("America/New_York", "2026-03-08", "2026-03-08T05:00:00Z"),
        ("America/New_York", "2026-03-09", "2026-03-09T04:00:00Z"),
        // Midnight does not exist: clocks go from 00:00 to 01:00.
        ("America/Havana", "2026-03-08", "2026-03-08T05:00:00Z"),
        // Midnight comes twice: clocks go back from 01:00 to 00:00.
        ("America/Havana", "2026-11-01", "2026-11-01T04:00:00Z"),
    ])
    func `midnight is the first instant of the day`(zone: String, date: String, expected: String) throws {
        let zone = try #require(Zone(zone))
        let date = try #require(CalendarDate(date))
        #expect(zone.midnight(of: date).description == expected)
        #expect(zone.date(at: zone.midnight(of: date)) == date)
        #expect(zone.date(at: zone.midnight(of: date) - TimeSpan(microseconds: 1)) < date)
    }

    @Test(arguments: ["", "EST", "GMT+3", "Mars/Olympus", "America/New York"])
    func `a zone the database does not name is unknown`(text: String) {
        #expect(Zone(text) == nil)
    }

    @Test(arguments: [
        ("requires", "require"), ("requrie", "require"), ("Require", "require"), ("tittle", "title"),
    ])
    func `a misspelt word is recognised`(word: String, meant: String) {
        #expect(Spelling.nearest(to: word, among: ["title", "of", "require", "scope"]) == meant)
    }

    @Test(arguments: ["", "x", "banana", String(repeating: "r", count: 10_000)])
    func `a word that is like none gets no suggestion`(word: String) {
        #expect(Spelling.nearest(to: word, among: ["title", "require", "scope"]) == nil)
    }
}
