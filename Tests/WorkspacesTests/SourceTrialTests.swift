import Evidence
import Formats
import Testing

@testable import Workspaces

/// What `assay source test` says would come in.
@Suite struct SourceTrialTests {
    private let scratch: ScratchWorkspace
    private let workspace: Workspace

    init() throws {
        scratch = try ScratchWorkspace()
        workspace = try scratch.applied()
    }

    private func trial(_ setAside: [SetAside]) throws -> SourceTrial {
        let at = try #require(Instant("2026-01-01T00:00:00Z"))
        let covered = try #require(Interval(from: at, to: at + .hours(24)))
        let draft = BatchDraft(
            source: "ci", collector: Collector(name: "test", version: "1"), mode: .changes, query: "all",
            kinds: ["deploy.run"], started: at, ended: at,
            facts: [RawFact(.coverage("deploy.run", covered))], setAside: setAside)
        return SourceTrial(draft, try workspace.recording(try workspace.programHistory()).kinds)
    }

    @Test func `a record that could not be read takes the coverage away, as in recording`() throws {
        let found = try trial([SetAside(line: 1, reason: "no time")])
        #expect(found.coverage.isEmpty && found.setAsideCount == 1)
        #expect(found.failures.count == 1 && found.failures.first?.hasPrefix("1 records") == true)
    }

    @Test func `a record that came twice takes none away`() throws {
        let found = try trial([
            SetAside(line: 1, reason: "its key came before", mayHideRecord: false, isRepeat: true)
        ])
        #expect(found.coverage.count == 1 && found.failures.isEmpty)
    }
}
