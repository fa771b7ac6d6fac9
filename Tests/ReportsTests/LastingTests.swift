import Formats
import Testing

@testable import Assessment
@testable import Reports

/// How long failures lasted, in words.
@Suite struct LastingTests {
    private static func hour(_ number: Int64) -> Instant { Instant(microseconds: number * 3_600_000_000) }

    private func exception(
        _ interval: Interval?, failing: TimeSpan = .zero, due: Instant? = nil
    ) throws -> Lasting {
        Lasting(
            ControlException(
                key: "k", source: "", interval: try #require(interval), failing: failing, reason: nil,
                due: due, references: []))
    }

    @Test func `a record was failing, gaps left out`() throws {
        let lasting = try exception(Interval(from: Self.hour(0), to: Self.hour(96)), failing: .hours(42))
        #expect(lasting.words == "failing for 42h" && lasting.inBrief == "42h")
    }

    @Test func `what was due and not done was overdue all that time`() throws {
        let lasting = try exception(
            Interval(from: Self.hour(10), to: Self.hour(4_621) + .minutes(30)), due: Self.hour(10))
        #expect(lasting.words == "overdue for 192d3h30m" && lasting.inBrief == "192d3h")
        let short = try exception(
            Interval(from: Self.hour(10), to: Self.hour(12) + .minutes(5)), due: Self.hour(10))
        #expect(short.words == "overdue for 2h5m" && short.inBrief == "2h5m")
    }

    @Test func `a window that was missed is told with its length`() throws {
        let due = Self.hour(200)
        let lasting = try exception(Interval(from: Self.hour(0), to: Self.hour(168)), due: due)
        #expect(lasting.words == "a window of 7d" && lasting.inBrief == "7d")
    }

    @Test func `an event has no length`() throws {
        let lasting = try exception(
            Interval(from: Self.hour(0), to: Self.hour(0) + TimeSpan(microseconds: 1)))
        #expect(lasting.isMoment && lasting.words == nil && lasting.inBrief == "-")
    }
}
