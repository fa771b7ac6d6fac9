import Evidence
import Formats
import Foundation
import Intake
import Storage
import Testing

@testable import Workspaces

/// Runs that the plan called for and nobody did are found whatever else came into the record meanwhile.
@Suite struct SkippedTests {
    private let scratch: ScratchWorkspace
    private let start: Instant

    init() throws {
        scratch = try ScratchWorkspace()
        start = try #require(Instant("2026-01-05T00:00:00Z"))
    }

    /// A source that brings one empty list each time.
    private func roster(every: String = "1h") throws -> String {
        let header = #"{"batch":{"mode":"snapshot","kinds":["idp.account"]}}"#
        try Data(header.utf8).write(to: URL(fileURLWithPath: scratch.folder + "/roster.jsonl"))
        return """
            source: roster
            connector: file
            params: { path: "\(scratch.folder)/roster.jsonl" }
            kinds: [idp.account]
            every: \(every)
            """
    }

    /// So long after the beginning.
    private func clock(_ span: TimeSpan) -> Clock { .simulated(start + span) }

    private func recording(_ clock: Clock) throws -> Recording {
        try Recording(scratch.workspace, clock: clock) { _ in }
    }

    private func recordSkipped(_ names: Identifier..., after span: TimeSpan) async throws {
        let clock = clock(span)
        try await scratch.workspace.recordSkipped(names, into: try recording(clock), clock: clock)
    }

    /// What the log says of each batch.
    private var batches: [BatchStatement] {
        get throws {
            let workspace = scratch.workspace
            return try workspace.database.read { database in
                let reader = EvidenceReader(database, blobs: workspace.blobs)
                return try EvidenceTables.batches(database).compactMap { try reader.statement($0.leaf) }
            }
        }
    }

    /// Records an empty batch of the source by another way than its own run.
    private func take(
        _ collector: String, parameters: [String: String] = [:], after span: TimeSpan
    ) async throws {
        let clock = clock(span)
        let recording = try recording(clock)
        let draft = BatchDraft(
            source: "roster", collector: Collector(name: collector, version: "1"), mode: .changes,
            query: "all", parameters: parameters, kinds: ["idp.account"], started: clock.now(),
            ended: clock.now())
        try await recording.take(Delivery(draft))
        try await recording.flush()
    }

    @Test func `neither a file imported by hand nor a look back is a run of the source`() async throws {
        try scratch.apply(try roster(), clock: clock(.zero))
        try await take("import", after: .hours(4))
        try await take("file", parameters: ["backfill": "2025-01-01", "history": "all"], after: .hours(5))
        #expect(try scratch.workspace.runs(of: "roster") == RunsOnRecord())
        try await recordSkipped("roster", after: .hours(6))
        let last = try #require(try batches.last)
        #expect(last.mode == .skipped && last.parameters["runs"] == "5")
        // Once on record it is not told again, whatever comes in between.
        try await take("import", after: .hours(6))
        try await recordSkipped("roster", after: .hours(6))
        #expect(try batches.count { $0.mode == .skipped } == 1)
        // The run itself is one.
        try await take("file", after: .hours(6) + .minutes(2))
        let done = try #require(try scratch.workspace.runs(of: "roster").done)
        #expect(done >= start + .hours(6) + .minutes(2))
    }

    @Test func `a slot whose run was not done is due although earlier ones are on record as missed`()
        async throws
    {
        try scratch.apply(try roster(), clock: clock(.zero))
        try await recordSkipped("roster", after: .hours(6) + .minutes(10))
        let (clock, sleep) = Clock.moving(from: start + .hours(6) + .minutes(11))
        try await scratch.workspace.watch(
            into: try recording(clock), clock: clock, until: clock.now() + .minutes(1), sleep: sleep,
            report: { _ in })
        #expect(try batches.map(\.collector.name).prefix(2) == ["schedule", "file"])
    }

    @Test func `a slot that was open when earlier ones were told is told when it is over too`() async throws {
        try scratch.apply(try roster(), clock: clock(.zero))
        try await recordSkipped("roster", after: .hours(6))
        try await recordSkipped("roster", after: .hours(9))
        #expect(try batches.map { $0.parameters["runs"] } == ["5", "3"])
        #expect(try batches.last?.parameters["from"] == batches.first?.parameters["to"])
    }

    @Test func `a look back puts what was missed on record first, and leaves the regular runs alone`()
        async throws
    {
        let code = """
            source: code
            connector: git
            params: { path: "\(scratch.folder)/nowhere" }
            kinds: [vcs.change]
            every: 1h
            """
        try scratch.apply(code, clock: clock(.zero))
        let later = clock(.hours(6))
        try await scratch.workspace.collect(
            ["code"], backfill: start, into: try recording(later), clock: later)
        #expect(try batches.map(\.mode) == [.skipped, .changes])
        #expect(try batches.last?.isBackfill == true)
        try await recordSkipped("code", after: .hours(8))
        #expect(try batches.last?.parameters["runs"] == "2")
    }

    @Test func `runs are missed by the cadence that was in force at the time`() async throws {
        try scratch.apply(try roster(), clock: clock(.zero))
        try scratch.apply(try roster(every: "14d"), clock: clock(.hours(10) + .minutes(30)))
        try await recordSkipped("roster", after: .days(3))
        let told = try batches
        #expect(told.map { $0.parameters["runs"] } == ["10"])
        #expect(told.first?.query == "a collection every \(TimeSpan.hours(1))")
        try await recordSkipped("roster", after: .days(4))
        #expect(try batches.count == 1)
        // The new cadence goes on from there.
        try await recordSkipped("roster", after: .days(30))
        #expect(try batches.map { $0.parameters["runs"] } == ["10", "1"])
    }

    /// Both cadences have a slot that begins at the same time: the longer one was open when it came into force.
    @Test(arguments: [false, true])
    func `a slot that was told by one cadence is not told by the next again`(_ isToldBefore: Bool)
        async throws
    {
        try scratch.apply(try roster(every: "2h"), clock: clock(.zero))
        if isToldBefore { try await recordSkipped("roster", after: .hours(11)) }
        try scratch.apply(try roster(every: "4h"), clock: clock(.hours(11) + .minutes(30)))
        for hours in [13, 14] as [Int64] { try await recordSkipped("roster", after: .hours(hours)) }
        let told = try batches
        try #require(told.count == 2)
        #expect(told[0].query == "a collection every 2h" && told[1].query == "a collection every 4h")
        #expect(told[1].parameters["from"] == told[0].parameters["to"])
        #expect(told[1].parameters["runs"] == "1")
        // The next one begins where this one ends.
        try await recordSkipped("roster", after: .hours(17))
        #expect(try batches.last?.parameters["from"] == told[1].parameters["to"])
    }

    @Test func `another setting of the same cadence breaks no slot`() async throws {
        try scratch.apply(try roster(), clock: clock(.zero))
        let other = try roster().replacing("kinds: [idp.account]", with: "kinds: [idp.account, idp.group]")
        try scratch.apply(other, clock: clock(.hours(3) + .minutes(30)))
        try await recordSkipped("roster", after: .hours(6))
        #expect(try batches.map { $0.parameters["runs"] } == ["5"])
    }

    @Test func `a source that a later program drops keeps the runs that it missed`() async throws {
        let other = try roster(every: "1d").replacing("source: roster", with: "source: other")
        try scratch.apply(try roster(), other, clock: clock(.zero))
        let first = clock(.minutes(31))
        try await scratch.workspace.collect(["roster"], into: try recording(first), clock: first)
        try scratch.apply(other, clock: clock(.hours(10) + .minutes(30)))
        for hours in [12, 20] as [Int64] { try await recordSkipped(after: .hours(hours)) }
        let told = try batches.filter { $0.mode == .skipped }
        #expect(told.map(\.source) == ["roster"], "\(told)")
        #expect(["9", "10"].contains(told.first?.parameters["runs"]))
        // Runs of other sources come behind it, whichever command finds it first.
        try scratch.apply(try roster(), other, clock: clock(.hours(21)))
        let later = clock(.hours(22))
        try await scratch.workspace.collect([], into: try recording(later), clock: later)
        #expect(
            try batches.filter { $0.source == "roster" }.map(\.mode)
                == [.snapshot, .skipped, .snapshot])
    }

    @Test func `a source that was only ever planned lacks nothing`() async throws {
        let other = try roster(every: "1d").replacing("source: roster", with: "source: other")
        try scratch.apply(try roster(), other, clock: clock(.zero))
        try scratch.apply(other, clock: clock(.hours(5) + .minutes(30)))
        try await recordSkipped(after: .hours(6))
        #expect(try batches.isEmpty)
    }

    @Test func `a collection tells of dropped sources before it asks the others`() async throws {
        let other = try roster(every: "1d").replacing("source: roster", with: "source: other")
        try scratch.apply(try roster(), other, clock: clock(.zero))
        let first = clock(.minutes(1))
        try await scratch.workspace.collect(["roster"], into: try recording(first), clock: first)
        try scratch.apply(other, clock: clock(.hours(2) + .minutes(30)))
        let later = clock(.hours(3))
        try await scratch.workspace.collect([], into: try recording(later), clock: later)
        #expect(try batches.map(\.source) == ["roster", "roster", "other"])
    }
}
