import Evidence
import Formats
import TestSupport
import Testing

@testable import Assessment

/// Deadlines that count business days.
@Suite struct DeadlineTests {
    private static let newYear = BusinessWeek.CivilDay(year: 2026, month: 1, day: 1)

    private func due(_ count: Int, _ start: String, _ week: BusinessWeek) throws -> String {
        let clock = try #require(DeadlineClock(.businessDays(count, week)))
        return clock.due(after: try #require(Instant(start))).description
    }

    @Test(arguments: [
        // Thursday, 8 January 2026.
        (1, "2026-01-08T09:00:00Z", "2026-01-10T00:00:00Z"),
        (2, "2026-01-08T09:00:00Z", "2026-01-13T00:00:00Z"),
        (1, "2026-01-09T23:59:59Z", "2026-01-13T00:00:00Z"),
        (1, "2026-01-10T12:00:00Z", "2026-01-13T00:00:00Z"),
        (1, "2026-01-11T12:00:00Z", "2026-01-13T00:00:00Z"),
        (5, "2026-01-08T00:00:00Z", "2026-01-16T00:00:00Z"),
    ])
    func `the day on which the clock starts does not count`(_ count: Int, _ start: String, _ expected: String)
        throws
    {
        #expect(try due(count, start, BusinessWeek(zone: "UTC")) == expected)
    }

    @Test func `holidays and other weeks`() throws {
        let week = BusinessWeek(zone: "UTC", holidays: [Self.newYear])
        #expect(try due(1, "2025-12-31T09:00:00Z", week) == "2026-01-03T00:00:00Z")
        let shop = BusinessWeek(zone: "UTC", days: [6, 7])
        #expect(try due(1, "2026-01-10T09:00:00Z", shop) == "2026-01-12T00:00:00Z")
        #expect(try due(2, "2026-01-10T09:00:00Z", shop) == "2026-01-18T00:00:00Z")
    }

    @Test func `days are those of the zone, where clocks change too`() throws {
        let berlin = BusinessWeek(zone: "Europe/Berlin")
        // Half past eleven in London is the next day in Berlin, a Friday; summer time begins on the 29th.
        #expect(try due(1, "2026-03-26T23:30:00Z", berlin) == "2026-03-30T22:00:00Z")
        #expect(try due(1, "2026-03-26T22:30:00Z", berlin) == "2026-03-27T23:00:00Z")
        #expect(DeadlineClock(.businessDays(1, BusinessWeek(zone: "Mars/Olympus"))) == nil)
    }

    @Test func `a later start never falls due earlier, and none takes longer than said`() throws {
        var generator = Seeded(7)
        for seed in 0..<200 {
            let holidays = (0..<generator.below(12)).map { _ in
                BusinessWeek.CivilDay(year: 2026, month: 1, day: 1 + generator.below(31))
            }
            let week = BusinessWeek(
                zone: ["UTC", "Europe/Berlin", "Africa/Cairo", "America/Santiago"][generator.below(4)],
                days: Set((0...generator.below(6)).map { _ in 1 + generator.below(7) }),
                holidays: Set(holidays))
            let deadline = Deadline.businessDays(1 + generator.below(5), week)
            let clock = try #require(DeadlineClock(deadline))
            var last = Instant.distantPast
            for index in 0..<100 {
                let start = hour(index * 7)
                let due = clock.due(after: start)
                #expect(due >= last && due > start && due - start <= deadline.longest, "case \(seed)")
                last = due
            }
        }
    }

    @Test func `an obligation in business days`() throws {
        var facts = Facts()
        for kind in ["request", "answer"] as [Identifier] { try facts.covered(kind, [-2_000...2_000]) }
        // Friday and Monday; the answers on Tuesday and on Wednesday.
        for (id, at) in [("fri", 24 + 9), ("mon", 96 + 9)] {
            facts.event("request", Identifier(id), at: at, ["person": .string(id)])
        }
        facts.event("answer", "a", at: 120 + 15, ["person": .string("fri")])
        facts.event("answer", "b", at: 168 + 1, ["person": .string("mon")])
        guard case .response(let rule) = try Sample.response() else { return }
        let requirement = ResponseRequirement(
            trigger: rule.trigger, target: rule.target,
            deadline: .businessDays(2, BusinessWeek(zone: "UTC", holidays: [Self.newYear])), skew: .zero)
        let rows = Sample.test(.response(requirement)).evaluate(facts.frame(try hours(0, 240))).rows
        #expect(rows.map(\.key) == ["fri", "mon"])
        #expect(rows.map(\.due) == [hour(144), hour(168)])
        #expect(rows.map(\.reason) == [.satisfied(at: hour(135)), .late(by: .hours(1))])
    }

    @Test func `a zone that is not known gives no evidence`() throws {
        var facts = Facts()
        for kind in ["request", "answer"] as [Identifier] { try facts.covered(kind, [-200...500]) }
        guard case .response(let rule) = try Sample.response() else { return }
        let requirement = ResponseRequirement(
            trigger: rule.trigger, target: rule.target,
            deadline: .businessDays(2, BusinessWeek(zone: "Mars/Olympus")), skew: .zero)
        let outcome = try TestOutcome(
            Sample.test(.response(requirement)), facts.frame(try hours(0, 240)), .standard)
        #expect(outcome.conclusion == .noEvidence)
    }
}
