import Evidence
import Formats
import Testing

@testable import Intake

/// History that a system keeps by itself.
@Suite struct BackfillTests {
    private static let start = Instant(microseconds: 1_770_000_000_000_000)

    @Test func `git tells its commits from the time asked for, and what they do not show`() async throws {
        let fixture = try await GitFixture()
        for minute in [0, 10, 20] {
            try await fixture.commit("c\(minute)", file: "f\(minute)", minute: minute)
        }
        var request = CollectionRequest.sample(["path": fixture.path], kinds: ["vcs.change"])
        request.backfill = Self.start + .minutes(10)
        let found = try #require(try await Collected.by(GitConnector(), request).last)
        #expect(found.records("vcs.change").count == 2)
        let history = try #require(KeptHistory.of(connector: "git"))
        let draft = history.stated(Delivery(found), from: Self.start).draft
        #expect(draft.coverage("vcs.change")?.start == Self.start + .minutes(10))
        #expect(draft.parameters["history"]?.contains("rewritten or deleted") == true)
        #expect(draft.parameters["backfill"] == Self.start.description)
    }

    @Test func `a window begins at the time asked for, whatever was read before`() throws {
        let cursor = #"{"vcs.change":"2026-02-28T00:00:00Z"}"#
        var request = CollectionRequest.sample()
        request.cursor = cursor
        #expect(try request.window("vcs.change", until: noon).start > Self.start + .days(20))
        request.backfill = Self.start
        #expect(try request.window("vcs.change", until: noon).start == Self.start)
    }

    @Test func `what a system keeps for a while only covers nothing`() throws {
        let interval = try #require(Interval(from: Self.start, to: noon))
        let draft = BatchDraft(
            source: "forge", collector: Collector(name: "github", version: "1"), mode: .changes, query: "q",
            kinds: ["ci.build", "vcs.change"], started: noon, ended: noon,
            facts: [
                RawFact(.coverage("ci.build", interval)), RawFact(.coverage("vcs.change", interval)),
            ])
        var delivery = Delivery(draft, cursor: "page 7")
        delivery.isContinued = true
        let told = try #require(KeptHistory.of(connector: "github")).stated(delivery, from: Self.start)
        // A later part of it says what is covered.
        #expect(told.isContinued && told.cursor == nil)
        let stated = told.draft
        #expect(stated.coverage("ci.build") == nil && stated.coverage("vcs.change") == interval)
        #expect(stated.failures.map(\.kind) == ["ci.build"])
    }

    private static let kept: [(String, Identifier, Int64)] = [
        ("aws", "backup.job", 30), ("okta", "auth.event", 90), ("microsoft", "auth.event", 30),
        ("google", "auth.event", 180), ("google", "cloud.activity", 180),
    ]

    @Test(arguments: kept)
    func `nothing is told of what a system keeps no longer`(name: String, kind: Identifier, days: Int64)
        throws
    {
        let history = try #require(KeptHistory.of(connector: name))
        let year = try #require(Interval(from: noon - .days(400), to: noon - .hours(1)))
        #expect(history.told(year, of: kind, at: noon)?.start == noon - .days(days))
        #expect(history.told(year, of: kind, at: noon)?.end == year.end)
        let short = try #require(Interval(from: noon - .hours(5), to: noon))
        #expect(history.told(short, of: kind, at: noon) == short)
        let gone = try #require(Interval(from: noon - .days(400), to: noon - .days(399)))
        #expect(history.told(gone, of: kind, at: noon) == nil)
        #expect(history.told(gone, of: "vcs.change", at: noon) == gone)
    }

    @Test func `systems that tell only what is now keep no history`() {
        for name in ["scim", "ldap", "host", "postgresql", "https"] {
            #expect(KeptHistory.of(connector: name) == nil)
        }
        #expect(KeptHistory.connectors.allSatisfy { Connectors.names.contains($0) })
    }
}
