import Assessment
import Evidence
import Ledger
import Storage

/// The log against its own checkpoints and keys.
extension Fsck {
    /// Rebuilds the tree from the entries and compares every stored tile and every signed root. Where the keys make up no
    /// history, all is read the same, but for who signed and which collection follows which.
    mutating func log() throws {
        let keys = keyHistory()
        let notes = try checkpoints()
        var filling = TileFilling()
        var tiles = 0
        // Told behind what is wrong with the entries themselves.
        var wrong: [String] = []
        func compare(_ tile: TileFilling.Tile) {
            tiles += 1
            report.hashes += tile.hashes.count
            let stored = try? TileTable.bytes(row: tile.row, index: tile.index, database)
            if stored != tile.bytes {
                wrong.append(
                    "log: tile \(tile.index) of row \(tile.row) is missing, or not that of the entries")
            }
        }
        var provenance = keys.map { Provenance($0) }
        let newest = notes.keys.max() ?? 0
        // A workspace appends one entry at a time, and signs each. Whether the newest is signed is asked below.
        var unsigned: [Int] = []
        var next = 0
        try database.query("SELECT leaf, bytes FROM entry ORDER BY leaf") { row in
            let leaf = Int(try row.integer(0))
            if leaf != next { fault("log: entry \(next) is missing") }
            next = leaf + 1
            let bytes = try row.bytes(1)
            filling.append(MerkleTree.leafHash(bytes), filled: compare)
            let size = filling.tree.size
            if let note = notes[size] {
                checkpoint(note, size: size, root: filling.tree.root, keys)
            } else if size < newest {
                unsigned.append(size)
            }
            do {
                let entry = try LogEntry(bytes: bytes)
                types[leaf] = entry.statement.predicateType
                tombstones.add(entry.statement, leaf: leaf)
                try provenance?.follow(entry, at: leaf)
            } catch {
                fault("log entry \(leaf): \(error)")
            }
        }
        for tile in filling.partial { compare(tile) }
        for what in wrong { fault(what) }
        let stored = Int(try database.integer("SELECT count(*) FROM tile") ?? 0)
        if stored != tiles { fault("log: \(stored) tiles are stored where \(tiles) belong") }
        report.entries = filling.tree.size
        if newest != report.entries {
            fault("checkpoint: the newest speaks of \(newest) entries, \(report.entries) are stored")
        }
        if let first = unsigned.first {
            fault("checkpoint: \(unsigned.count) are missing, the first of them that of \(first) entries")
        }
    }

    /// All signed checkpoints by the size of the log that they speak of.
    private func checkpoints() throws -> [Int: String] {
        var notes: [Int: String] = [:]
        try database.query("SELECT size, note FROM checkpoint") {
            notes[Int(try $0.integer(0))] = try $0.text(1)
        }
        return notes
    }

    /// The log's keys, as its own entries tell them.
    private mutating func keyHistory() -> KeyHistory? {
        do {
            return try workspace.keys(database)
        } catch let error as KeyHistoryError {
            guard case .twice = error else {
                fault("keys: \(error)")
                return nil
            }
            // The database is as it was written, and a backup would be no better.
            note(
                "keys: \(error). No verifier takes this log for sound, and its signatures were not checked",
                remedy:
                    "\(workspace.path): begin a new workspace in another folder, and keep this one: an earlier "
                    + "version let the key be put in use again")
            return nil
        } catch {
            fault("keys: \(error)")
            return nil
        }
    }

    private mutating func checkpoint(_ note: String, size: Int, root: Digest, _ keys: KeyHistory?) {
        do {
            let opened = try opened(Array(note.utf8), keys)
            if opened.size != size || opened.root != root {
                fault("checkpoint of \(size) entries: the entries do not have the root that was signed")
            }
        } catch {
            fault("checkpoint of \(size) entries: \(error)")
        }
    }

    /// The checkpoint in a note that the log's key of its size has signed; without the keys, whoever signed it.
    func opened(_ note: [UInt8], _ keys: KeyHistory?) throws -> Checkpoint {
        if let keys { return try keys.open(note, origin: workspace.origin) }
        return try Checkpoint(text: SignedNote(parsing: note).text)
    }
}

extension Provenance {
    /// Takes the next entry in and checks its signature. One fault is told once: the series goes on from an entry whose
    /// signature is wrong.
    fileprivate mutating func follow(_ entry: LogEntry, at leaf: Int) throws {
        let signature = Result { try checkSignature(entry, at: leaf) }
        try add(entry, at: leaf)
        try signature.get()
    }
}
