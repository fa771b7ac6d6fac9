import Evidence
import Formats
import Foundation
import Testing

@testable import Workspaces

/// The records that a line with `"value":null` can end are listed, and no name is by the way.
@Suite struct OpenRecordTests {
    private let scratch: ScratchWorkspace

    init() throws {
        scratch = try ScratchWorkspace()
    }

    private static let lines = """
        {"kind":"network.port","key":"b/tcp/22","at":"2024-03-01T09:00:00Z","value":{"host":"b","protocol":"tcp","port":22}}
        {"kind":"network.port","key":"a/tcp/22","at":"2024-03-01T09:00:00Z","value":{"host":"a","protocol":"tcp","port":22}}
        {"kind":"network.port","key":"a/tcp/80","at":"2024-03-01T09:00:00Z","value":{"host":"a","protocol":"tcp","port":80}}
        {"kind":"idp.account","key":"ann.smith","at":"2024-03-01T09:00:00Z","value":{"enabled":true}}
        {"kind":"network.port","key":"a/tcp/80","at":"2024-03-02T09:00:00Z","value":null}

        """

    @Test func `open records are listed by kind and key, without keys that can be names`() async throws {
        let workspace = try scratch.applied()
        let file = scratch.folder + "/ports.jsonl"
        try Data(Self.lines.utf8).write(to: URL(fileURLWithPath: file))
        let recording = try Recording(workspace, clock: .system) { _ in }
        try await workspace.importFile(file, source: "scanner", into: recording, clock: .system)
        let since = try #require(Instant("2024-03-01T09:00:00Z"))
        let keys: [Identifier] = ["a/tcp/22", "b/tcp/22"]
        let ports = keys.map { OpenRecord(kind: "network.port", key: $0, since: since) }
        let withheld = [OpenRecord(kind: "idp.account", key: nil, since: since)]
        #expect(try workspace.openRecords(of: "scanner", includePersonal: false) == withheld + ports)
        let shown = try workspace.openRecords(of: "scanner", includePersonal: true)
        #expect(shown.map(\.key) == ["ann.smith", "a/tcp/22", "b/tcp/22"])
        #expect(throws: WorkspaceError.self) {
            try workspace.openRecords(of: "scaner", includePersonal: false)
        }
    }
}
