import Assessment
import Formats
import Foundation
import Programs
import Reports
import Testing

@testable import Workspaces

/// The shares of a period that are changed after the fact, and what comparisons and reports tell of it.
@Suite struct AgreedSharesTests {
    private let scratch: ScratchWorkspace
    private var workspace: Workspace { scratch.workspace }

    init() throws { scratch = try ScratchWorkspace() }

    private static let program =
        ScratchWorkspace.organization + """
            ---
            control: CHG-01
            title: Two people stand behind every deployment
            statement: Nobody approves a deployment alone.
            criteria: [CC8.1]
            owner: engineering
            frequency: event
            nature: automated
            tests: [two-people]
            ---
            test: two-people
            kind: event
            of: deploy.run
            as: d
            require: d.author != d.approver

            """

    private static func period(_ name: String = "january", _ shares: String = "") -> String {
        "---\nperiod: \(name)\nfrom: 2026-01-01\nto: 2026-02-01\n\(shares)"
    }

    private static func instant(_ date: String) throws -> Instant {
        try #require(Instant("\(date)T00:00:00Z"))
    }

    private func apply(_ period: String, on date: String) throws {
        let file = ProgramFile(path: "program.yaml", bytes: Array((Self.program + period).utf8))
        let clock = Clock.simulated(try Self.instant(date))
        _ = try workspace.apply(try Program(reading: [file]), clock: clock)
    }

    /// Ten deployments of January, of which one was approved by its author.
    private func collect() async throws {
        var lines = (10..<20).map { day in
            #"{"kind":"deploy.run","id":"d-\#(day)","at":"2026-01-\#(day)T12:00:00Z","value":{"service":"s","#
                + #""environment":"production","author":"a","approver":"\#(day == 12 ? "a" : "b")"}}"#
        }
        lines.append(
            #"{"coverage":"deploy.run","from":"2026-01-01T00:00:00Z","to":"2026-02-01T00:00:00Z"}"#)
        let file = scratch.folder + "/deployments.jsonl"
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: file))
        let clock = Clock.simulated(try Self.instant("2026-02-02"))
        let recording = try Recording(workspace, clock: clock) { _ in }
        try await workspace.importFile(file, source: "ci", into: recording, clock: clock)
        try await recording.flush()
    }

    private static func told(_ restatement: Restatement?) -> [String]? {
        restatement?.controls.map { "\($0.id): \($0.before ?? "none"), \($0.after ?? "none")" }
    }

    @Test(arguments: [
        (period(), ["CHG-01: ineffective, effective with exceptions"]),
        (period("winter"), ["CHG-01: ineffective, effective with exceptions"]),
        (period("january", "tolerable: 15%\n"), []),
        ("---\nperiod: other\nfrom: 2025-01-01\nto: 2026-01-01\n", []),
    ])
    func `a conclusion that is another one by a changed share is told`(
        _ earlier: String, _ expected: [String]
    ) async throws {
        try apply(earlier, on: "2026-01-01")
        try await collect()
        try apply(Self.period("january", "tolerable: 20%\n"), on: "2026-02-10")
        let since = try Self.instant("2026-02-05")
        let clock = Clock.simulated(try Self.instant("2026-02-12"))
        let request = AssessmentRequest(span: .named("january"), knownAt: nil)
        let compared = try workspace.restatement(of: request, since: since, clock: clock)
        #expect(Self.told(compared) == expected)
        let text = RestatementText(compared).text
        let isOther = compared.toleranceBefore != compared.toleranceAfter
        #expect(text.contains("Agreed now: tolerable 20 %") == isOther, "\(text)")

        let reported = try workspace.report(
            ReportRequest(
                kind: .typeTwo, span: .named("january"), knownAt: nil, since: since, includePersonal: false),
            clock: clock)
        #expect(Self.told(reported.restatement) == expected)
    }

    @Test func `of two periods that are alike now, the one asked for is compared with itself`() async throws {
        let extra = Self.period("extra", "tolerable: 20%\n")
        try apply(Self.period() + extra, on: "2026-01-01")
        try await collect()
        try apply(Self.period("january", "tolerable: 20%\n") + extra, on: "2026-02-10")
        let since = try Self.instant("2026-02-05")
        let clock = Clock.simulated(try Self.instant("2026-02-12"))
        let stricter = ["CHG-01: ineffective, effective with exceptions"]
        let interval = try #require(
            Interval(from: try Self.instant("2026-01-01"), to: try Self.instant("2026-02-01")))
        let shares = Tolerance(deviations: 200_000, coverage: 950_000)
        let requests: [(AssessmentRequest, [String])] = [
            (AssessmentRequest(span: .named("january"), knownAt: nil), stricter),
            (AssessmentRequest(span: .named("extra"), knownAt: nil), []),
            // No name, as of an assessment on record: it may have been of either.
            (AssessmentRequest(span: .interval(interval), knownAt: nil, tolerance: shares), stricter),
        ]
        for (request, expected) in requests {
            let compared = try workspace.restatement(of: request, since: since, clock: clock)
            #expect(Self.told(compared) == expected, "\(request.span)")
        }
        let reported = try workspace.report(
            ReportRequest(
                kind: .typeTwo, span: .named("extra"), knownAt: nil, since: since, includePersonal: false),
            clock: clock)
        #expect(Self.told(reported.restatement) == [])
    }

    @Test func `shares that are not the usual ones are printed`() async throws {
        try apply(Self.period(), on: "2026-01-01")
        try await collect()
        let request = AssessmentRequest(span: .named(nil), knownAt: nil)
        let clock = Clock.simulated(try Self.instant("2026-02-12"))
        let usual = WindowText(try workspace.evaluate(request, clock: clock), in: .utc).text
        #expect(!usual.contains("Agreed for the period"))

        try apply(Self.period("january", "tolerable: 20%\ncoverage: 90%\n"), on: "2026-02-10")
        let words = "tolerable 20 %, coverage 90 %; the standard is tolerable 5 %, coverage 95 %"
        let window = WindowText(try workspace.evaluate(request, clock: clock), in: .utc).text
        #expect(window.contains("\nAgreed for the period: \(words)\n"), "\(window)")
        let report = try workspace.report(
            ReportRequest(
                kind: .typeTwo, span: .named(nil), knownAt: nil, since: nil, includePersonal: false),
            clock: clock)
        #expect(Manuscript(report).basis.contains { $0.name == "Agreed for the period" && $0.value == words })
    }

    @Test func `changes of the period and the organization are among those of the program`() throws {
        try apply(Self.period(), on: "2026-01-01")
        try apply(Self.period("january", "tolerable: 20%\n"), on: "2026-01-10")
        let report = try workspace.report(
            ReportRequest(
                kind: .typeTwo, span: .named(nil), knownAt: nil, since: nil, includePersonal: false),
            clock: .simulated(try Self.instant("2026-02-12")))
        let told = report.changes.map { "\($0.document) \($0.nature.rawValue) \($0.keys)" }
        #expect(told.contains("organization example added []"), "\(told)")
        #expect(told.contains(#"period january changed ["tolerable"]"#), "\(told)")
    }
}
