import Formats
import Foundation
import Programs
import Testing

@testable import Workspaces

/// An organization that says later that its days begin elsewhere.
@Suite struct ZoneChangeTests {
    private static func program(zone: String?) throws -> Program {
        let text = ScratchWorkspace.organization.replacing(
            "zone: UTC\n", with: zone.map { "zone: \($0)\n" } ?? "")
        return try Program(reading: [ProgramFile(path: "program.yaml", bytes: Array(text.utf8))])
    }

    @Test func `another zone is warned of once evidence is on record`() async throws {
        let scratch = try ScratchWorkspace()
        let workspace = scratch.workspace
        let clock = Clock.simulated(try #require(Instant("2026-01-08T00:00:00Z")))
        let other = try Self.program(zone: "Europe/Berlin")
        #expect(try workspace.zoneChange(in: other) == nil)
        _ = try workspace.apply(try Self.program(zone: "UTC"), clock: clock)
        #expect(try workspace.zoneChange(in: other) == nil, "nothing was judged yet")

        let line =
            #"{"coverage":"access.review","from":"2026-01-01T00:00:00Z","to":"2026-01-08T00:00:00Z"}"# + "\n"
        let file = scratch.folder + "/reviews.jsonl"
        try Data(line.utf8).write(to: URL(fileURLWithPath: file))
        let recording = try Recording(workspace, clock: clock) { _ in }
        try await workspace.importFile(file, source: "reviews", into: recording, clock: clock)
        try await recording.flush()
        let said = try #require(try workspace.zoneChange(in: other))
        #expect(said.hasPrefix("program.yaml:") && said.contains(": warning: "), "\(said)")
        #expect(said.contains("from UTC to Europe/Berlin"), "\(said)")
        // Nothing said is UTC.
        for same in ["UTC", nil] {
            #expect(try workspace.zoneChange(in: try Self.program(zone: same)) == nil)
        }
    }
}
