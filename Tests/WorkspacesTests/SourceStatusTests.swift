import Evidence
import Formats
import Intake
import Storage
import Testing

@testable import Workspaces

/// What counts as a whole reading of a source.
@Suite struct SourceStatusTests {
    private let scratch: ScratchWorkspace
    private let start: Instant

    init() throws {
        scratch = try ScratchWorkspace()
        start = try #require(Instant("2026-01-05T00:00:00Z"))
        let code = """
            source: code
            connector: git
            params: { path: nowhere }
            kinds: [vcs.change, vcs.release]
            every: 1h
            freshness: 2h
            """
        try scratch.apply(code, clock: .simulated(start))
    }

    /// Records parts of one collection that began so long after the beginning.
    private func take(
        after span: TimeSpan, _ failures: [CollectionFailure?], covering: Bool = false,
        parameters: [String: String] = [:]
    ) async throws {
        let at = start + span
        let recording = try Recording(scratch.workspace, clock: .simulated(at)) { _ in }
        for failure in failures {
            var draft = BatchDraft(
                source: "code", collector: Collector(name: "git", version: "1"), mode: .changes, query: "log",
                parameters: parameters, kinds: ["vcs.change", "vcs.release"], started: at, ended: at,
                failures: failure.map { [$0] } ?? [])
            if covering, let covered = Interval(from: start - .hours(1), to: at) {
                draft.facts.append(RawFact(.coverage("vcs.change", covered)))
            }
            try await recording.take(Delivery(draft))
        }
        try await recording.flush()
    }

    /// The states of the changes and the releases.
    private func states(after span: TimeSpan) throws -> [SourceStatus.State] {
        try scratch.workspace.sourceStatus(clock: .simulated(start + span)).map(\.state)
    }

    private static let broken = CollectionFailure(kind: nil, scope: "git", reason: "it broke off")

    @Test func `a file whose records name their sources has been read when nothing failed`() async throws {
        let feed = """
            source: code
            connector: file
            params: { path: feed.jsonl, sources: stated }
            kinds: [vcs.change, vcs.release]
            """
        try scratch.apply(feed, clock: .simulated(start + .minutes(1)))
        try await take(after: .hours(1), [nil])
        #expect(try states(after: .hours(1)) == [.fresh, .fresh])
        try scratch.apply(
            feed.replacing(", sources: stated", with: ""), clock: .simulated(start + .hours(1) + .minutes(1)))
        #expect(try states(after: .hours(2)) == [.never, .never])
    }

    @Test func `a kind that is never covered has been read when nothing failed`() async throws {
        try await take(after: .hours(1), [nil])
        #expect(try states(after: .hours(1)) == [.never, .fresh])
        try await take(after: .hours(2), [nil], covering: true)
        #expect(try states(after: .hours(2)) == [.fresh, .fresh])
        #expect(try states(after: .hours(5)) == [.silent, .silent])
    }

    @Test func `the first part of a collection that fails later is no whole reading`() async throws {
        try await take(after: .hours(1), [nil, Self.broken])
        #expect(try states(after: .hours(1)) == [.never, .never])
    }

    @Test func `a look back does not make a source fresh`() async throws {
        try await take(
            after: .hours(1), [nil], covering: true,
            parameters: ["backfill": "2025-01-01T00:00:00Z", "history": "all"])
        #expect(try states(after: .hours(1)) == [.never, .never])
    }

    /// However many runs a kind has had that is never covered, the state of its source is told at once.
    @Test func `no payload is read that covers nothing of a kind`() async throws {
        let at = start + .hours(1)
        let recording = try Recording(scratch.workspace, clock: .simulated(at)) { _ in }
        var draft = BatchDraft(
            source: "code", collector: Collector(name: "git", version: "1"), mode: .changes, query: "log",
            kinds: ["vcs.change", "vcs.release"], started: at, ended: at)
        var value = JSONObject()
        value.append("repository", .string("viewer"))
        value.append("tag", .string("1.0"))
        value.append("commit", .string("0a1b"))
        draft.facts = [RawFact(.event("vcs.release", "viewer/1.0", at: start, value))]
        try await recording.take(Delivery(draft))
        try await recording.flush()
        let rows = try scratch.workspace.database.read { try EvidenceTables.batches($0) }
        for row in rows { try scratch.workspace.blobs.remove(row.payload) }
        #expect(rows.count == 1)
        #expect(try states(after: .hours(1)) == [.never, .fresh])
    }
}
