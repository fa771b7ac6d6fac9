import Evidence
import Formats
import Synchronization
import Testing
import Transport

@testable import Intake

@Suite struct SyslogHarvestTests {
    /// A part is whole only if no later one of the same collection has failed: they are known by when it began.
    @Test func `all that one collection brings says when it began`() async throws {
        let folder = try Folder()
        let path = folder.path + "/spool"
        let message = LogArrival(
            at: noon, sender: "192.0.2.7", transport: "tls", bytes: SyslogTests.audit("asha"))
        let spool = try SyslogSpool(path, now: { noon })
        try await spool.take(.arrived([message]))
        try await spool.take(.lost(1, "cut"))
        // Each look at it is a second after the one before.
        let clock = Mutex(noon)
        let request = CollectionRequest(
            source: "logs", parameters: ["spool": path], kinds: ["log.source", "phi.access"],
            now: {
                clock.withLock { time in
                    time = time + .seconds(1)
                    return time
                }
            })
        let drafts = try await Collected.by(SyslogConnector(), request)
        let access = try #require(drafts.first { $0.records("phi.access").count == 1 })
        #expect(access.failures.isEmpty && drafts.last?.reasons.first?.hasPrefix("1 lost") == true)
        #expect(drafts.count > 2 && Set(drafts.map(\.started)).count == 1)
        #expect(drafts.allSatisfy { $0.started <= $0.ended })
    }
}
