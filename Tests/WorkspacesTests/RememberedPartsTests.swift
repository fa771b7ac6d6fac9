import Evidence
import Formats
import Foundation
import Programs
import Storage
import Testing

@testable import Assessment
@testable import Workspaces

/// What assessments remember of parts of the evidence from one day to the next.
@Suite final class RememberedPartsTests {
    private let folder: String
    private let workspace: Workspace
    private let request = AssessmentRequest(span: .named(nil), knownAt: nil)

    private static let program =
        ScratchWorkspace.organization + """
            ---
            period: whole
            from: 2026-01-01
            to: 2026-02-01
            ---
            test: two-people
            kind: event
            of: deploy.run
            as: d
            require: d.author != d.approver
            ---
            test: mostly-two
            kind: ratio
            of: deploy.run
            as: d
            require: d.author != d.approver
            params: { target: 50%, every: week }
            """

    init() throws {
        folder = FileManager.default.temporaryDirectory.path + "/remembered-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        workspace = try Workspace(creating: folder + "/.assay", origin: "example.test/evidence")
        let file = ProgramFile(path: "program.yaml", bytes: Array(Self.program.utf8))
        _ = try workspace.apply(try Program(reading: [file]), clock: try Self.clock(1))
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private static func day(_ number: Int) -> String {
        number < 10 ? "2026-01-0\(number)" : "2026-01-\(number)"
    }

    private static func clock(_ day: Int) throws -> Clock {
        .simulated(try #require(Instant("\(Self.day(day))T23:30:00Z")))
    }

    /// One collection: three deployments of a day, and on some days a late one.
    private func collect(_ day: Int) async throws {
        let date = Self.day(day)
        func deployment(_ id: String, _ at: String, _ approver: String) -> String {
            #"{"kind":"deploy.run","id":"\#(id)","at":"\#(at)","value":{"service":"s","environment":"production","#
                + #""author":"a","approver":"\#(approver)"}}"#
        }
        var lines = (8..<11).map { hour in
            deployment(
                "\(date)-\(hour)", "\(date)T\(hour < 10 ? "0" : "")\(hour):00:00Z", hour == 9 ? "a" : "b")
        }
        if day % 3 == 0 { lines.append(deployment("late-\(day)", "\(Self.day(day - 1))T12:00:00Z", "a")) }
        lines.append(
            #"{"coverage":"deploy.run","source":"ci","from":"\#(date)T00:00:00Z","to":"\#(date)T23:00:00Z"}"#)
        let file = folder + "/\(date).jsonl"
        try Data(lines.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: file))
        let clock = try Self.clock(day)
        let recording = try Recording(workspace, clock: clock) { _ in }
        try await workspace.importFile(file, source: "ci", into: recording, clock: clock)
        try await recording.flush()
        try workspace.refreshColumns()
    }

    private func parts() throws -> KnownParts? {
        try workspace.database.read {
            try workspace.columns.keptParts(EvidenceReader($0, blobs: workspace.blobs))
        }.flatMap { KnownParts(bytes: $0) }
    }

    @Test func `day after day, the result is the one of a full run`() async throws {
        for day in 2..<8 {
            try await collect(day)
            let anew = try workspace.evaluate(request, clock: try Self.clock(day), anew: true)
            let logged = try workspace.assess(request, clock: try Self.clock(day))
            #expect(try logged.result.canonical == anew.canonical, "day \(day)")
            #expect(logged.result.tests.contains { $0.hasExceptions })
            #expect(try parts()?.keys.count == 2)
        }
    }

    @Test func `what is remembered is used, unless it is switched off`() async throws {
        try await collect(2)
        let logged = try workspace.assess(request, clock: try Self.clock(2))
        let known = try #require(try parts())
        // Nobody else could write this: it would have to be sealed with the workspace's key.
        let empty = KnownParts(known.parts.mapValues { _ in .found(.events(EventPart())) })
        try workspace.database.read {
            try workspace.columns.keepParts(EvidenceReader($0, blobs: workspace.blobs), empty.write)
        }
        let clock = try Self.clock(2)
        let events = { (result: AssessmentResult) in result.tests.first { $0.test.id == "two-people" }?.units
        }
        #expect(events(try workspace.evaluate(request, clock: clock))?.failing == 0)
        #expect(
            try workspace.evaluate(request, clock: clock, anew: true).canonical == logged.result.canonical)
        // Columns that are written anew remember nothing.
        try workspace.refreshColumns(anew: true)
        #expect(try parts() == nil)
        #expect(try workspace.evaluate(request, clock: clock).canonical == logged.result.canonical)
    }

    @Test func `what was changed by others is not used`() async throws {
        try await collect(2)
        let logged = try workspace.assess(request, clock: try Self.clock(2))
        let file = URL(fileURLWithPath: folder + "/.assay/columns/parts")
        let bytes = try Data(contentsOf: file)
        for place in [0, 9, bytes.count / 2, bytes.count - 1] {
            var damaged = bytes
            damaged[place] ^= 1
            try damaged.write(to: file)
            #expect(try parts() == nil, "byte \(place)")
            let again = try workspace.evaluate(request, clock: try Self.clock(2))
            #expect(try again.canonical == logged.result.canonical)
        }
        try bytes.prefix(40).write(to: file)
        #expect(try parts() == nil)
    }
}
