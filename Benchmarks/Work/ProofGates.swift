import Assessment
import Evidence
import Formats
import Foundation
import Ledger

/// What is proven and checked without a store, each beside the bound of its kind from the same run.
enum ProofGates {
    static func run(_ setting: Setting) throws -> [Finding] {
        let signer = try Store.signer()
        let count = setting.size(20_000, quick: 5_000)
        let entries = try (0..<count).map { try LedgerAppend.entry($0, signer) }
        return try [
            proofs(setting), signatures(entries, signer, setting), reading(entries, setting),
        ] + payload(setting)
    }

    /// Many proofs under one checkpoint: a hash for each step of each path.
    private static func proofs(_ setting: Setting) throws -> Finding {
        let size = setting.size(1 << 16, quick: 1 << 13)
        let leaves = (0..<size).map { Digest.sha256("\($0)".utf8) }
        let tree = MemoryTree(leaves)
        let root = tree.root
        let proofs = try (0..<size).map { try tree.inclusionProof(index: $0) }
        let hashes = proofs.reduce(0) { $0 + $1.path.count }
        var rounds = Rounds()
        for _ in 0..<setting.rounds {
            rounds.add(
                ours: try Stopwatch.seconds {
                    for (leaf, proof) in zip(leaves, proofs) { try proof.verify(leaf: leaf, root: root) }
                })
            rounds.add(peer: Machine.hashing(hashes))
        }
        return Finding(
            "verify \(Figure.count(size)) proofs under one checkpoint",
            Figure.rate(Double(size) / rounds.our),
            beside: "path length / H: \(Figure.rate(Double(size) / rounds.peers))", ratio: rounds.share,
            gate: .share(0.5, found: rounds.share))
    }

    private static func signatures(
        _ entries: [LogEntry], _ signer: NoteSigner, _ setting: Setting
    ) throws -> Finding {
        let some = Array(entries.prefix(setting.size(4_000, quick: 1_000)))
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let verifier = signer.verifier
        var rounds = Rounds()
        for _ in 0..<setting.rounds {
            rounds.add(
                ours: try Stopwatch.seconds {
                    try Parallel.chunks(some.count) { range in
                        for index in range { _ = try some[index].verifiedStatement(by: [verifier]) }
                    }
                })
            // On all cores as well: what else the machine does slows both alike.
            rounds.add(
                peer: try Stopwatch.seconds {
                    try Parallel.chunks(some.count) { _ = try Machine.verifying($0.count) }
                })
        }
        return Finding(
            "check the signatures of log entries, \(cores) cores",
            Figure.rate(Double(some.count) / rounds.our),
            beside: "cores x V: \(Figure.rate(Double(some.count) / rounds.peers))", ratio: rounds.share,
            gate: .share(0.7, found: rounds.share))
    }

    /// An entry is read strictly: both JSON texts in it must be canonical to the byte.
    private static func reading(_ entries: [LogEntry], _ setting: Setting) throws -> Finding {
        var rounds = Rounds()
        let bytes = entries.map(\.bytes)
        for _ in 0..<setting.rounds {
            rounds.add(
                ours: try Stopwatch.seconds { for entry in bytes { keep(try LogEntry(bytes: entry)) } })
            rounds.add(peer: Stopwatch.seconds { for entry in bytes { keep(MerkleTree.leafHash(entry)) } })
        }
        return Finding(
            "read log entries, canonical to the byte", Figure.rate(Double(bytes.count) / rounds.our),
            beside: "their leaf hashes: \(Figure.rate(Double(bytes.count) / rounds.peers))",
            ratio: rounds.share)
    }

    /// What most of a package's verification is: a population's lines read strictly and proven against its root.
    private static func payload(_ setting: Setting) throws -> [Finding] {
        let count = setting.size(100_000, quick: 5_000)
        let salts = [UInt8](repeating: 9, count: 32)
        var bytes: [UInt8] = []
        var tree = MerkleAccumulator()
        for index in 0..<count {
            let value: [(String, JSON)] = [
                ("enabled", .bool(index % 7 != 0)), ("login", .string("account-\(index)@portal.example")),
                ("mfa", .bool(true)), ("owner_id", .string("p-\(index % 997)")),
                ("roles", .array([.string("reader"), .string("reporter")])),
            ]
            let fact = Fact.state(
                "idp.account", Identifier("a-\(index)"), from: Store.recorded,
                JSONObject(value.map { .init(name: $0.0, value: $0.1) }))
            let line = try PayloadLine(fact, saltKey: salts)
            tree.append(line.leafHash)
            bytes += line.bytes + [0x0A]
        }
        let population = Population(root: tree.root, count: count)
        let pieces = stride(from: 0, to: bytes.count, by: 1 << 18).map {
            Array(bytes[$0..<min(bytes.count, $0 + 1 << 18)])
        }
        let lines = bytes.split(separator: 0x0A).map { Array($0) }
        var rounds = Rounds()
        var bound: [Double] = []
        for _ in 0..<setting.rounds {
            rounds.add(
                ours: try Stopwatch.seconds {
                    // As a verification reads: what was found in lines is kept, not the lines.
                    var reading = PayloadReading { $0.count }
                    for piece in pieces { try reading.append(piece) { keep($1) } }
                    try reading.finish(population) { keep($1) }
                })
            rounds.add(peer: Machine.hashing(bytes) + Machine.hashing(2 * count))
            bound.append(
                (rounds.peer.last ?? 0)
                    + (try Stopwatch.seconds { for line in lines { keep(try JSONTape(line)) } }))
        }
        let rate = Figure.rate(Double(count) / rounds.our)
        return [
            Finding(
                "prove \(Figure.count(count)) items of \(bytes.count / count) bytes, all cores", rate,
                beside: "bytes / B + 2n / H, one thread: \(Figure.rate(Double(count) / rounds.peers))",
                ratio: rounds.share, gate: .share(0.6, found: rounds.share)),
            Finding(
                "  the same, beside reading the JSON too", rate,
                beside: "one thread: \(Figure.rate(Double(count) / bound.median))",
                ratio: bound.median / rounds.our),
        ]
    }
}
