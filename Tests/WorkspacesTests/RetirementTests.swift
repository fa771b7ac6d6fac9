import Assessment
import Formats
import Foundation
import Programs
import Testing

@testable import Workspaces

/// A source that was given up, from a program and files to a result.
@Suite final class RetirementTests {
    private static let program =
        ScratchWorkspace.organization + """
            ---
            period: january
            from: 2026-01-01
            to: 2026-02-01
            ---
            source: old
            connector: file
            params: { path: old.jsonl }
            kinds: [access.review]
            ---
            test: reviews
            kind: cadence
            of: access.review
            params: { every: week, zone: UTC }

            """

    private static let retirement = """
        ---
        retirement: old
        from: 2026-01-05
        reason: All reviews are done in the new place.

        """

    private let folder: String
    private let workspace: Workspace

    init() throws {
        folder = FileManager.default.temporaryDirectory.path + "/retired-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        workspace = try Workspace(creating: folder + "/.assay", origin: "example.test/evidence")
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private static func clock(_ date: String) throws -> Clock {
        .simulated(try #require(Instant("\(date)T00:00:00Z")))
    }

    private func apply(_ text: String, on date: String) throws {
        let file = ProgramFile(path: "program.yaml", bytes: Array(text.utf8))
        _ = try workspace.apply(try Program(reading: [file]), clock: try Self.clock(date))
    }

    /// Records that a source has looked from one day to another, and found nothing.
    private func look(_ source: Identifier, from start: String, to end: String) async throws {
        let line =
            #"{"coverage":"access.review","from":"\#(start)T00:00:00Z","to":"\#(end)T00:00:00Z"}"# + "\n"
        let file = folder + "/\(source).jsonl"
        try Data(line.utf8).write(to: URL(fileURLWithPath: file))
        let clock = try Self.clock(end)
        let recording = try Recording(workspace, clock: clock) { _ in }
        try await workspace.importFile(file, source: source, into: recording, clock: clock)
        try await recording.flush()
    }

    private func units(_ date: String) throws -> (failing: Int, unknown: Int) {
        let request = AssessmentRequest(span: .named(nil), knownAt: nil)
        let clock = try Self.clock(date)
        let swept = try workspace.evaluate(request, clock: clock)
        let simple = try workspace.evaluate(request, clock: clock, listsAll: true)
        #expect(try swept.canonical == simple.canonical)
        let units = try #require(swept.tests.first?.units)
        return (units.failing, units.unknown)
    }

    @Test func `tests are decided again once a source was given up, and nobody is told that it is silent`()
        async throws
    {
        try apply(Self.program, on: "2026-01-01")
        try await look("old", from: "2025-12-01", to: "2026-01-08")
        try apply(Self.program + Self.retirement, on: "2026-01-08")
        let status = try workspace.sourceStatus(clock: try Self.clock("2026-02-02"))
        #expect(status.map(\.state) == [.retired] && !status.contains { $0.state.isAlarming })
        #expect(status.first?.retired == Instant("2026-01-08T00:00:00Z"))
        // Nobody else has looked yet.
        #expect(try units("2026-02-02").unknown > 0)

        try await look("new", from: "2026-01-05", to: "2026-02-02")
        let decided = try units("2026-02-03")
        #expect(decided.failing > 0 && decided.unknown == 0, "\(decided)")

        // Who takes it back has waited all along.
        try apply(Self.program, on: "2026-02-03")
        #expect(try units("2026-02-04").unknown > 0)
        #expect(
            try workspace.sourceStatus(clock: try Self.clock("2026-02-04")).contains { $0.state.isAlarming })
    }

    @Test func `who gives up a source that nobody knows is told which may have been meant`() async throws {
        func told(_ text: String) throws -> [String] {
            let file = ProgramFile(path: "program.yaml", bytes: Array(text.utf8))
            return try workspace.unknownRetirements(in: try Program(reading: [file]))
        }
        try apply(Self.program, on: "2026-01-01")
        try await look("trivy:app", from: "2025-12-01", to: "2026-01-02")
        let misspelt = Self.retirement.replacing("retirement: old", with: "retirement: odl")
        let said = try told(Self.program + misspelt)
        #expect(said.count == 1 && said[0].hasPrefix("program.yaml:"), "\(said)")
        #expect(said[0].contains("\"odl\"") && said[0].hasSuffix("did you mean \"old\"?"), "\(said)")
        // An earlier program had it, or something of it came without one.
        let other = Self.program.replacing("source: old\n", with: "source: other\n")
        #expect(try told(other + Self.retirement).isEmpty)
        let imported = Self.retirement.replacing(
            "retirement: old", with: "retirement: scans\nsource: 'trivy:app'")
        #expect(try told(Self.program + imported).isEmpty)
        let far = try told(Self.program + imported.replacing("trivy:app", with: "elsewhere"))
        #expect(far.count == 1 && !far[0].contains("did you mean"), "\(far)")
    }
}
