import Evidence
import Formats
import Ledger
import Storage
import Testing

@testable import Workspaces

/// What witnesses say of a log that is not as they know it, and what a recovery makes of that.
@Suite struct AnchorWitnessTests {
    private let scratch: ScratchWorkspace
    private let witness: NoteSigner

    init() throws {
        scratch = try ScratchWorkspace()
        _ = try scratch.applied()
        witness = try Self.key(1)
        try rely(on: witness)
    }

    private static func key(_ seed: UInt8) throws -> NoteSigner {
        try NoteSigner(
            name: Identifier("witness-\(seed).example/w"),
            key: try #require(SigningKey(seed: [UInt8](repeating: seed, count: 32))),
            algorithm: .ed25519Cosignature)
    }

    private func rely(on witness: NoteSigner?) throws {
        let line = witness.map { "witness w \($0.verifier.vkey) http://127.0.0.1:9/\nquorum w\n" }
        try scratch.workspace.setAnchoring(
            AnchoringSetting(
                authorities: [], roots: [], policy: try WitnessPolicy(parsing: line ?? "quorum none\n")))
    }

    /// The answer of a witness that signs whatever comes, or holds to so many entries of a history of its own.
    private static func answer(
        _ body: [UInt8], by witness: NoteSigner, holdingTo size: Int?, lines: Int
    ) throws -> WitnessAnswer {
        let request = try AddCheckpoint(parsing: body)
        if let size { return request.old == size ? .unproven : .conflict(size: size) }
        return .cosigned(
            try (0..<lines).map { number in
                try Cosignature.line(
                    for: request.checkpoint.text, at: UInt64(1_700_000_000 + number), by: witness)
            })
    }

    @discardableResult
    private func anchor(
        by witness: NoteSigner? = nil, holdingTo size: Int? = nil, lines: Int = 1
    ) async throws -> AnchorOutcome {
        let witness = witness ?? self.witness
        return try await scratch.workspace.anchor(reason: "manual", clock: .system) { _, _, body in
            let http = try Self.answer(body, by: witness, holdingTo: size, lines: lines).http
            return (http.status, http.type, http.body)
        }
    }

    /// The alarm that a witness raises who holds to so many entries; nil when it is only told of.
    private func alarm(by witness: NoteSigner? = nil, holdingTo size: Int) async throws -> LogAlarm? {
        do {
            let outcome = try await anchor(by: witness, holdingTo: size)
            Issue.record("it has signed \(outcome.anchor.size) entries")
            return nil
        } catch AnchorError.alarm(let alarm) {
            return alarm
        } catch AnchorError.nobody(let problems) {
            #expect(problems.allSatisfy { $0.contains("assay witness forget") }, "\(problems)")
            return nil
        }
    }

    private func size() throws -> Int { try scratch.workspace.database.read { try LogTable.size($0) } }

    @Test func `a history that this copy does not remember is no mere rollback, and its loss is stated`()
        async throws
    {
        let workspace = scratch.workspace
        let common = try await anchor().anchor.size
        let theirs = try size()
        #expect(theirs > common)
        let found = try #require(try await alarm(holdingTo: theirs))
        #expect(found.kind == .divergence && found.size == theirs)
        #expect(found.text.contains("another history") && found.text.contains("recover --restored"))
        // That it was restored is for somebody to say.
        #expect(throws: AnchorError.self) { try workspace.recover(reason: "night", clock: .system) }
        let recovered = try workspace.recover(reason: "night", isRestored: true, clock: .system)
        let statement = try #require(recovered.first?.statement)
        #expect(recovered.count == 1 && statement.size == common && statement.witnessed == theirs)
        #expect(statement.witness == witness.verifier.hint)
        #expect(recovered.first?.text.contains("the first \(common) are known to be in this log") == true)
        // It holds to what was lost until its operator forgets it, and then signs again.
        #expect(try await alarm(holdingTo: theirs) == nil)
        try await anchor()
        #expect(try workspace.fsck().faults == [])
    }

    @Test func `a witness that is wrong about a history is let go of with its policy`() async throws {
        try await anchor()
        let theirs = try size()
        #expect(try await alarm(holdingTo: theirs)?.kind == .divergence)
        try rely(on: nil)
        let recovered = try scratch.workspace.recover(reason: "it is wrong", clock: .system)
        #expect(recovered.map(\.kind) == [.divergence])
        _ = try scratch.workspace.rotate(.log, reason: "test", protection: .mode, clock: .system)
    }

    @Test func `a witness that denies what it signed for this copy is a fork, whatever is said`() async throws
    {
        let known = try await anchor().anchor.size
        #expect(try await alarm(holdingTo: known)?.kind == .fork)
        #expect(throws: AnchorError.self) {
            try scratch.workspace.recover(reason: "night", isRestored: true, clock: .system)
        }
        try rely(on: nil)
        let recovered = try scratch.workspace.recover(reason: "it was made to forget", clock: .system)
        #expect(recovered.map(\.kind) == [.fork])
        #expect(recovered.first?.text.contains("speaks of another history") == true)
    }

    @Test func `a recovery excuses one witness at one size, until it has signed again`() async throws {
        let workspace = scratch.workspace
        try await anchor()
        #expect(try await alarm(holdingTo: 1_000)?.kind == .rollback)
        _ = try workspace.recover(reason: "disk lost", clock: .system)
        #expect(try await alarm(holdingTo: 1_000) == nil)

        // A smaller size, and another witness at the same one.
        #expect(try await alarm(holdingTo: 999)?.size == 999)
        _ = try workspace.recover(reason: "disk lost", clock: .system)
        let other = try Self.key(2)
        try rely(on: other)
        #expect(try await alarm(by: other, holdingTo: 1_000)?.witness == other.verifier.hint)
        _ = try workspace.recover(reason: "disk lost", clock: .system)

        // What it says once it has let go of what was lost is news.
        try rely(on: witness)
        #expect(try await alarm(holdingTo: 1_000) == nil)
        try await anchor()
        #expect(try await alarm(holdingTo: 1_000)?.kind == .rollback)
    }

    @Test func `what was recorded and signed while a witness was asked is no older copy`() async throws {
        let workspace = scratch.workspace
        do {
            let outcome = try await workspace.anchor(reason: "manual", clock: .system) { _, _, _ in
                // As another process does that anchors what it has recorded.
                _ = try workspace.rotate(.collector, reason: "test", protection: .mode, clock: .system)
                let grown = try workspace.database.read { try LogTable.size($0) }
                let http = WitnessAnswer.conflict(size: grown).http
                return (http.status, http.type, http.body)
            }
            Issue.record("it has signed \(outcome.anchor.size) entries")
        } catch AnchorError.nobody(let problems) {
            #expect(
                problems.count == 1 && problems.allSatisfy { $0.contains("meanwhile; ask again") },
                "\(problems)")
        }
        #expect(try workspace.database.read { try LogAlarm.all($0) } == [])
        try await anchor()
        // One more than there are is an older copy.
        let more = try size() + 1
        #expect(try await alarm(holdingTo: more)?.kind == .rollback)
    }

    @Test func `a checkpoint that cannot be read keeps no loss from being put on record`() async throws {
        let workspace = scratch.workspace
        try await anchor()
        let lost = try workspace.database.read { database in
            let row = try #require(try AnchorTable.rows(database).last)
            return try StoredAnchor.names(row, database)
        }
        for name in lost { try workspace.blobs.remove(name) }
        #expect(try await alarm(holdingTo: 1_000)?.kind == .rollback)
        #expect(try workspace.recover(reason: "disk lost", clock: .system).map(\.kind) == [.rollback])

        // Whether this witness is wrong, its own checkpoints say, and not those that others have signed.
        let other = try Self.key(2)
        try rely(on: other)
        let known = try await anchor(by: other).anchor.size
        #expect(try await alarm(by: other, holdingTo: known)?.kind == .fork)
        try rely(on: nil)
        #expect(try workspace.recover(reason: "it is wrong", clock: .system).map(\.kind) == [.fork])

        // Here what cannot be read would have been the proof.
        try rely(on: witness)
        #expect(try await alarm(holdingTo: known)?.kind == .divergence)
        try rely(on: nil)
        #expect(throws: (any Error).self) { try workspace.recover(reason: "it is wrong", clock: .system) }
    }

    /// The signatures of each anchor's note on record.
    private func signatures() throws -> [Int] {
        let blobs = scratch.workspace.blobs
        return try scratch.workspace.database.read { database in
            try AnchorTable.rows(database).map { row in
                let anchor = try StoredAnchor(row, blobs: blobs, database)
                return try SignedNote(parsing: anchor.note).signatures.count
            }
        }
    }

    @Test func `of a witness one signature is taken, however many it sends`() async throws {
        try await anchor(lines: 100)
        #expect(try signatures() == [2], "the log's and the witness's")
        #expect(try scratch.workspace.fsck().faults == [])
    }

    @Test func `the signature that fits the witness's key is taken, wherever it stands`() async throws {
        let witness = witness
        let outcome = try await scratch.workspace.anchor(reason: "manual", clock: .system) { _, _, body in
            let request = try AddCheckpoint(parsing: body)
            let good = try Cosignature.line(for: request.checkpoint.text, at: 1_700_000_000, by: witness)
            let bad = SignedNote.Signature(
                name: good.name, keyID: good.keyID, bytes: [UInt8](repeating: 0, count: good.bytes.count))
            let http = WitnessAnswer.cosigned([bad, good, bad]).http
            return (http.status, http.type, http.body)
        }
        #expect(outcome.problems == [] && outcome.anchor.witnesses == [witness.verifier.hint])
        #expect(try signatures() == [2])
        #expect(try scratch.workspace.fsck().faults == [])
    }

    @Test func `no size is taken that an entry could not state`() async throws {
        do {
            try await anchor(holdingTo: 1 << 60)
            Issue.record("it was put on record")
        } catch AnchorError.nobody(let problems) {
            #expect(problems.allSatisfy { $0.contains("no log has so many") }, "\(problems)")
        }
    }
}
