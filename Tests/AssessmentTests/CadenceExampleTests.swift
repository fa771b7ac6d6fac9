import Evidence
import Formats
import Testing

@testable import Assessment

/// The worked examples of the semantics for what must happen again and again, in days.
@Suite struct CadenceExampleTests {
    static let dayLength: Int64 = 86_400_000_000

    /// Reviews on these days, watched until the last one but for the gap.
    static func reviews(_ days: [Int], gap: ClosedRange<Int>? = nil, to end: Int = 500) throws -> Facts {
        var facts = Facts()
        let stretches = gap.map { [-100...$0.lowerBound, $0.upperBound...end] } ?? [-100...end]
        try facts.covered("review", stretches.map { $0.lowerBound * 24...$0.upperBound * 24 })
        for day in days { facts.event("review", Identifier("r\(day)"), at: 24 * day, ["done": .bool(true)]) }
        return facts
    }

    struct Quarters: Sendable, CustomTestStringConvertible {
        let name: String
        let events: [Int]
        var due: Int64 = 0
        var gap: ClosedRange<Int>?
        let expected: [Verdict]
        var testDescription: String { name }
    }

    @Test(arguments: [
        Quarters(name: "no grace", events: [80, 190, 300], expected: [.pass, .fail, .pass, .pass]),
        Quarters(
            name: "an event serves one window", events: [80, 190, 300], due: 14,
            expected: [.pass, .pass, .fail, .pass]),
        Quarters(
            name: "one more event", events: [80, 190, 270, 300], due: 14,
            expected: [.pass, .pass, .pass, .pass]),
        Quarters(
            name: "a gap", events: [80, 190, 300], gap: 120...130, expected: [.pass, .unknown, .pass, .pass]),
        Quarters(
            name: "an event on the last edge belongs to the next", events: [90],
            expected: [.fail, .pass, .fail, .fail]),
    ])
    func `quarters are judged one by one`(_ example: Quarters) throws {
        let test = Sample.test(try Sample.cadence(.calendar(.quarter, zone: "UTC", due: .days(example.due))))
        let rows = test.evaluate(try Self.reviews(example.events, gap: example.gap).frame(try days(0, 365)))
        #expect(rows.rows.map(\.verdict) == example.expected)
        let edges = [day(0), day(90), day(181), day(273), day(365)]
        #expect(rows.rows.map(\.interval.start) == Array(edges.dropLast()))
        #expect(rows.rows.map(\.interval.end) == Array(edges.dropFirst()))
    }

    @Test(arguments: [0, 14] as [Int64])
    func `a waiver of exactly a window waives it, and neither neighbour`(_ due: Int64) throws {
        let quarterly = try Sample.cadence(.calendar(.quarter, zone: "UTC", due: .days(due)))
        let cases: [(waiver: Interval, verdicts: [Verdict])] = [
            (try days(90, 181), [.fail, .waived, .fail, .fail]),
            // The first quarter is over, whatever its grace.
            (try days(90, 91), [.fail, .fail, .fail, .fail]),
            (try days(180, 181), [.fail, .waived, .fail, .fail]),
        ]
        let frame = try Self.reviews([]).frame(try days(0, 365))
        for (waived, verdicts) in cases {
            let test = Sample.test(quarterly, waivers: [Sample.waiver(waived)])
            #expect(test.evaluate(frame).rows.map(\.verdict) == verdicts, "\(waived)")
            #expect(try test.sqlRows(frame) == test.evaluate(frame).asPrinted, "\(waived)")
        }
    }

    @Test func `a window is pending until its grace is over`() throws {
        let test = Sample.test(try Sample.cadence(.calendar(.quarter, zone: "UTC", due: .days(14))))
        let facts = try Self.reviews([80], to: 200)
        // The second quarter falls due on day 195: collected to there, but not yet known there.
        let early = test.evaluate(facts.frame(try days(0, 273), knownAt: day(194)))
        #expect(early.rows.map(\.verdict) == [.pass, .pending, .pending])
        #expect(early.rows[1].reason == .notYetDue(day(195)))
        let later = test.evaluate(facts.frame(try days(0, 273), knownAt: day(196)))
        #expect(later.rows.map(\.verdict) == [.pass, .fail, .pending])
    }

    @Test func `a window that nobody collected is awaited for a day and then unknown, never failed`() throws {
        let test = Sample.test(try Sample.cadence(.calendar(.quarter, zone: "UTC", due: .zero)))
        let period = try days(0, 181)
        let soon = try TestOutcome(
            test, try Self.reviews([80], to: 180).frame(period, knownAt: hour(24 * 181 + 1)), .standard)
        #expect(soon.rows.rows.map(\.verdict) == [.pass, .pending])
        #expect(soon.rows.rows[1].reason == .notCollectedSince(day(180)))
        let late = try TestOutcome(
            test, try Self.reviews([80], to: 180).frame(period, knownAt: hour(24 * 181 + 3)), .standard)
        #expect(late.rows.rows.map(\.verdict) == [.pass, .unknown])
        #expect(late.coverage == Ratio(1, of: 2))
        #expect(late.conclusion == .noEvidence)
    }

    @Test(
        arguments: [
            (nil, [Verdict.pass: [[10, 65], [80, 110]], .fail: [[0, 10], [65, 80], [110, 120]]]),
            (
                68...70,
                [
                    .pass: [[10, 65], [80, 110]], .fail: [[0, 10], [65, 68], [110, 120]],
                    .unknown: [[68, 80]],
                ]
            ),
        ] as [(ClosedRange<Int>?, [Verdict: [[Int]]])])
    func `a rolling window is fulfilled as long as its event lies in it`(
        _ gap: ClosedRange<Int>?, _ expected: [Verdict: [[Int]]]
    ) throws {
        let test = Sample.test(try Sample.cadence(.rolling(.days(30))))
        let rows = test.evaluate(try Self.reviews([10, 35, 80], gap: gap).frame(try days(0, 120)))
        #expect(rows.table(unit: Self.dayLength) == expected)
    }

    @Test func `only whole windows of a subject's life count`() throws {
        var facts = try Self.reviews([])
        try facts.covered("store", [-2_400...12_000])
        facts.state("store", "old", from: -100, ["scoped": .bool(true)])
        facts.state("store", "new", from: 24 * 100, ["scoped": .bool(true)])
        facts.state("store", "other", from: -100, ["scoped": .bool(false)])
        facts.event("review", "a", at: 24 * 50, ["done": .bool(true), "subject": .string("old")])
        facts.event("review", "b", at: 24 * 120, ["done": .bool(true), "subject": .string("new")])
        facts.event("review", "c", at: 24 * 200, ["done": .bool(true), "subject": .string("new")])
        let rule = try Sample.cadence(.calendar(.quarter, zone: "UTC", due: .zero), per: "s.scoped")
        let rows = Sample.test(rule).evaluate(facts.frame(try days(0, 273)))
        #expect(rows.rows.map(\.key) == ["new", "old", "old", "old"])
        #expect(rows.rows.map(\.verdict) == [.pass, .pass, .fail, .fail])
    }

    @Test(
        arguments: [
            // A version that another one follows at once is no break.
            (10, 900, [.fail, .fail, .fail, .fail]), (11, 900, [.unknown, .fail, .fail, .fail]),
            (83, 900, [.unknown, .unknown, .unknown, .fail]), (10, 110, [.fail, .fail, .fail]),
        ] as [(Int, Int, [Verdict])])
    func `a test that was taken out for a while lets no window vanish`(
        _ back: Int, _ end: Int, _ expected: [Verdict]
    ) throws {
        let monthly = try Sample.cadence(.calendar(.month, zone: "UTC", due: .days(1)))
        let versions = [
            RequirementVersion(requirement: monthly, inForce: try days(-5, 10), digest: "1"),
            RequirementVersion(requirement: monthly, inForce: try days(back, end), digest: "2"),
        ]
        let test = ControlTest(id: "t", title: "", versions: versions, waivers: [])
        let facts = try Self.reviews([])
        let frame = facts.frame(try days(0, 120))
        let rows = test.evaluate(frame)
        #expect(rows.rows.map(\.interval.start) == [0, 31, 59, 90].prefix(expected.count).map(day))
        #expect(rows.rows.map(\.verdict) == expected)
        #expect(rows.rows.allSatisfy { ($0.reason == .notInForce) == ($0.verdict == .unknown) })
        #expect(try test.sweepsAlike(facts, frame.period))
        #expect(try test.sqlRows(frame) == rows.asPrinted)
    }

    @Test func `what happened fills a window also while the test was taken out`() throws {
        let monthly = try Sample.cadence(.calendar(.month, zone: "UTC", due: .zero))
        let versions = [
            RequirementVersion(requirement: monthly, inForce: try days(-5, 10), digest: "1"),
            RequirementVersion(requirement: monthly, inForce: try days(40, 900), digest: "2"),
        ]
        let test = ControlTest(id: "t", title: "", versions: versions, waivers: [])
        let frame = try Self.reviews([20, 70]).frame(try days(0, 90))
        let rows = test.evaluate(frame)
        #expect(rows.rows.map(\.verdict) == [.pass, .unknown, .pass])
        #expect(try test.sqlRows(frame) == rows.asPrinted)
    }

    @Test func `a rolling test says nothing of a subject that does not exist`() throws {
        var facts = try Self.reviews([])
        try facts.covered("store", [-2_400...12_000])
        facts.state("store", "k", from: 24 * 20, to: 24 * 50, ["scoped": .bool(true)])
        facts.event("review", "a", at: 24 * 20, ["done": .bool(true), "subject": .string("k")])
        let rule = try Sample.cadence(.rolling(.days(10)), per: "s.scoped")
        let rows = Sample.test(rule).evaluate(facts.frame(try days(0, 60)))
        #expect(
            rows.table("k", unit: Self.dayLength)
                == [.pass: [[20, 30]], .fail: [[30, 50]], .notApplicable: [[0, 20], [50, 60]]])
    }

    @Test func `an event that cannot be judged leaves its window undecided`() throws {
        var facts = try Self.reviews([])
        facts.event("review", "a", at: 24 * 50, [:])
        let rows = Sample.test(try Sample.cadence(.calendar(.quarter, zone: "UTC", due: .zero)))
            .evaluate(facts.frame(try days(0, 90)))
        #expect(rows.rows.map(\.verdict) == [.unknown])
    }
}

/// Windows of the calendar, where clocks change.
@Suite struct CalendarWindowTests {
    private func windows(_ unit: CalendarUnit, _ zone: String, _ from: String, _ to: String) throws
        -> [Interval]
    {
        let windows = try #require(CalendarWindows(unit, zone: zone))
        return windows.windows(from: try #require(Instant(from)), to: try #require(Instant(to)))
    }

    @Test func `days follow summer time`() throws {
        let found = try windows(.day, "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-30T12:00:00Z")
        #expect(found.map(\.length) == [.hours(24), .hours(23), .hours(24)])
        #expect(found.map(\.start.description).first == "2026-03-27T23:00:00Z")
        let autumn = try windows(.day, "Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-26T12:00:00Z")
        #expect(autumn.map(\.length) == [.hours(24), .hours(25), .hours(24)])
    }

    @Test(arguments: [
        "Africa/Cairo", "America/Havana", "Asia/Beirut", "America/Santiago", "America/Asuncion",
    ])
    func `a day that begins at one does not shift the days behind it`(_ zone: String) throws {
        let (from, to) = ("2024-01-01T12:00:00Z", "2025-01-31T12:00:00Z")
        let walked = try windows(.day, zone, from, to)
        #expect(zip(walked, walked.dropFirst()).allSatisfy { $0.end == $1.start })
        #expect(walked.allSatisfy { [.hours(23), .hours(24), .hours(25)].contains($0.length) })
        #expect(walked.filter { $0.length != .hours(24) }.count <= 2)
        // Where the walk began has no part in it.
        for index in stride(from: 0, to: walked.count, by: 7) {
            let start = walked[index].start
            let direct = try #require(CalendarWindows(.day, zone: zone)).windows(
                from: start, to: start + .days(2))
            #expect(direct.first == walked[index])
        }
    }

    @Test(arguments: [
        (CalendarUnit.month, 12), (.quarter, 4), (.halfYear, 2), (.year, 1),
    ])
    func `months and their multiples fill a year`(_ unit: CalendarUnit, _ count: Int) throws {
        let found = try windows(unit, "America/New_York", "2026-01-01T05:00:00Z", "2027-01-01T05:00:00Z")
        #expect(found.count == count)
        #expect(found.first?.start.description == "2026-01-01T05:00:00Z")
        #expect(found.last?.end.description == "2027-01-01T05:00:00Z")
    }

    @Test func `weeks begin on Monday`() throws {
        let found = try windows(.week, "UTC", "2026-01-01T00:00:00Z", "2026-01-06T00:00:00Z")
        #expect(found.map(\.start.description) == ["2025-12-29T00:00:00Z", "2026-01-05T00:00:00Z"])
    }

    @Test func `a zone that is not known has no windows, and the test no evidence`() throws {
        #expect(CalendarWindows(.day, zone: "Mars/Olympus") == nil)
        let test = Sample.test(try Sample.cadence(.calendar(.day, zone: "Mars/Olympus", due: .zero)))
        var facts = Facts()
        try facts.covered("review", [-100...400])
        #expect(try TestOutcome(test, facts.frame(try hours(0, 240)), .standard).conclusion == .noEvidence)
    }

    // MARK: Subjects that nobody looks at any more

    /// Two systems that are to be reviewed; of the second nobody looked after the 100th day.
    private func systems(_ reviews: [(day: Int, of: String)]) throws -> Facts {
        var facts = Facts()
        try facts.covered("review", [-2_400...12_000])
        try facts.covered("store", [-2_400...12_000], source: "one")
        try facts.covered("store", [-2_400...2_400], source: "two")
        for (source, key) in [("one", "a"), ("two", "b")] as [(Identifier, Identifier)] {
            facts.state("store", key, from: -48, source: source, ["scoped": .bool(true)])
        }
        for (day, subject) in reviews {
            facts.event(
                "review", Identifier("r\(day)\(subject)"), at: 24 * day,
                ["done": .bool(true), "subject": .string(subject)])
        }
        return facts
    }

    /// The rows of one subject, once columns and SQLite were seen to give the same.
    private func rows(
        _ schedule: Schedule, _ facts: Facts, of subject: Identifier, knownAt: Instant = hour(90_000)
    ) throws -> [VerdictRow] {
        let test = Sample.test(try Sample.cadence(schedule, per: "s.scoped"))
        let frame = facts.frame(try days(0, 365), knownAt: knownAt)
        let rows = test.evaluate(frame)
        let columns = try SweepFrame(
            columns: ColumnHistory(frame.history), period: frame.period, knownAt: knownAt)
        #expect(try test.sweep(columns).listed.rows == SweptRows(rows).listed.rows)
        #expect(try test.sqlRows(frame) == rows.asPrinted)
        return rows.rows.filter { $0.key == subject }
    }

    @Test func `of a subject that nobody looks at any more nothing is missed`() throws {
        let quarterly = Schedule.calendar(.quarter, zone: "UTC", due: .zero)
        let facts = try systems([(80, "a"), (80, "b"), (200, "b")])
        #expect(try rows(quarterly, facts, of: "a").map(\.verdict) == [.pass, .fail, .fail, .fail])
        let other = try rows(quarterly, facts, of: "b")
        #expect(other.map(\.verdict) == [.pass, .unknown, .pass, .unknown])
        #expect(other[1].reason == .notCollectedSince(day(100)))
    }

    @Test func `what was missed before stays a failure, and the next look is awaited for a day`() throws {
        let rolling = Schedule.rolling(.days(30))
        let rows = try rows(rolling, systems([]), of: "b")
        #expect(rows.map(\.verdict) == [.notApplicable, .fail, .unknown])
        #expect(rows[1].interval.end == day(100))
        let soon = try self.rows(rolling, systems([]), of: "b", knownAt: hour(2_410))
        #expect(soon.map(\.verdict) == [.notApplicable, .fail, .pending, .pending])
        #expect(soon[2].reason == .notCollectedSince(day(100)))
    }
}
