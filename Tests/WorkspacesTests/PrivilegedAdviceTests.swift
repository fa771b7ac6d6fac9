import Formats
import Testing

@testable import Workspaces

/// Advice that counsel's privilege covers, and that would keep a workspace from buyers for good.
@Suite struct PrivilegedAdviceTests {
    private static let advice = "engagement: gap\nform: readiness\nfirm: Counsel\n"

    @Test func `it is warned of before it is on record, and not again`() throws {
        let scratch = try ScratchWorkspace()
        let workspace = scratch.workspace
        let privileged = try ScratchWorkspace.program([Self.advice + "privileged: true\n"])
        let examination = "engagement: soc2\nform: type-2\nfirm: Northgate Assurance\nprivileged: true\n"
        #expect(try workspace.newPrivilege(in: try ScratchWorkspace.program([Self.advice])) == [])
        #expect(try workspace.newPrivilege(in: try ScratchWorkspace.program([examination])) == [])
        let said = try workspace.newPrivilege(in: privileged)
        #expect(said.count == 1)
        #expect(said.first?.hasPrefix("1.yaml:") == true && said.first?.contains(": warning: ") == true)
        #expect(said.first?.contains("the advice gap is marked privileged") == true, "\(said)")
        let clock = Clock.simulated(try #require(Instant("2026-01-08T00:00:00Z")))
        _ = try workspace.apply(privileged, clock: clock)
        #expect(try workspace.newPrivilege(in: privileged) == [])
    }
}
