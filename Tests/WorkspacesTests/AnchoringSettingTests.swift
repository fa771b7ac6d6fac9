import Formats
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
}
