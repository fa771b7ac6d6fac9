import Synchronization
import TestSupport
import Testing

@testable import Formats
@testable import Ledger

/// What a witness has signed last, in memory.
final class MemoryWitnessStore: WitnessStore {
    private let latest = Mutex<[Identifier: [UInt8]]>([:])
    /// When set, nothing can be kept any more.
    let isFull = Mutex(false)

    struct Full: Error {}

    func latest(_ origin: Identifier) throws -> [UInt8]? { latest.withLock { $0[origin] } }

    func replace(_ origin: Identifier, old: [UInt8]?, new: [UInt8]) throws -> Bool {
        if isFull.withLock({ $0 }) { throw Full() }
        return latest.withLock { latest in
            guard latest[origin] == old else { return false }
            latest[origin] = new
            return true
        }
    }
}

@Suite struct WitnessTests {
    private let store = MemoryWitnessStore()
    private let witness: Witness
    private let key: NoteSigner
    private let log: NoteSigner
    private let tree = MemoryTree(leaves(40))

    init() throws {
        key = try NoteSigner(
            name: "witness.example/w", key: try #require(SigningKey(seed: Array(repeating: 9, count: 32))),
            algorithm: .ed25519Cosignature)
        log = try .sample()
        witness = try Witness(signer: key, logs: [log.verifier], store: store)
    }

    private func note(_ size: Int, root: Digest? = nil, by signer: NoteSigner? = nil) throws -> SignedNote {
        let root = try root ?? MerkleTree.root(size: size, reader: tree)
        let signer = signer ?? log
        return try Checkpoint(origin: signer.name, size: size, root: root).signed(by: signer)
    }

    private func request(_ old: Int, _ new: Int) throws -> AddCheckpoint {
        let path = old == 0 ? [] : try MerkleTree.consistencyProof(old: old, new: new, reader: tree).path
        return AddCheckpoint(old: old, path: path, checkpoint: try note(new))
    }

    @Test func `a growing log is cosigned, each time with the time of the witness`() throws {
        var old = 0
        for (time, size) in [1, 2, 3, 8, 8, 21, 40].enumerated() {
            let request = try request(old, size)
            #expect(try AddCheckpoint(parsing: request.encoded) == request)
            guard
                case .cosigned(let lines) = witness.answer(request.encoded, at: UInt64(1_700_000_000 + time))
            else {
                Issue.record("\(old) to \(size)")
                return
            }
            let signed = request.checkpoint.adding(lines)
            let both = [log.verifier, key.verifier]
            #expect(try SignedNote(parsing: signed.encoded).verified(by: both) == both)
            let cosignature = try #require(Cosignature(bytes: lines[0].bytes))
            #expect(cosignature.time == UInt64(1_700_000_000 + time))
            old = size
        }
    }

    @Test func `a rollback and a fork are refused, each in its way`() throws {
        _ = witness.answer(try request(0, 21).encoded, at: 1)
        let before = try store.latest("example.org/log")
        // A log restored from an older copy: it is told what the witness has.
        #expect(witness.answer(try request(8, 13).encoded, at: 2) == .conflict(size: 21))
        #expect(witness.answer(try request(0, 13).encoded, at: 2) == .conflict(size: 21))
        // Another history of the same size, and one that is longer.
        let other = MemoryTree((0..<40).map { MerkleTree.leafHash(bytes("other \($0)")) })
        let same = AddCheckpoint(
            old: 21, path: [], checkpoint: try note(21, root: try MerkleTree.root(size: 21, reader: other)))
        #expect(witness.answer(same.encoded, at: 2) == .conflict(size: nil))
        let longer = AddCheckpoint(
            old: 21, path: try MerkleTree.consistencyProof(old: 21, new: 40, reader: other).path,
            checkpoint: try note(40, root: other.root))
        #expect(witness.answer(longer.encoded, at: 2) == .unproven)
        #expect(try store.latest("example.org/log") == before)
    }

    @Test func `each status of the specification has its case`() throws {
        let good = try request(0, 8)
        #expect(witness.answer(bytes("old 08\n"), at: 1).http.status == 400)
        #expect(
            witness.answer(AddCheckpoint(old: 9, path: [], checkpoint: good.checkpoint).encoded, at: 1).http
                .status == 400)
        let stranger = try NoteSigner.sample("other.example/log")
        #expect(
            witness.answer(
                AddCheckpoint(old: 0, path: [], checkpoint: try note(8, by: stranger)).encoded, at: 1)
                == .unknownLog)
        let thief = try NoteSigner.sample(seed: 5)
        #expect(
            witness.answer(AddCheckpoint(old: 0, path: [], checkpoint: try note(8, by: thief)).encoded, at: 1)
                == .unsigned)
        #expect(
            witness.answer(
                AddCheckpoint(old: 0, path: [leaves(1)[0]], checkpoint: good.checkpoint).encoded, at: 1)
                == .unproven)
        store.isFull.withLock { $0 = true }
        let full = witness.answer(good.encoded, at: 1)
        #expect(full.http.status == 500, "nothing is signed that is not kept")
        for answer in [
            WitnessAnswer.cosigned([try Cosignature.line(for: good.checkpoint.text, at: 1, by: key)]),
            .unsigned,
            .unknownLog, .conflict(size: 21), .conflict(size: nil), .unproven,
        ] {
            let http = answer.http
            #expect(WitnessAnswer(status: http.status, type: http.type, body: http.body) == answer)
        }
    }

    @Test func `what a witness says comes without what would steer a terminal`() {
        let body = Array("no \u{1B}[31m\u{9B}32m\u{7F}\u{202E}é\nx\n".utf8)
        #expect(WitnessAnswer(status: 400, type: nil, body: body) == .malformed("no [31m32méx"))
        let long = WitnessAnswer(status: 500, type: nil, body: Array(repeating: 0x61, count: 5_000))
        #expect(long == .failed("status 500 " + String(repeating: "a", count: 200)))
    }

    @Test func `no part of a request makes it fall over`() throws {
        let request = try request(0, 40).encoded
        for length in request.indices {
            guard case .malformed = witness.answer(Array(request[..<length]), at: 1) else {
                // Only its last line end can be missing from a note; then the note is none.
                Issue.record("\(length)")
                return
            }
        }
        var random = Seeded(7)
        for _ in 0..<2_000 {
            var changed = request
            changed[random.below(changed.count)] = UInt8(truncatingIfNeeded: random.next())
            // What is signed is what the log has signed, whatever stands around it.
            guard case .cosigned = witness.answer(changed, at: 1) else { continue }
            #expect(try AddCheckpoint(parsing: changed).checkpoint.text == note(40).text)
        }
        let many = AddCheckpoint(old: 1, path: leaves(64), checkpoint: try note(2))
        #expect(throws: AddCheckpointError.hash(line: 65)) { try AddCheckpoint(parsing: many.encoded) }
    }

    @Test func `a quorum is met by the groups that the policy names`() throws {
        let keys = try (1...5).map { seed in
            try NoteSigner(
                name: Identifier("w\(seed).example/w"),
                key: try #require(SigningKey(seed: Array(repeating: UInt8(seed), count: 32))),
                algorithm: .ed25519Cosignature
            ).verifier
        }
        let head = keys.enumerated().map { "witness w\($0 + 1) \($1.vkey)\n" }.joined()
        let text =
            "# ours\n" + head
            + "group a 2 w1 w2 w3\n\tgroup b any w4 w5 \n\ngroup both all a b\nquorum both\n"
        let policy = try WitnessPolicy(parsing: text)
        for (signers, isMet) in [
            ([1, 2, 4], true), ([1, 3, 5], true), ([1, 2], false), ([1, 4, 5], false), ([], false),
        ] {
            #expect(policy.isMet(by: signers.map { keys[$0 - 1] }) == isMet, "\(signers)")
        }
        #expect(try WitnessPolicy(parsing: policy.lines.joined(separator: "\n") + "\n") == policy)
        #expect(try WitnessPolicy(parsing: "quorum none\n").isMet(by: []))
        for wrong in [
            "", head, head + "quorum w9", head + "quorum w1\nquorum w2",
            head + "group g 4 w1 w2 w3\nquorum g",
            head + "group g 0 w1\nquorum g", head + "group g all w1 w1\nquorum g",
            head + "group none any w1\nquorum none",
            head + "group g any w1\ngroup h any w1\nquorum h", head + head + "quorum w1",
            "witness x \(log.verifier.vkey)\nquorum x",
            head + "quorum w1\r", head + "group g any h\ngroup h any w1\nquorum g",
            "log \(keys[0].vkey)\nquorum none",
            head + "group g0 any w1\n" + (1...40).map { "group g\($0) any g\($0 - 1)\n" }.joined()
                + "quorum g40",
        ] {
            #expect(throws: PolicyError.self, "\(wrong)") { try WitnessPolicy(parsing: wrong) }
        }
    }
}
