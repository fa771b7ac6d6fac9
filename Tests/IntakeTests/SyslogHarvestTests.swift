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

    /// What is told of senders by a receiver that has listened for two hours, heard one host ten minutes ago, and then
    /// noted this.
    private static func senders(_ note: String?, expecting hosts: String) throws -> BatchDraft {
        let word = Base64.encode(Array("<13>1 - pacs app - - - text".utf8))
        let heard = #""from":"192.0.2.7","message":"\#(word)","over":"udp""#
        var lines: [String] = []
        for minutes in (0...120).reversed() {
            let what =
                switch minutes {
                case 120: #""note":"began""#
                case 10: heard
                case 8: note ?? #""note":"alive""#
                default: #""note":"alive""#
                }
            lines.append(#"{"at":"\#(noon - .minutes(Int64(minutes)))",\#(what)}"# + "\n")
        }
        let folder = try Folder()
        try folder.write("1.jsonl", lines.joined())
        let request = CollectionRequest(
            source: "logs", parameters: ["spool": folder.path, "expected": hosts], freshness: .hours(1),
            now: { noon })
        var harvest = SyslogHarvest(request)
        _ = harvest.read(folder.path + "/1.jsonl", 1, isLeft: false)
        harvest.finish()
        return try #require(harvest.last.first?.draft)
    }

    @Test(
        arguments: [
            (nil, "pacs ehr", ["ehr", "pacs"], true), (nil, "", ["pacs"], true),
            (#""lost":3,"why":"full""#, "pacs ehr", ["pacs"], false),
            (#""lost":3,"why":"full""#, "pacs", ["pacs"], true),
            (#""note":"began""#, "pacs ehr", ["pacs"], false), (#""note":"began""#, "", ["pacs"], true),
        ] as [(String?, String, [String], Bool)])
    func `while messages were lost nobody is unheard, and only who is left out is lacking`(
        _ note: String?, _ hosts: String, _ names: [String], _ isWhole: Bool
    ) throws {
        let draft = try Self.senders(note, expecting: hosts)
        let found = draft.records("log.source")
        #expect(found.map(\.key) == names && draft.coverageCount == (isWhole ? 1 : 0))
        #expect(found.compactMap { $0.value["heard"]?.bool } == names.map { $0 == "pacs" })
        #expect(draft.reasons.isEmpty == isWhole)
        #expect(draft.reasons.allSatisfy { $0.hasPrefix("listening since 2026-03-01T11:52:00Z") })
    }

    @Test func `a receiver that has just begun and heard nobody does not say that there is nobody`() throws {
        let folder = try Folder()
        try folder.write("1.jsonl", #"{"at":"\#(noon - .minutes(1))","note":"began"}"# + "\n")
        let request = CollectionRequest(
            source: "logs", parameters: ["spool": folder.path], freshness: .hours(1), now: { noon })
        var harvest = SyslogHarvest(request)
        _ = harvest.read(folder.path + "/1.jsonl", 1, isLeft: false)
        harvest.finish()
        #expect(harvest.last.first?.draft.coverageCount == 0)
    }
}
