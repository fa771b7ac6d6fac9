import Evidence
import Formats
import Foundation
import Programs
import Storage
import Synchronization
import Testing

@testable import Workspaces

@Suite struct WatchTests {
    private let scratch: ScratchWorkspace

    init() throws {
        scratch = try ScratchWorkspace()
    }

    /// The sources of all batches, in the order of the log.
    private var recorded: [String] {
        get throws {
            try scratch.workspace.database.read {
                try $0.all("SELECT source FROM batch ORDER BY leaf") { try $0.text(0) }
            }
        }
    }

    /// A source that finds nobody in its file, each hour.
    private func hourlyRoster() throws -> String {
        let header = #"{"batch":{"mode":"snapshot","kinds":["idp.account"]}}"#
        try Data(header.utf8).write(to: URL(fileURLWithPath: scratch.folder + "/roster.jsonl"))
        return """
            source: roster
            connector: file
            params: { path: "\(scratch.folder)/roster.jsonl" }
            kinds: [idp.account]
            every: 1h
            """
    }

    /// Its own name is on no batch with evidence: an empty one shows that it ran, and none says that a run was missed.
    @Test(.timeLimit(.minutes(1)))
    func `a source whose batches bear other names is collected once each time`() async throws {
        let source = """
            source: roster
            connector: file
            params: { path: "\(scratch.folder)/roster.jsonl", sources: stated }
            kinds: [idp.account]
            every: 1h
            freshness: 1d
            """
        let header = #"{"batch":{"source":"directory","mode":"changes"}}"#
        try Data(header.utf8).write(to: URL(fileURLWithPath: scratch.folder + "/roster.jsonl"))
        let start = try #require(Instant("2026-01-05T00:00:00Z"))
        let (clock, sleep) = Clock.moving(from: start)
        try scratch.apply(source, clock: clock)
        let recording = try Recording(scratch.workspace, clock: clock) { _ in }
        try await scratch.workspace.watch(
            into: recording, clock: clock, until: start + .hours(6), sleep: sleep, report: { _ in })
        let batches = try scratch.workspace.database.read {
            try $0.integer("SELECT count(*) FROM batch WHERE source = 'directory'")
        }
        // Six hours touch at most seven slots, wherever in the hour they begin.
        #expect((6...7).contains(batches ?? 0), "\(batches ?? 0) batches")
        let modes = try scratch.workspace.database.read { database in
            let reader = EvidenceReader(database, blobs: scratch.workspace.blobs)
            return try EvidenceTables.batches(database).filter { $0.source == "roster" }.map {
                try reader.statement($0.leaf)?.mode
            }
        }
        #expect(modes.count == Int(batches ?? 0) && modes.allSatisfy { $0 == .changes })
    }

    @Test func `names are tied behind the sources that bring them, in each round`() async throws {
        let links = """
            source: a-links
            connector: identities
            kinds: [identity.link]
            every: 1h
            """
        let roster = try hourlyRoster()
        let start = try #require(Instant("2026-01-05T00:00:00Z"))
        let (clock, sleep) = Clock.moving(from: start)
        try scratch.apply(links, roster, clock: clock)
        let recording = try Recording(scratch.workspace, clock: clock) { _ in }
        try await scratch.workspace.watch(
            into: recording, clock: clock, until: start + .hours(6), sleep: sleep, report: { _ in })
        let order = try recorded
        #expect(order.count > 10)
        #expect(order == order.indices.map { $0.isMultiple(of: 2) ? "roster" : "a-links" })
    }

    @Test(.timeLimit(.minutes(1)))
    func `what a source missed before a new program dropped it is told in the watch`() async throws {
        let roster = try hourlyRoster()
        let other = roster.replacing("source: roster", with: "source: other").replacing(
            "every: 1h", with: "every: 1d")
        let start = try #require(Instant("2026-01-05T00:00:00Z"))
        let (clock, sleep) = Clock.moving(from: start)
        try scratch.apply(roster, other, clock: clock)
        let recording = try Recording(scratch.workspace, clock: clock) { _ in }
        let (workspace, later) = (scratch.workspace, try ScratchWorkspace.program([other]))
        let isApplied = Mutex(false)
        try await workspace.watch(
            into: recording, clock: clock, until: start + .hours(8),
            sleep: { span in
                try await sleep(span)
                let isFirst = isApplied.withLock { applied in
                    defer { applied = true }
                    return !applied
                }
                guard isFirst else { return }
                // A machine that sleeps for hours, and a new program before it looks around again.
                try await sleep(.seconds(5 * 3_600))
                _ = try workspace.apply(later, clock: clock)
            }, report: { _ in })
        let modes = try workspace.database.read { database in
            let reader = EvidenceReader(database, blobs: workspace.blobs)
            return try EvidenceTables.batches(database).filter { $0.source == "roster" }.compactMap {
                try reader.statement($0.leaf)?.mode
            }
        }
        #expect(modes.last == .skipped && modes.count { $0 == .skipped } == 1, "\(modes)")
    }

    @Test(.timeLimit(.minutes(1)))
    func `a source that hangs is ended at its limit, and the others have their turn`() async throws {
        let script = scratch.folder + "/hang.sh"
        let header = #"{"batch":{"mode":"snapshot","kinds":["idp.account"]}}"#
        try Data("echo '\(header)'\nexec sleep 600\n".utf8).write(to: URL(fileURLWithPath: script))
        let slow = """
            source: a-slow
            connector: exec
            command: [/bin/sh, "\(script)"]
            params: { timeout: 10m }
            kinds: [idp.account]
            every: 1h
            limit: 1s
            """
        let roster = try hourlyRoster()
        let start = try #require(Instant("2026-01-05T00:30:00Z"))
        let (clock, sleep) = Clock.moving(from: start)
        try scratch.apply(slow, roster, clock: clock)
        let recording = try Recording(scratch.workspace, clock: clock) { _ in }
        try await scratch.workspace.watch(
            into: recording, clock: clock, until: start + .minutes(5), sleep: sleep, report: { _ in })
        let order = try recorded
        #expect(order.first == "a-slow" && order.last == "roster", "\(order)")
        let first = try scratch.workspace.database.read { database in
            let reader = EvidenceReader(database, blobs: scratch.workspace.blobs)
            return try EvidenceTables.batches(database).first.flatMap { try reader.statement($0.leaf) }
        }
        let statement = try #require(first)
        #expect(statement.mode == .changes)
        #expect(statement.failures.first?.reason.contains("longer than 1s") == true, "\(statement.failures)")
        #expect(statement.failures.contains { $0.reason == "the collection was interrupted" })
    }
}
