import Assessment
import Evidence
import Formats
import Ledger
import Storage

/// What a check of a workspace found.
package struct FsckReport: Sendable {
    package internal(set) var entries = 0
    package internal(set) var hashes = 0
    package internal(set) var batches = 0
    package internal(set) var items = 0
    package internal(set) var faults: [String] = []

    package var isClean: Bool { faults.isEmpty }
}

extension Workspace {
    /// Checks everything that is stored: the checkpoint and its signature, every hash of the tree, every signature of an
    /// entry, every payload against the log, and the index against both.
    package func fsck(progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }) throws -> FsckReport {
        try database.read { database in
            var check = Fsck(workspace: self, database: database)
            try check.log()
            try check.batches(progress)
            try check.program()
            try check.assessments()
            return check.report
        }
    }
}

private struct Fsck {
    let workspace: Workspace
    let database: any Reading
    var report = FsckReport()
    private var types: [Int: Identifier] = [:]
    private var unreadable: Set<Int> = []

    init(workspace: Workspace, database: any Reading) {
        self.workspace = workspace
        self.database = database
    }

    private mutating func fault(_ what: String) {
        report.faults.append(what)
    }

    // MARK: Log

    /// Rebuilds the tree from the entries and compares every stored node, then the signed root.
    mutating func log() throws {
        let reader = DatabaseHashReader(database)
        var tree = MerkleAccumulator()
        var nodes: [TreeNode] = []
        var next = 0
        try database.query("SELECT leaf, bytes FROM entry ORDER BY leaf") { row in
            let leaf = Int(try row.integer(0))
            if leaf != next { fault("log: entry \(next) is missing") }
            next = leaf + 1
            let bytes = try row.bytes(1)
            tree.append(MerkleTree.leafHash(bytes)) { nodes.append($0) }
            do {
                let entry = try LogEntry(bytes: bytes)
                types[leaf] = try entry.verifiedStatement(by: [workspace.signer.verifier]).predicateType
            } catch {
                fault("log entry \(leaf): \(error)")
            }
        }
        for node in nodes {
            let stored = try? reader.hash(level: node.level, index: node.index)
            if stored != node.digest {
                fault("log: the hash at level \(node.level), position \(node.index) is wrong or missing")
            }
        }
        let storedNodes = Int(try database.integer("SELECT count(*) FROM node") ?? 0)
        if storedNodes != nodes.count {
            fault("log: \(storedNodes) hashes are stored where \(nodes.count) belong")
        }
        report.entries = tree.size
        report.hashes = nodes.count
        try checkpoint(size: tree.size, root: tree.root)
    }

    private mutating func checkpoint(size: Int, root: Digest) throws {
        guard let note = try LogTable.checkpoint(database) else {
            if size > 0 { fault("log: there are entries but no checkpoint") }
            return
        }
        do {
            let verifier = workspace.signer.verifier
            let opened = try Checkpoint.open(Array(note.utf8), verifiers: [verifier], origin: verifier.name)
            if opened.size != size {
                fault("checkpoint: speaks of \(opened.size) entries, \(size) are stored")
            }
            if opened.root != root { fault("checkpoint: the entries do not have the root that was signed") }
        } catch {
            fault("checkpoint: \(error)")
        }
    }

    // MARK: Evidence

    mutating func batches(_ progress: (_ done: Int, _ all: Int) -> Void) throws {
        let rows = try EvidenceTables.batches(database)
        let reader = EvidenceReader(database, blobs: workspace.blobs)
        var items: [Int: Int] = [:]
        for (done, row) in rows.enumerated() {
            do {
                let batch = try reader.batch(row)
                if batch.statement.recorded != row.recorded || batch.statement.source != row.source
                    || batch.lines.count != row.items
                {
                    fault("index: the row of batch \(row.leaf) differs from the log")
                }
                items[row.leaf] = batch.lines.count
                report.items += batch.lines.count
            } catch {
                fault("batch \(row.leaf): \(error)")
                unreadable.insert(row.leaf)
            }
            progress(done + 1, rows.count)
        }
        report.batches = rows.count
        try index(items)
        compare(rows.map(\.leaf), with: BatchStatement.predicateType, named: "batch")
    }

    /// The index must hold exactly one row for each item. A batch that cannot be read has its own fault already.
    private mutating func index(_ items: [Int: Int]) throws {
        var indexed: [Int: Int] = [:]
        try database.query("SELECT batch, count(*) FROM fact GROUP BY batch") {
            indexed[Int(try $0.integer(0))] = Int(try $0.integer(1))
        }
        for leaf in Set(items.keys).union(indexed.keys).subtracting(unreadable).sorted()
        where items[leaf, default: 0] != indexed[leaf, default: 0] {
            fault(
                "index: batch \(leaf) has \(items[leaf, default: 0]) items but \(indexed[leaf, default: 0]) rows"
            )
        }
    }

    // MARK: Program and assessments

    mutating func program() throws {
        let rows = try ProgramTable.rows(.program, database)
        do {
            _ = try workspace.program(database)
        } catch {
            fault("program: \(error)")
        }
        compare(rows.map(\.leaf), with: ProgramStatement.predicateType, named: "program")
    }

    mutating func assessments() throws {
        let rows = try ProgramTable.rows(.assessment, database)
        for row in rows {
            do {
                let bytes = try workspace.blobs.get(row.payload)
                let entry = try LogTable.entry(row.leaf, database)
                let statement = entry.flatMap { AssessmentStatement($0.statement) }
                if statement?.result != Digest.sha256(bytes) {
                    fault("assessment \(row.leaf): the stored result is not the one in the log")
                }
            } catch {
                fault("assessment \(row.leaf): \(error)")
            }
        }
        compare(rows.map(\.leaf), with: AssessmentStatement.predicateType, named: "assessment")
    }

    /// The rows of a table must name exactly the log's entries of their type.
    private mutating func compare(_ leaves: [Int], with type: Identifier, named name: String) {
        let logged = Set(types.filter { $0.value == type }.keys)
        for leaf in logged.subtracting(leaves).sorted() {
            fault("index: no \(name) row for log entry \(leaf)")
        }
        for leaf in Set(leaves).subtracting(logged).sorted() {
            fault("index: the \(name) row \(leaf) has no such log entry")
        }
    }
}
