import Intake
import Testing

@testable import Workspaces

/// Keys made under the workspace's secret are the same in imports and collections, and in no other workspace.
@Suite struct RecordKeySecretTests {
    @Test func `the secret is the workspace's own, and not the salt itself`() throws {
        let one = try ScratchWorkspace()
        let other = try ScratchWorkspace()
        let secret = one.workspace.importSetting(clock: .system).keySecret
        #expect(secret.count == 32 && secret != one.workspace.saltKey)
        #expect(try one.opened().importSetting(clock: .system).keySecret == secret)
        #expect(other.workspace.importSetting(clock: .system).keySecret != secret)
        let source = try #require(try ScratchWorkspace.source())
        #expect(one.workspace.request(source, clock: .system).keySecret == secret)
    }
}
