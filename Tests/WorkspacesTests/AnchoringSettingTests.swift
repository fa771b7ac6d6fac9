import Formats
import Foundation
import Ledger
import Testing

@testable import Workspaces

/// Who is asked to vouch for the log.
@Suite struct AnchoringSettingTests {
    private let scratch: ScratchWorkspace

    init() throws {
        scratch = try ScratchWorkspace()
    }

    /// Any bytes will do: they are read when a stamp is checked.
    private func setting(_ address: String, roots: [[UInt8]] = [[1]]) -> AnchoringSetting {
        AnchoringSetting(authorities: [.init(name: "a", address: address)], roots: roots)
    }

    private func policy(_ address: String) throws -> WitnessPolicy {
        let seed = try #require(SigningKey(seed: [UInt8](repeating: 3, count: 32)))
        let witness = try NoteSigner(name: "witness.example/w", key: seed, algorithm: .ed25519Cosignature)
        return try WitnessPolicy(parsing: "witness w \(witness.verifier.vkey) \(address)\nquorum w\n")
    }

    private func isRefused(_ setting: AnchoringSetting) throws -> Bool {
        do {
            try scratch.workspace.setAnchoring(setting)
            return false
        } catch is AnchoringError {
            return true
        }
    }

    @Test func `nobody is asked in whom nothing would be trusted, or who has no address`() throws {
        #expect(try isRefused(setting("http://a.example/", roots: [])))
        for address in [
            "a.example", "ftp://a.example/", "http://", "http://me@a.example/", "http://a example/",
            "http://a.example:70000/",
        ] {
            #expect(try isRefused(setting(address)), "\(address)")
        }
        for address in ["w.example", "file:///w"] {
            var asking = setting("http://a.example/")
            asking.policy = try policy(address)
            #expect(try isRefused(asking), "\(address)")
        }
        #expect(try scratch.workspace.anchoring() == nil)

        var asking = setting("http://a.example/")
        asking.policy = try policy("https://w.example/")
        #expect(try !isRefused(asking))
        asking.authorities = []
        asking.roots = []
        #expect(try !isRefused(asking))
    }

    @Test func `of a setting that asks nobody it is said that nobody was asked`() async throws {
        let workspace = try scratch.applied()
        var asking = setting("http://a.example/")
        #expect(asking.asksAnybody)
        asking.authorities = []
        #expect(!asking.asksAnybody)
        asking.policy = try policy("https://w.example/")
        #expect(asking.asksAnybody)
        for quiet in [try policy(""), try WitnessPolicy(parsing: "quorum none\n")] {
            asking.policy = quiet
            #expect(try !isRefused(asking) && !asking.asksAnybody)
            do {
                let outcome = try await workspace.anchor(reason: "manual", clock: .system) { _, _, _ in
                    (500, nil, [])
                }
                Issue.record("it is put on record: \(outcome.anchor)")
            } catch AnchorError.nobodyAsked {
                #expect("\(AnchorError.nobodyAsked)".contains("nobody is asked"))
            }
        }
    }

    @Test func `no more clocks are asked to agree than there are`() throws {
        var asking = setting("http://a.example/", roots: [[1], [2]])
        for quorum in [0, 2, -1] {
            asking.clockQuorum = quorum
            #expect(try isRefused(asking), "\(quorum)")
        }
        asking.authorities.append(.init(name: "b", address: "http://b.example/"))
        asking.clockQuorum = 2
        #expect(try !isRefused(asking))
        #expect(try scratch.workspace.anchoring()?.clockQuorum == 2)
        let trust = try scratch.applied().trustFile()
        #expect(trust.clocks.quorum == 2 && trust.clocks.anchors.count == 2)
        #expect(try scratch.workspace.logStatus(now: Clock.system.now()).asked?.contains("2 of 2") == true)
        // Two authorities below one certificate count once for whoever verifies.
        asking.roots = [[1], [1]]
        #expect(try isRefused(asking))
    }

    private var path: String { scratch.folder + "/.assay/anchoring.json" }

    private func file() throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    private func write(_ text: String) throws {
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    @Test func `a setting is read as it was written, and no other way`() throws {
        var asking = setting("http://a.example/")
        asking.policy = try policy("https://w.example/")
        try scratch.workspace.setAnchoring(asking)
        let read = try #require(try scratch.workspace.anchoring())
        #expect(read.authorities == asking.authorities && read.roots == asking.roots)
        #expect(read.policy == asking.policy && read.maximumAge == asking.maximumAge)
        let whole = try file()
        for (old, new) in [
            ("\"policy\"", "\"qolicy\""), ("quorum w", "quorum v"), ("a.example", "b.example"),
            ("\"name\"", "\"nane\""), ("93600", "93601"), ("Quorum\":1", "Quorum\":3"),
            ("\"digest\"", "\"dugest\""),
            ("\"roots\":[\"AQ==\"]", "\"roots\":[]"),
        ] {
            try write(whole.replacing(old, with: new))
            #expect(try file() != whole, "\(old)")
            do {
                _ = try scratch.workspace.anchoring()
                Issue.record("it is taken with \(new)")
            } catch {
                #expect("\(error)".contains("anchoring.json"), "\(error)")
                #expect("\(error)".contains("restore the file from a backup"), "\(error)")
            }
            #expect(throws: (any Error).self) { try scratch.workspace.trustFile() }
        }
    }

    @Test func `a setting of before the digest is read still, and has one when it is made anew`() throws {
        try scratch.workspace.setAnchoring(setting("http://a.example/"))
        let whole = try file()
        let start = try #require(whole.firstRange(of: "\"digest\":\""))
        let end = try #require(whole[start.upperBound...].firstRange(of: "\","))
        let old = whole.replacingCharacters(in: start.lowerBound..<end.upperBound, with: "")
        #expect(!old.contains("digest"))
        try write(old)
        let read = try #require(try scratch.workspace.anchoring())
        #expect(read.authorities.map(\.name) == ["a"])
        #expect(try scratch.applied().fsck().faults == [])
        try scratch.workspace.setAnchoring(read)
        #expect(try file() == whole)
        // A member that nobody knows is none of an earlier version.
        try write(old.replacing("\"authorities\"", with: "\"more\":1,\"authorities\""))
        let faults = try scratch.workspace.fsck().faults
        #expect(faults.count == 1 && faults.allSatisfy { $0.contains("a member \"more\"") }, "\(faults)")
    }
}
