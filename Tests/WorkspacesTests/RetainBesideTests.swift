import Formats
import Foundation
import Programs
import Storage
import Testing

@testable import Workspaces

/// What is erased because its time is over, while somebody else reads.
@Suite struct RetainBesideTests {
    private static let event =
        #"{"kind":"deploy.run","id":"d-1","at":"2015-01-02T08:00:00Z","value":{"service":"s","#
        + #""environment":"production","author":"a","approver":"b"}}"#

    private struct Erased: Sendable {
        let items: Int
        let isJournalEmpty: Bool
    }

    private let scratch: ScratchWorkspace

    init() throws {
        scratch = try ScratchWorkspace()
    }

    private static func clock(_ date: String) throws -> Clock {
        .simulated(try #require(Instant("\(date)T00:00:00Z")))
    }

    /// One record of 2015, due six years later.
    private func record() async throws {
        let file = ProgramFile(path: "program.yaml", bytes: Array(ScratchWorkspace.organization.utf8))
        _ = try scratch.workspace.apply(try Program(reading: [file]), clock: try Self.clock("2015-01-01"))
        let path = scratch.folder + "/events.jsonl"
        try Data(Self.event.utf8).write(to: URL(fileURLWithPath: path))
        let clock = try Self.clock("2015-01-03")
        let recording = try Recording(scratch.workspace, clock: clock) { _ in }
        try await scratch.workspace.importFile(path, source: "ci", into: recording, clock: clock)
        try await recording.flush()
    }

    /// Erases while another connection reads, on a thread of its own: it waits for the reader to end.
    private func eraseBesideReader() async throws -> Erased {
        let (workspace, reader) = (scratch.workspace, try scratch.opened())
        let clock = try Self.clock("2022-01-01")
        return try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(
                    with: Result<Erased, any Error> {
                        try reader.database.read { database -> Erased in
                            // From here on it sees what was there before the erasure.
                            try database.query("SELECT 1 FROM batch") { _ in }
                            let done = try workspace.eraseDue(by: "records", reason: "old", clock: clock)
                            let items = done.erased.map(\.items).reduce(0, +)
                            return Erased(items: items, isJournalEmpty: done.isJournalEmpty)
                        }
                    })
            }
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a journal that a reader keeps from being emptied is told`() async throws {
        try await record()
        let beside = try await eraseBesideReader()
        #expect(beside.items == 1 && !beside.isJournalEmpty)
        #expect(try scratch.workspace.finishErasure().isJournalEmpty)
        let again = try scratch.workspace.eraseDue(
            by: "records", reason: "old", clock: try Self.clock("2022-01-02"))
        #expect(again.erased.isEmpty && again.isJournalEmpty)
    }
}
