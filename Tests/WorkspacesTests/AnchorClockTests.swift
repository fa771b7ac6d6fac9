import Evidence
import Formats
import Ledger
import Storage
import TestSupport
import Testing

@testable import Workspaces

/// An outside clock against this machine's, before a stamp is put on record for ever.
@Suite(.enabled(if: OpenSSLAuthority.isInstalled, "\(OpenSSLAuthority.whySkipped)"))
struct AnchorClockTests {
    private static let replyType = "application/timestamp-reply"
    private let authority: OpenSSLAuthority
    private let scratch: ScratchWorkspace

    init() throws {
        authority = try OpenSSLAuthority()
        scratch = try ScratchWorkspace()
        let roots = try TimestampAnchor.anchors(pem: authority.pem()).map(\.bytes)
        try scratch.workspace.setAnchoring(
            AnchoringSetting(
                authorities: [.init(name: "a", address: "http://127.0.0.1:9/")], roots: roots))
    }

    /// The machine's clock, wrong by so much.
    private static func clock(ahead span: TimeSpan) -> Clock {
        Clock(now: { Clock.system.now() + span }, isSimulated: false)
    }

    private func anchor(clock: Clock, section: String = "usual") async throws -> AnchorOutcome {
        let authority = authority
        return try await scratch.workspace.anchor(reason: "manual", clock: clock) { _, _, body in
            (200, Self.replyType, try authority.reply(to: body, section: section))
        }
    }

    /// What was said of each who was asked, when nobody vouched for the log.
    private func refusals(clock: Clock, section: String = "usual") async throws -> [String] {
        do {
            let outcome = try await anchor(clock: clock, section: section)
            Issue.record("put on record: \(outcome.anchor.stamps)")
            return []
        } catch AnchorError.nobody(let problems) {
            return problems
        }
    }

    @Test func `a stamp that agrees with this machine's clock is put on record`() async throws {
        let workspace = try scratch.applied()
        let outcome = try await anchor(clock: Self.clock(ahead: .minutes(2)))
        #expect(outcome.problems == [] && outcome.anchor.stamps.count == 1)
        let status = try workspace.logStatus(now: Clock.system.now())
        #expect(status.asked != nil && status.isVouchedFor && status.lacking == [])
        #expect(try workspace.fsck().faults == [])
    }

    @Test func `two authorities below one certificate are one clock`() async throws {
        let workspace = try scratch.applied()
        var setting = try #require(try workspace.anchoring())
        setting.authorities.append(.init(name: "b", address: "http://127.0.0.1:9/b"))
        setting.roots += try TimestampAnchor.anchors(pem: authority.pem("other")).map(\.bytes)
        setting.clockQuorum = 2
        try workspace.setAnchoring(setting)
        let outcome = try await anchor(clock: .system)
        #expect(outcome.problems == [] && outcome.anchor.stamps.count == 2)
        let lacking = try workspace.logStatus(now: Clock.system.now()).lacking
        #expect(lacking.count == 1 && lacking.allSatisfy { $0.contains("below 1 of") }, "\(lacking)")
    }

    @Test func `one key that two authorities have certified is one clock`() async throws {
        let workspace = try scratch.applied()
        var setting = try #require(try workspace.anchoring())
        setting.authorities.append(.init(name: "b", address: "http://127.0.0.1:9/b"))
        setting.roots += try TimestampAnchor.anchors(pem: authority.pem("other")).map(\.bytes)
        setting.clockQuorum = 2
        try workspace.setAnchoring(setting)
        let authority = authority
        let outcome = try await workspace.anchor(reason: "manual", clock: .system) { address, _, body in
            let reply =
                try address.hasSuffix("/b") ? authority.crossReply(to: body) : authority.reply(to: body)
            return (200, Self.replyType, reply)
        }
        #expect(outcome.problems == [] && outcome.anchor.stamps.count == 2)
        let lacking = try workspace.logStatus(now: Clock.system.now()).lacking
        #expect(lacking.count == 1 && lacking.allSatisfy { $0.contains("below 1 of") }, "\(lacking)")
    }

    @Test(arguments: [400, -400] as [Int64])
    func `a stamp of another time than this machine's is told of and not put on record`(_ seconds: Int64)
        async throws
    {
        let size = try scratch.applied().logStatus(now: Clock.system.now()).size
        let problems = try await refusals(clock: Self.clock(ahead: .seconds(seconds)))
        #expect(problems.count == 1)
        #expect(problems.allSatisfy { $0.contains("clock and this machine's differ by") }, "\(problems)")
        #expect(try scratch.workspace.logStatus(now: Clock.system.now()).size == size)
    }

    @Test func `a stamp from before the newest entry's time is told of and not put on record`()
        async throws
    {
        // This machine's clock was ahead when the entry was recorded, and is still, but less so.
        _ = try scratch.applied(clock: Self.clock(ahead: .minutes(8)))
        let problems = try await refusals(clock: Self.clock(ahead: .minutes(4)))
        #expect(problems.count == 1)
        #expect(problems.allSatisfy { $0.contains("and the newest entry says") }, "\(problems)")
    }

    @Test func `a clock that says it may be wrong by more than a minute is told of and not put on record`()
        async throws
    {
        _ = try scratch.applied()
        let problems = try await refusals(clock: .system, section: "rough")
        #expect(problems.count == 1)
        #expect(problems.allSatisfy { $0.contains("may be wrong by 90 s") }, "\(problems)")
        #expect(try await anchor(clock: .system, section: "fine").problems == [])
    }

    @Test func `what is hardly more than a minute is not told as one`() throws {
        try StampCheck.require(accuracy: .minutes(1))
        for (microseconds, told) in [(60_001_000, "60.001"), (60_000_001, "60.000001"), (61_000_000, "61")] {
            do {
                try StampCheck.require(accuracy: TimeSpan(microseconds: Int64(microseconds)))
                Issue.record("\(told) s is let be")
            } catch {
                #expect("\(error)".contains("may be wrong by \(told) s, which is more"), "\(error)")
            }
        }
    }

    @Test func `an anchor on record that contradicts its log is a fault with a remedy`() throws {
        let workspace = try scratch.applied(clock: Self.clock(ahead: .hours(1)))
        let note = try workspace.database.read { try LogTable.checkpoint($0) }
        let bytes = Array(try #require(note).utf8)
        var generator = SystemRandomNumberGenerator()
        let query = try TimestampRequest(imprint: .sha256(bytes), using: &generator).encoded()
        let reply = try authority.reply(to: query)
        let time = try TimestampResponse(parsing: reply).info.time
        for blob in [bytes, reply] { _ = try workspace.blobs.put(blob) }
        let signer = try workspace.logSigner()
        let leaf = try workspace.database.write { database in
            let last = try #require(try LogTable.lastRecorded(database))
            let anchor = AnchorStatement(
                size: try LogTable.size(database), note: .sha256(bytes), reason: "manual", recorded: last,
                stamps: [.init(authority: "a", reply: .sha256(reply), time: time)], witnesses: [])
            let entry = try LogEntry(anchor.statement, signedBy: [signer])
            let leaf = try LogTable.append([entry], signer: signer, database)
            try AnchorTable.insert(anchor, leaf: leaf, database)
            return leaf
        }
        let faults = try workspace.fsck().faults
        #expect(faults.count == 1, "\(faults)")
        let fault = try #require(faults.first)
        #expect(fault.hasPrefix("anchor \(leaf): log entry \(leaf - 1) says"), "\(fault)")
        #expect(fault.contains("assay log configure") && fault.contains("backup"))
    }
}
