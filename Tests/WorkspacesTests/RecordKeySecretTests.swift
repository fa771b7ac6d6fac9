import Intake
import Programs
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
        let text = """
            source: logs
            connector: file
            params: { path: logs.jsonl }
            kinds: [phi.access]
            freshness: 1d
            """
        let files = [
            ("program.yaml", "organization: example\nname: Example (synthetic data)\ndomain: example.test\n"),
            ("sources/logs.yaml", text),
        ]
        let program = try Program(reading: files.map { ProgramFile(path: $0, bytes: Array($1.utf8)) })
        let source = try #require(program.sources.first)
        #expect(one.workspace.request(source, clock: .system).keySecret == secret)
    }
}
