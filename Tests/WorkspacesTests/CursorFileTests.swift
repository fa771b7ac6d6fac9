import Foundation
import Ledger
import Programs
import Storage
import Testing

@testable import Workspaces

/// A cursor that a log did not write itself, or no longer holds, would leave a stretch of time out for ever.
@Suite struct CursorFileTests {
    private let scratch: ScratchWorkspace
    private let source: Source

    init() throws {
        scratch = try ScratchWorkspace()
        _ = try scratch.applied()
        source = try #require(try ScratchWorkspace.source())
    }

    private func read(_ workspace: Workspace) throws -> String? {
        let file = CursorFile(source, in: workspace)
        return try workspace.database.read { try file.read($0) }
    }

    @Test func `a log that has grown since goes on with its cursor`() throws {
        let workspace = scratch.workspace
        try workspace.database.read { try CursorFile(source, in: workspace).write("page 7", $0) }
        #expect(try read(workspace) == "page 7")
        _ = try workspace.rotate(.log, reason: "test", protection: .mode, clock: .system)
        #expect(try read(workspace) == "page 7")
    }

    @Test func `to let a service go does not lose the place, and another question does`() throws {
        func source(_ parameters: String) throws -> Source {
            try #require(
                try ScratchWorkspace.source(
                    """
                    source: metrics
                    connector: prometheus
                    params: { url: "https://metrics.example.test", query: \(parameters) }
                    kinds: [uptime.probe]
                    """))
        }
        let workspace = scratch.workspace
        func read(_ parameters: String) throws -> String? {
            let file = try CursorFile(source(parameters), in: workspace)
            return try workspace.database.read { try file.read($0) }
        }
        let first = try CursorFile(source("up"), in: workspace)
        try workspace.database.read { try first.write("noon", $0) }
        #expect(try read("up") == "noon")
        #expect(try read("up, retired: web/portal, expected: web/shop") == "noon")
        #expect(try read("probe_success") == nil)
    }

    @Test func `to let a repository go does not forget the others`() throws {
        func file(_ parameters: String) throws -> CursorFile {
            let source = try ScratchWorkspace.source(
                """
                source: forge
                connector: github
                params: { organization: \(parameters) }
                kinds: [vcs.change]
                """)
            return CursorFile(try #require(source), in: scratch.workspace)
        }
        func read(_ parameters: String) throws -> String? {
            let cursor = try file(parameters)
            return try scratch.workspace.database.read { try cursor.read($0) }
        }
        let first = try file("clinic")
        try scratch.workspace.database.read { try first.write("noon", $0) }
        #expect(try read("clinic, retired: clinic/old") == "noon")
        #expect(try read("clinic, raw: answers") == "noon")
        #expect(try read("ward") == nil)
    }

    /// What is kept of a place of two parts, written for the first parameters, when they are the others.
    private func place(of connector: String, _ first: String, then second: String) throws -> String? {
        func file(_ parameters: String) throws -> CursorFile {
            let source = try ScratchWorkspace.source(
                """
                source: cloud
                connector: \(connector)
                params: { \(parameters) }
                kinds: [idp.account]
                """)
            return CursorFile(try #require(source), in: scratch.workspace)
        }
        let (written, asked) = (try file(first), try file(second))
        try scratch.workspace.database.read { try written.write(Self.whole, $0) }
        return try scratch.workspace.database.read { try asked.read($0) }
    }

    private static let whole = #"{"account":"1","backup.job":"noon"}"#

    @Test func `the account that was read is known whatever changes beside it`() throws {
        let here = "regions: eu-west-1"
        #expect(try place(of: "aws", here, then: here) == Self.whole)
        #expect(try place(of: "aws", here, then: here + #", account: "1""#) == Self.whole)
        #expect(try place(of: "aws", here, then: "regions: us-east-1") == #"{"account":"1"}"#)
        #expect(try place(of: "github", "organization: clinic", then: "organization: ward") == nil)
    }

    @Test func `another log of the same size begins anew`() throws {
        let workspace = scratch.workspace
        try workspace.database.read { try CursorFile(source, in: workspace).write("page 7", $0) }
        let other = try ScratchWorkspace()
        // Entries name their time, so that no other log has this one's root.
        _ = try other.applied()
        _ = try other.workspace.rotate(.log, reason: "test", protection: .mode, clock: .system)
        try FileManager.default.copyItem(
            atPath: scratch.folder + "/.assay/cursors", toPath: other.folder + "/.assay/cursors")
        #expect(try read(other.workspace) == nil)
    }
}
