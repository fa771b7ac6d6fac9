import Foundation
import Programs
import Storage
import Testing

@testable import Workspaces

/// Received messages, which lie as they came until they are on record, and what an erasure makes of them.
@Suite struct SpoolTests {
    private let scratch: ScratchWorkspace
    private let source: Source

    init() throws {
        scratch = try ScratchWorkspace()
        try scratch.apply(
            """
            source: received
            connector: syslog
            params: { tcp: 6514 }
            kinds: [phi.access]
            every: 5m
            """, clock: .system)
        source = try #require(try scratch.workspace.currentProgram().sources.first)
    }

    private var folder: String { scratch.workspace.path + "/spool/received" }

    private func write(_ text: String, _ file: String) throws {
        let place = (file as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    }

    private func path(_ number: Int) -> String { folder + "/000000000\(number).jsonl" }

    /// The cursor as a collection leaves it that has read the second file so far.
    private func reach(_ offset: Int) throws {
        let workspace = scratch.workspace
        try workspace.database.read {
            try CursorFile(source, in: workspace)
                .write(#"{"file":2,"heard":{},"offset":\#(offset)}"#, $0)
        }
    }

    private func sizes() throws -> [Int?] {
        (1...3).map { FileManager.default.contents(atPath: path($0))?.count }
    }

    @Test func `an erasure removes what is on record, and the rest is told`() throws {
        let workspace = scratch.workspace
        for number in 1...3 { try write("{}\n", path(number)) }
        _ = try workspace.finishErasure()
        #expect(try sizes() == [3, 3, 3])
        try reach(2)
        _ = try workspace.finishErasure()
        #expect(try sizes() == [nil, 3, 3])
        try reach(3)
        do {
            // As while a watch runs.
            let lock = try CollectionLock(workspace)
            _ = try workspace.finishErasure()
            withExtendedLifetime(lock) {}
        }
        #expect(try sizes() == [nil, 3, 3])
        _ = try workspace.finishErasure()
        #expect(try sizes() == [nil, 0, 3])

        let former = workspace.path + "/spool/former"
        try write("{}\n", former + "/0000000001.jsonl")
        #expect(
            try workspace.spoolRests() == [
                SpoolRest(folder: folder, files: 1, isRead: true),
                SpoolRest(folder: former, files: 1, isRead: false),
            ])
    }
}
