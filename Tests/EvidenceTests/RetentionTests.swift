import Evidence
import Formats
import Testing

/// Six years from the last effect, whichever fact that was.
@Suite struct RetentionTests {
    private static let day: Int64 = 24

    private func until(_ facts: [(Fact, Int)], now: Int, years: Int = 6) -> Instant {
        var retention = Retention()
        for (fact, recorded) in facts { retention.add(fact, from: "a", recorded: hour(recorded)) }
        return retention.until(years: years, now: hour(now))
    }

    private func end(_ from: Int, years: Int = 6) -> Instant { hour(from + years * 366 * 24) }

    @Test func `the clock of a state starts when another takes its place`() {
        let on = Fact.state("account", "a", from: hour(1), object(["enabled": .bool(true)]))
        let gone = Fact.state("account", "a", from: hour(50), nil)
        #expect(until([(on, 2)], now: 1_000) == end(1_000), "still in effect")
        #expect(until([(on, 2), (gone, 51)], now: 1_000) == end(51))
        #expect(until([(gone, 51), (on, 2)], now: 1_000) == end(51), "in whatever order it was learnt")
        let closed = Fact.state("account", "a", from: hour(1), to: hour(70), object([:]))
        #expect(until([(closed, 2)], now: 1_000) == end(70))
    }

    @Test func `what one source says has ended goes on as long as another has it`() {
        let on = Fact.state("account", "a", from: hour(1), object(["enabled": .bool(true)]))
        let gone = Fact.state("account", "a", from: hour(50), nil)
        var retention = Retention()
        retention.add(on, from: "directory", recorded: hour(2))
        retention.add(gone, from: "roster", recorded: hour(51))
        #expect(retention.until(years: 6, now: hour(1_000)) == end(1_000))
        retention.add(gone, from: "directory", recorded: hour(60))
        #expect(retention.until(years: 6, now: hour(1_000)) == end(60))
    }

    @Test func `an event is kept from when it happened or was learnt, whichever is later`() {
        let event = Fact.event("change", "x", at: hour(3), object([:]))
        #expect(until([(event, 9)], now: 1_000) == end(9))
        #expect(until([(event, 2)], now: 1_000, years: 10) == end(3, years: 10))
    }
}
