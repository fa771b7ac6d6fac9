import Evidence
import Formats
import Foundation
import Ledger
import Testing

@testable import Workspaces

/// An anchor by some of those who are asked, as the trust file sees it that would judge a package with it.
@Suite struct AnchorQuorumTests {
    private let scratch: ScratchWorkspace
    private let a: NoteSigner
    private let b: NoteSigner

    init() throws {
        scratch = try ScratchWorkspace()
        _ = try scratch.applied()
        a = try Self.key("a", 1)
        b = try Self.key("b", 2)
    }

    private static func key(_ name: String, _ seed: UInt8) throws -> NoteSigner {
        try NoteSigner(
            name: Identifier("\(name).example/w"),
            key: try #require(SigningKey(seed: [UInt8](repeating: seed, count: 32))),
            algorithm: .ed25519Cosignature)
    }

    /// A setting that asks both witnesses, each at the address of its name.
    private func configure(_ rule: String, clocks: [AnchoringSetting.Authority] = []) throws {
        let policy = """
            witness a \(a.verifier.vkey) http://a.example/
            witness b \(b.verifier.vkey) http://b.example/
            \(rule)

            """
        // No stamp comes, so that it matters to nobody which certificate is trusted.
        try scratch.workspace.setAnchoring(
            AnchoringSetting(
                authorities: clocks, roots: clocks.isEmpty ? [] : [[1]],
                policy: try WitnessPolicy(parsing: policy)))
    }

    @discardableResult
    private func anchor(down: String...) async throws -> AnchorOutcome {
        let signers = [a, b]
        return try await scratch.workspace.anchor(reason: "manual", clock: .system) { address, _, body in
            let host = String(address.split(separator: "/")[1])
            let asked = signers.first { $0.name.text == host + "/w" }
            guard let signer = asked, !down.contains(String(host.prefix(1))) else {
                return (503, nil, [])
            }
            let request = try AddCheckpoint(parsing: body)
            let http = WitnessAnswer.cosigned([
                try Cosignature.line(for: request.checkpoint.text, at: 1_700_000_000, by: signer)
            ]).http
            return (http.status, http.type, http.body)
        }
    }

    private func status(in hours: Int64 = 0) throws -> LogStatus {
        try scratch.workspace.logStatus(now: Clock.system.now() + .hours(hours))
    }

    @Test func `one of two witnesses is not enough for a policy of both, until the other is back`()
        async throws
    {
        try configure("group g all a b\nquorum g")
        #expect(try await anchor(down: "b").problems.count == 1)
        var now = try status()
        #expect(now.asked != nil && !now.isVouchedFor && !now.isCovered && now.uncovered > 0)
        #expect(
            now.lacking.count == 1 && now.lacking.allSatisfy { $0.contains("1 of 2") && $0.contains("not b") }
        )
        #expect(now.shortfall?.contains("below the quorum") == true && now.warnings == [])
        #expect(
            try status(in: 27).warnings.contains { $0.contains("no anchor has what the trust file asks") })

        #expect(try await anchor().problems == [])
        now = try status()
        #expect(now.isVouchedFor && now.isCovered && now.uncovered == 0 && now.shortfall == nil)

        // A later one below the quorum takes nothing from what the one before it covers.
        try await anchor(down: "a")
        now = try status()
        #expect(now.isVouchedFor && now.isCovered && now.uncovered == 0 && now.shortfall != nil)
        #expect(try status(in: 27).warnings.contains { $0.contains("is too old") })
        // The check goes by the time that it is given, too.
        let later = Clock.system.now() + .hours(27)
        #expect(try scratch.workspace.fsck().warnings == [])
        #expect(try scratch.workspace.fsck(now: later).warnings.contains { $0.contains("is too old") })
    }

    @Test func `one of two witnesses is enough for a policy of any`() async throws {
        try configure("group g any a b\nquorum g")
        try await anchor(down: "b")
        let now = try status()
        #expect(now.isVouchedFor && now.isCovered && now.lacking == [])
    }

    @Test func `clocks that stay silent raise the alarm of age while a witness answers`() async throws {
        try configure("quorum a", clocks: [.init(name: "t", address: "http://t.example/")])
        #expect(try await anchor().problems.count == 1)
        let now = try status()
        #expect(!now.isVouchedFor && !now.isCovered)
        #expect(now.lacking.allSatisfy { $0.contains("time stamps below 0") } && now.lacking.count == 1)
        #expect(try !status(in: 27).warnings.isEmpty)
    }

    @Test func `a setting that is gone from a log with anchors is a fault and an alarm`() async throws {
        #expect(try scratch.workspace.lostAnchoring() == nil)
        #expect(try scratch.workspace.fsck().faults == [])
        #expect(try status().warnings == [])
        try configure("quorum a")
        try await anchor()
        #expect(try scratch.workspace.fsck().faults == [])
        #expect(try status().warnings == [])
        try FileManager.default.removeItem(atPath: scratch.folder + "/.assay/anchoring.json")
        let report = try scratch.workspace.fsck()
        #expect(report.faults.count == 1 && report.warnings == [], "\(report.faults) \(report.warnings)")
        #expect(report.faults.allSatisfy { $0.contains("anchoring.json: it is gone") }, "\(report.faults)")
        #expect(report.remedies.contains { $0.contains("anchoring.json: restore it") })
        let warnings = try status().warnings
        #expect(warnings.count == 1 && warnings.allSatisfy { $0.contains("log configure") }, "\(warnings)")
        // To ask nobody is a setting, too.
        try scratch.workspace.setAnchoring(
            AnchoringSetting(
                authorities: [], roots: [], policy: try WitnessPolicy(parsing: "quorum none\n")))
        #expect(try scratch.workspace.fsck().faults == [])
        #expect(try status().warnings == [])
    }
}
