import Evidence
import Formats
import Ledger
import Testing

@testable import Assessment

/// What `verify` and `fsck` both ask of a log from entry to entry.
@Suite struct ProvenanceTests {
    private static func time() throws -> Instant { try #require(Instant("2026-03-01T00:00:00Z")) }

    private static func hold(
        _ action: HoldStatement.Action, _ name: Identifier, kind: Identifier? = nil
    ) throws -> Statement {
        HoldStatement(
            recorded: try time(), name: name, action: action, kind: kind, by: "counsel", reason: "dispute"
        ).statement
    }

    /// - Parameter leaf: the batch; by default one in front of every entry of these logs.
    private static func erasure(of kind: Identifier, batch leaf: Int = -1) throws -> Statement {
        ErasureStatement(
            recorded: try time(), kind: kind, by: "officer", reason: "request", basis: "none",
            retainedUntil: try time(), items: [ErasedItem(leaf: leaf, item: 0, hash: .sha256([1]))]
        ).statement
    }

    /// What is said against the last of these entries; nil when nothing is said against any.
    private static func objection(_ statements: [Statement]) throws -> String? {
        let signer = try NoteSigner(
            name: "o.example/log", key: try #require(SigningKey(seed: [UInt8](repeating: 7, count: 32))))
        var provenance = Provenance(KeyHistory(log: signer.verifier, collector: signer.verifier))
        for (leaf, statement) in statements.enumerated() {
            let entry = try LogEntry(statement, signedBy: [signer])
            do {
                try provenance.add(entry, at: leaf)
            } catch {
                return "\(leaf): \(error)"
            }
        }
        return nil
    }

    @Test func `an erasure behind a hold that covers it is told`() throws {
        for kind: Identifier? in [nil, "lab.sample"] {
            let said = try Self.objection([
                Self.hold(.place, "case-1", kind: kind), Self.erasure(of: "lab.sample"),
            ])
            #expect(
                said
                    == "1: it erases records of lab.sample, which the legal hold case-1 (log entry 0) covers")
        }
    }

    @Test func `an erasure in front of a hold, behind its release or of another kind is let be`() throws {
        #expect(
            try Self.objection([
                Self.erasure(of: "lab.sample"), Self.hold(.place, "case-1"), Self.hold(.release, "case-1"),
                Self.erasure(of: "lab.sample"), Self.hold(.place, "case-2", kind: "hr.employment"),
                Self.erasure(of: "lab.sample"),
            ]) == nil)
        // Another hold goes on.
        let said = try Self.objection([
            Self.hold(.place, "case-1"), Self.hold(.place, "case-2"), Self.hold(.release, "case-1"),
            Self.erasure(of: "lab.sample"),
        ])
        #expect(said?.contains("case-2 (log entry 1)") == true)
    }

    @Test func `an erasure of what comes behind it is told`() throws {
        for leaf in [1, 2] {
            let said = try Self.objection([
                Self.hold(.place, "case-1", kind: "hr.employment"),
                Self.erasure(of: "lab.sample", batch: leaf),
            ])
            #expect(
                said == "1: it says that item 1 of batch \(leaf) was erased, which is not in front of it")
        }
        #expect(
            try Self.objection([
                Self.hold(.place, "case-1", kind: "hr.employment"), Self.erasure(of: "lab.sample", batch: 0),
            ]) == nil)
        var tombstones = Tombstones()
        try tombstones.add(Self.erasure(of: "lab.sample", batch: 4), leaf: 4)
        #expect(tombstones.isEmpty)
        try tombstones.add(Self.erasure(of: "lab.sample", batch: 4), leaf: 5)
        #expect(tombstones.count == 1)
    }
}
