import Evidence
import Formats
import Foundation
import Ledger
import Storage
import StorageSQLite

/// What the stored log promises, each beside the bound of its kind from the same run.
enum LogGates {
    static func run(_ setting: Setting) throws -> [Finding] {
        try [cores(setting)] + oneClient(setting) + largeLog(setting) + [published(setting)]
    }

    /// The tree over leaves on all cores, as a payload's check builds it, beside one core.
    private static func cores(_ setting: Setting) throws -> Finding {
        let count = setting.size(1 << 19, quick: 1 << 16)
        let leaves = (0..<count).map { Digest.sha256("\($0)".utf8) }
        let stretch = 1 << 10
        var rounds = Rounds()
        var roots: Set<Digest> = []
        for _ in 0..<max(3, setting.rounds) {
            rounds.add(
                ours: Stopwatch.seconds {
                    var tree = MerkleAccumulator()
                    let stretches = Parallel.map(Array(0..<count / stretch)) { index in
                        MerkleStretch(
                            start: index * stretch, Array(leaves[index * stretch..<(index + 1) * stretch]))
                    }
                    for stretch in stretches { tree.append(stretch) }
                    roots.insert(tree.root)
                })
            rounds.add(
                peer: Stopwatch.seconds {
                    var tree = MerkleAccumulator()
                    for leaf in leaves { tree.append(leaf) }
                    roots.insert(tree.root)
                })
        }
        try expect(roots.count, is: 1, "roots of the same leaves")
        return Finding(
            "build the tree of \(Figure.count(count)) leaves, \(Parallel.cores) cores",
            Figure.rate(Double(count) / rounds.our),
            beside: "one core: \(Figure.rate(Double(count) / rounds.peers))", ratio: rounds.share,
            gate: .share(1.6, found: rounds.share))
    }

    /// One entry a commit, each waited for, beside the same bytes written over those of a file and made durable.
    private static func oneClient(_ setting: Setting) throws -> [Finding] {
        let signer = try Store.signer()
        let count = setting.size(600, quick: 60)
        let entries = try (0..<count).map { try LedgerAppend.entry($0, signer) }
        let database = try LedgerAppend.open(setting)
        defer { try? database.close() }
        var rounds = Rounds()
        for entry in entries {
            rounds.add(
                ours: try Stopwatch.seconds {
                    try database.write { _ = try LogTable.append([entry], signer: signer, $0) }
                })
            for seconds in try Machine.syncing([entry.bytes], over: true, in: setting) {
                rounds.add(peer: seconds)
            }
        }
        let slowest = rounds.ours.percentile(99)
        let name = "append one entry, sign the checkpoint, durable"
        let bound = "fdatasync over old bytes: \(Figure.time(rounds.peers))"
        return [
            Finding(
                "\(name), median", Figure.time(rounds.our), beside: bound, ratio: rounds.share,
                gate: .share(1 / 1.3, found: rounds.share)),
            Finding(
                "  99 of 100", Figure.time(slowest),
                beside: "the same, 99 of 100: \(Figure.time(rounds.peer.percentile(99)))",
                ratio: rounds.peers / slowest, gate: .share(1 / 3, found: rounds.peers / slowest)),
        ]
    }

    /// Proofs and size of a log that has grown large, of which only the hashes are here.
    private static func largeLog(_ setting: Setting) throws -> [Finding] {
        let count = setting.size(10_000_000, quick: 100_000)
        let folder = try setting.makeFolder("large")
        let database = try SQLiteDatabase(
            path: folder + "/log.db", migrations: [LogTable.migration, LogTable.tiles])
        defer { try? database.close() }
        func leaf(_ index: Int) -> Digest { .sha256(withUnsafeBytes(of: index.littleEndian, Array.init)) }
        var filling = TileFilling()
        try database.write { database in
            try TileTable.write(database) { write in
                for index in 0..<count { try filling.append(leaf(index), filled: write) }
                for tile in filling.partial { try write(tile) }
            }
        }
        let root = filling.tree.root
        var seconds: [Double] = []
        let stored = try database.read { database in
            let reader = DatabaseHashReader(database)
            for index in stride(from: 0, to: count, by: max(1, count / 1_000)) {
                var proof: InclusionProof?
                let took = try Stopwatch.seconds {
                    proof = try MerkleTree.inclusionProof(index: index, size: count, reader: reader)
                }
                seconds.append(took)
                try proof?.verify(leaf: leaf(index), root: root)
            }
            return try database.integer("SELECT sum(length(hashes)) FROM tile") ?? 0
        }
        let slowest = seconds.percentile(99)
        let each = Double(stored) / Double(count)
        return [
            Finding(
                "inclusion proof out of \(Figure.count(count)) entries, 99 of 100", Figure.time(slowest),
                beside: "median \(Figure.time(seconds.median))",
                gate: .seconds(0.001, found: slowest)),
            Finding(
                "hashes stored for each entry", "\((each * 100).rounded() / 100) bytes",
                beside: "tiles of 256: 32.13 bytes", ratio: 32.13 / each,
                gate: .share(32.13 / 33, found: 32.13 / each)),
        ]
    }

    /// The check of a published log, which is all that an outsider has: every entry, every hash, the signed root.
    private static func published(_ setting: Setting) throws -> Finding {
        let signer = try Store.signer()
        let count = setting.size(50_000, quick: 5_000)
        let entries = EntriesInMemory(all: try (0..<count).map { try LedgerAppend.entry($0, signer).bytes })
        let tree = MemoryTree(entries.all.map { MerkleTree.leafHash($0) })
        let files = FilesOnDisk(folder: try setting.makeFolder("published"))
        let checkpoint = try Checkpoint(origin: signer.name, size: count, root: tree.root)
        try TileLayout.export(
            checkpoint: try checkpoint.signed(by: signer), size: count, hashes: tree, entries: entries,
            write: files.write)
        let bytes = entries.all.reduce(0) { $0 + $1.count }
        let text = [UInt8](repeating: 0x5A, count: bytes)
        var rounds = Rounds()
        for _ in 0..<max(3, setting.rounds) {
            var check: TileCheck?
            rounds.add(
                ours: try Stopwatch.seconds {
                    check = try TileLayout.check(
                        reader: files, verifiers: [signer.verifier], origin: signer.name)
                })
            try expect(check?.faults, is: [], "faults of the published log")
            try expect(check?.entries, is: count, "entries of the published log")
            rounds.add(peer: Machine.hashing(text) + Machine.hashing(2 * count))
        }
        return Finding(
            "check a published log of \(Figure.count(count)) entries, \(bytes >> 20) MiB",
            Figure.time(rounds.our),
            beside: "bytes / B + 2n / H: \(Figure.time(rounds.peers))", ratio: rounds.share,
            gate: .share(0.6, found: rounds.share))
    }
}

private struct EntriesInMemory: EntryReader {
    let all: [[UInt8]]
    func entries(_ indexes: Range<Int>) -> [[UInt8]] { Array(all[indexes]) }
}

/// A published log as it lies on the disk.
private struct FilesOnDisk: FileReader {
    let folder: String

    func file(at path: String) -> [UInt8]? {
        FileManager.default.contents(atPath: folder + "/" + path).map { Array($0) }
    }

    func write(_ path: String, _ bytes: [UInt8]) throws {
        let file = URL(fileURLWithPath: folder + "/" + path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
    }
}
