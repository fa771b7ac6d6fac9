package import Formats
package import Ledger
package import Storage

/// The transparency log in the database: its entries, and the hashes over them in tiles as it is published with.
package enum LogTable {
    package static let migration = Migration(
        "log",
        [
            "CREATE TABLE entry (leaf BIGINT PRIMARY KEY, bytes BYTEA NOT NULL)",
            """
            CREATE TABLE node (level BIGINT NOT NULL, position BIGINT NOT NULL, hash BYTEA NOT NULL,
                PRIMARY KEY (level, position))
            """,
            "CREATE TABLE checkpoint (size BIGINT PRIMARY KEY, note TEXT NOT NULL)",
        ])

    /// Hashes in tiles of 256 instead of one row each: half as many are stored, and a commit writes few pages.
    package static let tiles = Migration(
        "log in tiles",
        [
            """
            CREATE TABLE tile (level BIGINT NOT NULL, position BIGINT NOT NULL, hashes BYTEA NOT NULL,
                PRIMARY KEY (level, position)) \(Migration.byKey)
            """,
            """
            CREATE TABLE checkpoint_by_key (size BIGINT PRIMARY KEY, note TEXT NOT NULL)
                \(Migration.byKey)
            """,
            "INSERT INTO checkpoint_by_key (size, note) SELECT size, note FROM checkpoint ORDER BY size",
            "DROP TABLE checkpoint", "ALTER TABLE checkpoint_by_key RENAME TO checkpoint",
        ]
    ) { database in
        var filling = TileFilling()
        try TileTable.write(database) { write in
            // Not from the entries: what is wrong with one of those must go on to differ from what was signed.
            try database.query("SELECT hash FROM node WHERE level = 0 ORDER BY position") { row in
                guard let leaf = Digest(bytes: try row.bytes(0)) else { throw RecordError.otherRoot }
                try filling.append(leaf, filled: write)
            }
            for tile in filling.partial { try write(tile) }
        }
        guard try filling.tree.size == size(database) else { throw RecordError.otherRoot }
        try requireSigned(filling.tree, database)
        try database.execute("DROP TABLE node")
    }

    /// The number of entries.
    package static func size(_ database: any Reading) throws -> Int {
        // Counting would read the whole table, each time that something is appended.
        try database.integer("SELECT max(leaf) FROM entry").map { Int($0) + 1 } ?? 0
    }

    /// Appends entries and signs the new state, all inside the caller's transaction: a checkpoint exists exactly when
    /// the entries it speaks of are durable.
    ///
    /// - Returns: the index of the first entry.
    package static func append(
        _ entries: [LogEntry], signer: NoteSigner, successor: NoteSigner? = nil, _ database: any Writing
    ) throws -> Int {
        if let alarm = try LogAlarm.all(database).first { throw RecordError.alarm(alarm) }
        try refuseRetired(signer, entries, database)
        let first = try size(database)
        var filling = try TileFilling(size: first) {
            try TileTable.hashes(row: $0, index: $1, count: $2, database)
        }
        try requireSigned(filling.tree, database)
        try TileTable.write(database) { write in
            for entry in entries { try filling.append(entry.leafHash, filled: write) }
            for tile in filling.partial { try write(tile) }
        }
        try database.prepared("INSERT INTO entry (leaf, bytes) VALUES ($1, $2)") { statement in
            for (offset, entry) in entries.enumerated() {
                try statement.bind(1, Int64(first + offset))
                try statement.bind(2, entry.bytes)
                try statement.run()
            }
        }
        let checkpoint = try Checkpoint(
            origin: signer.name, size: filling.tree.size, root: filling.tree.root)
        var note = try checkpoint.signed(by: signer)
        if let successor { note = try note.signed(by: successor) }
        try database.execute(
            "INSERT INTO checkpoint (size, note) VALUES ($1, $2)",
            [.integer(Int64(checkpoint.size)), .text(String(decoding: note.encoded, as: UTF8.self))])
        return first
    }

    /// Refuses to go on from stored hashes that are not those of the newest checkpoint: the next one would sign them.
    private static func requireSigned(_ tree: MerkleAccumulator, _ database: any Reading) throws {
        guard let note = try checkpoint(database) else {
            if tree.size == 0 { return }
            throw RecordError.otherRoot
        }
        let text = (try? SignedNote(parsing: Array(note.utf8)))?.text
        let signed = text.flatMap { try? Checkpoint(text: $0) }
        if signed?.size != tree.size || signed?.root != tree.root { throw RecordError.otherRoot }
    }

    /// Refuses what is signed by another key than the one in use, and everything where it is not known which one that is.
    private static func refuseRetired(
        _ signer: NoteSigner, _ entries: [LogEntry], _ database: any Reading
    ) throws {
        if let current = try KeyTable.required(.log, database), current != signer.verifier {
            throw RecordError.retiredKey(signer.verifier.hint)
        }
        let inUse = try Dictionary(
            uniqueKeysWithValues: KeyPurpose.allCases.map { ($0, try KeyTable.required($0, database)?.hint) })
        for entry in entries where entry.statement.predicateType != KeyEvent.predicateType {
            let purpose = BatchStatement.signer(of: entry.statement.predicateType)
            guard let current = inUse[purpose] ?? nil else { continue }
            if !entry.envelope.signatures.contains(where: { $0.keyID == current }) {
                throw RecordError.retiredKey(entry.envelope.signatures.first?.keyID ?? "nobody")
            }
        }
    }

    /// The bytes of an entry; nil when the log is shorter.
    package static func entry(_ leaf: Int, _ database: any Reading) throws -> LogEntry? {
        try database.first("SELECT bytes FROM entry WHERE leaf = $1", [.integer(Int64(leaf))]) { row in
            try LogEntry(bytes: try row.bytes(0))
        }
    }

    /// Hands over all entries in their order: what they state is read from them, not from a table that could be emptied.
    package static func forEachEntry(
        _ database: any Reading, _ body: (_ leaf: Int, _ entry: LogEntry) throws -> Void
    ) throws {
        try database.query("SELECT leaf, bytes FROM entry ORDER BY leaf") { row in
            try body(Int(try row.integer(0)), try LogEntry(bytes: try row.bytes(1)))
        }
    }

    /// When the newest entry says that it was recorded; nil while the log is empty.
    package static func lastRecorded(_ database: any Reading) throws -> Instant? {
        try newest(database).flatMap { time(of: $0) }
    }

    private static func newest(_ database: any Reading) throws -> Statement? {
        try database.first("SELECT bytes FROM entry ORDER BY leaf DESC LIMIT 1") { row in
            try LogEntry(bytes: try row.bytes(0)).statement
        }
    }

    private static func time(of statement: Statement) -> Instant? {
        statement.predicate["recorded"]?.string.flatMap { Instant($0) }
    }

    /// `assessment` of `urn:assay:assessment:2`.
    private static func kind(of statement: Statement) -> String {
        let parts = statement.predicateType.text.split(separator: ":")
        return parts.count == 4 ? String(parts[2]) : statement.predicateType.text
    }

    /// The time that the next entry states, so that times never decrease along the log.
    ///
    /// A clock that was set back by no more than the tolerance is taken to stand still; one that was set back farther
    /// is refused, or whoever sets it could have a late approval count for an earlier time.
    package static func recorded(
        _ clock: Instant, tolerance: TimeSpan = .minutes(5), _ database: any Reading
    ) throws -> Instant {
        guard let entry = try newest(database), let last = time(of: entry) else { return clock }
        if clock < last - tolerance {
            throw RecordError.futureClock(recorded: clock, last: last, kind: kind(of: entry))
        }
        return max(clock, last)
    }

    /// The signed checkpoint of a log of this size; nil when none was signed at it.
    package static func checkpoint(size: Int, _ database: any Reading) throws -> String? {
        try database.first("SELECT note FROM checkpoint WHERE size = $1", [.integer(Int64(size))]) {
            try $0.text(0)
        }
    }

    /// The newest signed checkpoint; nil while the log is empty.
    package static func checkpoint(_ database: any Reading) throws -> String? {
        try database.first("SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1") { try $0.text(0) }
    }
}

/// What can be wrong with stored records.
package enum RecordError: Error, Hashable, CustomStringConvertible {
    case missingTile(row: Int, index: Int)
    case missingEntry(leaf: Int)
    /// Stored hashes and the newest checkpoint do not belong together.
    case otherRoot
    case notABatch(leaf: Int)
    case statement(leaf: Int, String)
    case payload(leaf: Int, PayloadError)
    /// The kind is that of the newest entry: a batch, an assessment and so on.
    case futureClock(recorded: Instant, last: Instant, kind: String)
    /// The key's name and id.
    case retiredKey(String)
    /// What the database holds of the key in use is no key.
    case damagedKey(KeyPurpose, String)
    /// The database does not say which key is in use, though the log has entries.
    case missingKey(KeyPurpose)
    /// The database names another key as the one in use than the log itself does.
    case foreignKey(KeyPurpose, found: String, named: String, leaf: Int)
    /// The rows of a source's batches do not tell its series as this entry does.
    case series(Identifier, leaf: Int)
    case alarm(LogAlarm)

    package var description: String {
        switch self {
        case .missingTile(let row, let index):
            "log: tile \(index) of row \(row) is missing or too short; run \"assay fsck\""
        case .missingEntry(let leaf): "log: there is no entry \(leaf)"
        case .otherRoot:
            "log: the stored hashes are not those that were signed, and nothing was written; restore assay.db from "
                + "a backup"
        case .notABatch(let leaf):
            "log entry \(leaf) is not a batch of evidence of the type \(BatchStatement.predicateType)"
        case .statement(let leaf, let what): "log entry \(leaf): \(what)"
        case .payload(let leaf, let error): "payload of log entry \(leaf): \(error)"
        case .alarm(let alarm): "log: \(alarm.text)"
        case .retiredKey(let hint):
            "the key \(hint) is not the one in use: it was changed meanwhile; run the command again"
        case .damagedKey(let purpose, let what):
            "the \(purpose.rawValue) key in use cannot be read from the database (\(what)); restore assay.db from a backup"
        case .missingKey(let purpose):
            "the database does not say which \(purpose.rawValue) key is in use (table \"signing_key\"), though the log has "
                + "entries; run \"assay fsck\", and restore assay.db from a backup"
        case .foreignKey(let purpose, let found, let named, let leaf):
            "the database says that the \(purpose.rawValue) key \(found) is in use (table \"signing_key\"), but log entry "
                + "\(leaf) names \(named); run \"assay fsck\", and restore assay.db and the key's file from a backup"
        case .series(let source, let leaf):
            "the batches of \(source) in the database (table \"batch\") are not those of its series as log entry \(leaf) "
                + "states it, and nothing was recorded; run \"assay fsck\", and restore assay.db from a backup"
        case .futureClock(let recorded, let last, let kind):
            "what is recorded at \(recorded) cannot follow the newest entry of the log, of the kind \(kind), recorded at "
                + "\(last): set the clock right, or import in the order of recording; synthetic data needs a workspace "
                + "whose program was applied with a --clock before it, and a --clock for all that is recorded in "
                + "between, assessments too"
        }
    }
}
