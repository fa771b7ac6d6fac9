import Formats
import Foundation
import Programs
import Reports
import Testing

@testable import Workspaces

/// Compensating controls that are named only once something has failed.
@Suite struct LateCompensationTests {
    /// A program without controls.
    private static let bare =
        ScratchWorkspace.organization + """
            ---
            period: january
            from: 2026-01-01
            to: 2026-02-01

            """

    /// A program with two controls, one of which may name the other.
    private static func program(_ naming: String) -> String {
        bare + """
            ---
            control: CHG-01
            title: Two people stand behind every deployment
            statement: Nobody approves a deployment alone.
            criteria: [CC8.1]
            owner: engineering
            frequency: event
            nature: automated
            tests: [two-people]
            \(naming)
            ---
            control: CHG-02
            title: Only services that are known are deployed
            statement: Every deployment is of a service in the register.
            criteria: [CC8.1]
            owner: engineering
            frequency: event
            nature: automated
            tests: [known-service]
            ---
            test: two-people
            kind: event
            of: deploy.run
            as: d
            require: d.author != d.approver
            ---
            test: known-service
            kind: event
            of: deploy.run
            as: d
            require: d.service == 's'

            """
    }

    /// What a report says of compensating controls after these programs, the first of which stood before the period;
    /// one that names nothing is without controls.
    private func told(_ programs: [(date: String, naming: String?)]) async throws -> String? {
        let scratch = try ScratchWorkspace()
        let workspace = scratch.workspace
        for (date, naming) in programs {
            let file = ProgramFile(
                path: "program.yaml", bytes: Array((naming.map(Self.program) ?? Self.bare).utf8))
            let clock = Clock.simulated(try #require(Instant("\(date)T00:00:00Z")))
            _ = try workspace.apply(try Program(reading: [file]), clock: clock)
        }
        let lines = [
            #"{"kind":"deploy.run","id":"d-1","at":"2026-01-12T12:00:00Z","value":{"service":"s","#
                + #""environment":"production","author":"a","approver":"a"}}"#,
            #"{"coverage":"deploy.run","from":"2026-01-01T00:00:00Z","to":"2026-02-01T00:00:00Z"}"#,
        ]
        let file = scratch.folder + "/deployments.jsonl"
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: file))
        let clock = Clock.simulated(try #require(Instant("2026-02-20T00:00:00Z")))
        let recording = try Recording(workspace, clock: clock) { _ in }
        try await workspace.importFile(file, source: "ci", into: recording, clock: clock)
        try await recording.flush()
        let report = try workspace.report(
            ReportRequest(
                kind: .typeTwo, span: .named(nil), knownAt: nil, since: nil, includePersonal: false),
            clock: clock)
        let page = Manuscript(report).markdown
        return page.split(separator: "\n").first { $0.contains("**Compensating controls:**") }.map {
            String($0)
        }
    }

    @Test func `that a control was named only after the failing had begun is told`() async throws {
        let naming = "compensating: [CHG-02]"
        let before = try await told([("2025-12-01", naming)]) ?? ""
        #expect(before.contains("CHG-02 operated whenever") && !before.contains("Named only"), "\(before)")
        let inTime = try await told([("2025-12-01", ""), ("2026-01-05", naming)]) ?? ""
        #expect(inTime.contains("CHG-02 operated whenever") && !inTime.contains("Named only"), "\(inTime)")
        let late = try await told([("2025-12-01", ""), ("2026-02-10", naming)]) ?? ""
        #expect(
            late.contains("Named only by a change after the failing had begun: CHG-02 (2026-02-10)."),
            "\(late)")
        let dropped = try await told([("2025-12-01", naming), ("2026-02-10", "")])
        #expect(dropped == nil)
    }

    @Test func `a control that came only after the failing agreed to nothing beforehand`() async throws {
        let naming = "compensating: [CHG-02]"
        let late = try await told([("2025-12-01", nil), ("2026-02-10", naming)]) ?? ""
        #expect(
            late.contains("Named only by a change after the failing had begun: CHG-02 (2026-02-10)."),
            "\(late)")
        let inTime = try await told([("2025-12-01", nil), ("2026-01-05", naming)]) ?? ""
        #expect(inTime.contains("CHG-02 operated whenever") && !inTime.contains("Named only"), "\(inTime)")
    }
}
