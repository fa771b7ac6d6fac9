import Formats
import Ledger
import Evidence
import Storage
import StorageSQLite
import Workload

/// The log: many entries in one commit, one commit a batch, and the tree itself.
enum LedgerAppend {
    static func run(_ setting: Setting) throws -> [Finding] {
        let signer = try Store.signer()
        let count = setting.size(10_000, quick: 5_000)
        var entries: [LogEntry] = []
        let signing = try Stopwatch.seconds { entries = try (0..<count).map { try entry($0, signer) } }
        let size = (entries.first?.bytes.count ?? 0) / 100 * 100
        return [
            Finding(
                "make and sign log entries of \(size) bytes", Figure.rate(Double(count) / signing)),
            try bulk(entries, signer, setting), try durable(entries, signer, setting), try tree(setting),
        ]
    }

    static func entry(_ index: Int, _ signer: NoteSigner) throws -> LogEntry {
        let names = ["facts", "received", "setAside", "unchanged"]
        let counts: [(String, JSON)] = names.map { ($0, .integer(Int64(index))) }
        let predicate: [(String, JSON)] = [
            ("counts", .object(counts)), ("kinds", .array([.string("vcs.change")])),
            ("mode", .string("changes")), ("query", .string("git log --topo-order --name-only main")),
            ("recorded", .string(Store.recorded.description)), ("source", .string("portal")),
        ]
        return try LogEntry(
            Statement(
                subjects: [.init(name: "batch/portal", digest: .sha256("\(index)".utf8))],
                predicateType: "urn:assay:benchmark:1",
                predicate: JSONObject(predicate.map { .init(name: $0.0, value: $0.1) })),
            signedBy: [signer])
    }

    static func open(_ setting: Setting) throws -> SQLiteDatabase {
        try SQLiteDatabase(
            path: try setting.makeFolder("log") + "/log.db",
            migrations: [LogTable.migration, LogTable.tiles])
    }

    /// The root over entries, computed apart from the log.
    private static func root(_ entries: some Sequence<LogEntry>) -> Digest {
        MemoryTree(entries.map(\.leafHash)).root
    }

    private static func check(_ database: SQLiteDatabase, _ entries: ArraySlice<LogEntry>) throws {
        let note = try database.read { try LogTable.checkpoint($0) } ?? ""
        let lines = note.split(separator: "\n").map(String.init)
        try expect(
            Array(lines.dropFirst().prefix(2)),
            is: ["\(entries.count)", Base64.encode(root(entries).bytes)], "checkpoint")
    }

    private static func bulk(_ entries: [LogEntry], _ signer: NoteSigner, _ setting: Setting) throws
        -> Finding
    {
        var rounds = Rounds()
        for _ in 0..<setting.rounds {
            let database = try open(setting)
            rounds.add(
                ours: try Stopwatch.seconds {
                    try database.write { _ = try LogTable.append(entries, signer: signer, $0) }
                })
            try check(database, entries[...])
            try database.close()
            rounds.add(peer: Machine.hashing(2 * entries.count))
        }
        let rate = Double(entries.count) / rounds.our
        return Finding(
            "append to the log, \(Figure.count(entries.count)) ready entries, 1 commit", Figure.rate(rate),
            beside: "two hashes each (H/2): \(Figure.rate(Double(entries.count) / rounds.peers))",
            ratio: rounds.share, gate: .rate(100_000, found: rate))
    }

    private static func durable(_ entries: [LogEntry], _ signer: NoteSigner, _ setting: Setting) throws
        -> Finding
    {
        let commits = setting.size(200, quick: 50)
        let perCommit = 10
        let database = try open(setting)
        var rounds = Rounds()
        for commit in 0..<commits {
            let batch = Array(entries[commit * perCommit..<(commit + 1) * perCommit])
            rounds.add(
                ours: try Stopwatch.seconds {
                    try database.write { _ = try LogTable.append(batch, signer: signer, $0) }
                })
            // The same bytes, appended to a file and synced: what no durable store can undercut.
            for seconds in try Machine.syncing([batch.flatMap(\.bytes)], in: setting) {
                rounds.add(peer: seconds)
            }
        }
        try check(database, entries[..<(commits * perCommit)])
        try database.close()
        return Finding(
            "append to the log, \(perCommit) entries a commit, durable", Figure.rate(1 / rounds.our),
            beside: "one fdatasync (F): \(Figure.rate(1 / rounds.peers))", ratio: rounds.share)
    }

    private static func tree(_ setting: Setting) throws -> Finding {
        let count = setting.size(500_000, quick: 100_000)
        var random = SplitMix64(seed: 3)
        let leaves = random.bytes(count * 64)
        var rounds = Rounds()
        var roots: Set<Digest> = []
        for _ in 0..<max(3, setting.rounds) {
            var tree = MerkleAccumulator()
            rounds.add(
                ours: Stopwatch.seconds {
                    for leaf in 0..<count {
                        tree.append(MerkleTree.leafHash(leaves[leaf * 64..<(leaf + 1) * 64]))
                    }
                    roots.insert(tree.root)
                })
            rounds.add(peer: Machine.hashing(2 * count - 1))
        }
        try expect(roots, is: [subtree(leaves, 0..<count)], "root of the tree")
        return Finding(
            "build the tree of \(Figure.count(count)) leaves of 64 bytes",
            Figure.rate(Double(count) / rounds.our),
            beside: "2n - 1 hashes at H: \(Figure.rate(Double(count) / rounds.peers))", ratio: rounds.share,
            gate: .share(0.7, found: rounds.share))
    }

    /// The tree's own definition (RFC 9162 §2.1.1), split by split.
    private static func subtree(_ leaves: [UInt8], _ range: Range<Int>) -> Digest {
        if range.count == 1 { return .sha256([0] + leaves[range.lowerBound * 64..<range.upperBound * 64]) }
        var split = 1
        while split * 2 < range.count { split *= 2 }
        let middle = range.lowerBound + split
        let left = subtree(leaves, range.lowerBound..<middle)
        let right = subtree(leaves, middle..<range.upperBound)
        return .sha256([1] + left.bytes + right.bytes)
    }
}
