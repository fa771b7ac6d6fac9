import Evidence
import Formats
import Intake
import Synchronization
import Testing

@testable import Workspaces

/// What one import says in several parts is judged as a whole.
@Suite struct ContinuedDeliveryTests {
    private let scratch: ScratchWorkspace

    init() throws {
        scratch = try ScratchWorkspace()
        _ = try scratch.applied()
    }

    private static func delivery(_ facts: [Fact], from source: Identifier, isContinued: Bool) throws
        -> Delivery
    {
        let at = try #require(Instant("2026-02-01T00:00:00Z"))
        let raw = RawFacts(facts.enumerated().map { RawFact($1, line: $0 + 1) })
        var delivery = Delivery(
            BatchDraft(
                source: source, collector: Collector(name: "test", version: "1"), mode: .changes,
                query: "all",
                kinds: ["deploy.run"], started: at, ended: at, facts: raw))
        delivery.isContinued = isContinued
        return delivery
    }

    private static func covered() throws -> Fact {
        let start = try #require(Instant("2026-01-01T00:00:00Z"))
        return .coverage("deploy.run", try #require(Interval(from: start, to: start + .hours(24))))
    }

    /// An event cannot be a state: such a record is set aside, and may have been one that fails.
    private static func run(_ id: Identifier, isEvent: Bool = true) throws -> Fact {
        let at = try #require(Instant("2026-01-01T12:00:00Z"))
        let value = JSONObject([
            .init(name: "service", value: .string("s")),
            .init(name: "environment", value: .string("production")),
            .init(name: "author", value: .string("a")), .init(name: "approver", value: .string("b")),
        ])
        return isEvent ? .event("deploy.run", id, at: at, value) : .state("deploy.run", id, from: at, value)
    }

    /// Of each batch whether it covers anything and whether something failed.
    private func record(_ deliveries: [Delivery], oneByOne: Bool) async throws -> [[Bool]] {
        let told = Mutex<[[Bool]]>([])
        let recording = try Recording(scratch.workspace, clock: .system) { receipts in
            told.withLock {
                $0 += receipts.map {
                    [$0.facts.contains(where: \.isCoverage), !$0.statement.failures.isEmpty]
                }
            }
        }
        for delivery in deliveries {
            try await recording.take(delivery)
            if oneByOne { try await recording.flush() }
        }
        try await recording.flush()
        return told.withLock { $0 }
    }

    @Test(arguments: [false, true])
    func `a record that an earlier part could not bring takes the coverage back`(_ oneByOne: Bool)
        async throws
    {
        let bad = try Self.delivery([Self.run("1", isEvent: false)], from: "ci", isContinued: true)
        let good = try Self.delivery([Self.run("2")], from: "ci", isContinued: true)
        let last = try Self.delivery([Self.run("3"), Self.covered()], from: "ci", isContinued: false)
        let other = try Self.delivery([Self.run("4"), Self.covered()], from: "cd", isContinued: false)
        let told = try await record([bad, good, other, last, last], oneByOne: oneByOne)
        // The source's next batch, which goes on from nothing, counts again.
        #expect(told == [[false, false], [false, false], [true, false], [false, true], [true, false]])
    }
}
