import Assessment
import Formats
import Programs
import Testing

@testable import Reports

/// The line of months above the strips.
@Suite struct MonthRulerTests {
    private func ruler(_ from: String, days: Int64, zone: String) throws -> String {
        let zone = try #require(Zone(zone))
        let start = zone.midnight(of: try #require(CalendarDate(from)))
        let period = try #require(Interval(from: start, to: start + .days(days)))
        let cell = WindowStrip.cellLength(for: period, columns: 60)
        let strip = WindowStrip(Timeline(worstOf: [], over: period), cell: cell)
        return MonthRuler(strip.cells, cell: cell, in: zone).text
    }

    @Test func `every month has its mark, July behind June as well`() throws {
        let year = "A    M   J   J    A   S    O   N   D    J   F   M"
        #expect(try ruler("2026-04-01", days: 365, zone: "UTC") == year)
        #expect(try ruler("2026-04-01", days: 365, zone: "America/New_York") == year)
        #expect(
            try ruler("2026-06-01", days: 60, zone: "UTC")
                == "J                             J")
    }

    @Test(arguments: ["Europe/Berlin", "Asia/Tokyo", "America/New_York", "UTC"])
    func `months begin where the organization is, also when clocks are set back`(_ zone: String) throws {
        #expect(
            try ruler("2026-10-15", days: 60, zone: zone)
                == "O                N                             D")
    }

    @Test func `a month that begins right behind a mark stands in the next free cell`() throws {
        let spaces = String(repeating: " ", count: 26)
        #expect(try ruler("2026-01-31", days: 60, zone: "UTC") == "J F" + spaces + "M")
    }

    @Test func `a cell of more than a week has the year`() throws {
        #expect(try ruler("2026-01-01", days: 730, zone: "Europe/Berlin").hasPrefix("'26"))
    }

    @Test func `an instant has the month that it is in`() throws {
        let at = try #require(Instant("2026-06-30T23:30:00Z"))
        let period = try #require(Interval(from: at, to: at + TimeSpan(microseconds: 1)))
        let strip = WindowStrip(Timeline(worstOf: [], over: period), cell: .days(1))
        #expect(strip.cells.map { $0.day(in: .utc).month } == [6])
        let berlin = try #require(Zone("Europe/Berlin"))
        #expect(strip.cells.map { $0.day(in: berlin).month } == [7])
    }
}
