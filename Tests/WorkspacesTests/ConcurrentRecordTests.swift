import Assessment
import Formats
import Foundation
import Programs
import Storage
import Synchronization
import Testing

@testable import Workspaces

/// What another process records while an assessment is being computed.
@Suite struct ConcurrentRecordTests {
    private static let now = "2026-02-01T00:00:00Z"

    @Test func `an assessment that was overtaken by what counts as known is computed again`() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "overtaken-\(UUID().uuidString)", isDirectory: true)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.path + "/.assay"
        let clock = Clock.simulated(try #require(Instant(Self.now)))
        let workspace = try Workspace(creating: path, origin: "example.test/evidence")
        _ = try workspace.apply(try Program.encryptedStores(grace: "1h"), clock: clock)
        let lines = folder.path + "/evidence.jsonl"
        try Data(
            #"{"kind":"cloud.store","key":"a","at":"2026-01-01T00:00:00Z","value":{"encrypted":true}}"#.utf8
        ).write(to: URL(fileURLWithPath: lines))
        // Payloads are read, and progress is told, only where columns are behind.
        try workspace.refreshColumns()
        let recording = try Recording(workspace, clock: clock) { _ in }
        try await workspace.importFile(lines, source: "cloud", into: recording, clock: clock)
        try await recording.flush()
        let other = try Workspace(opening: path)
        let runs = Mutex(0)
        let logged = try workspace.assess(
            AssessmentRequest(span: .named(nil), knownAt: nil), clock: clock
        ) { _, _ in
            let isFirst = runs.withLock { runs in
                defer { runs += 1 }
                return runs == 0
            }
            if isFirst {
                #expect(throws: Never.self) {
                    try other.apply(Program.encryptedStores(grace: "2h"), clock: clock)
                }
            }
        }
        let known = try workspace.database.read { try workspace.program($0, knownAt: clock.now()).digest }
        #expect(runs.withLock { $0 } > 1)
        #expect(logged.result.input.programDigest == known)
    }
}
