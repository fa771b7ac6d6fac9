package import Ledger
package import Storage

/// The log's keys in the database: which are in use, and which entries changed them.
package enum KeyTable {
    package static let migration = Migration(
        "keys",
        [
            "CREATE TABLE signing_key (purpose TEXT PRIMARY KEY, vkey TEXT NOT NULL)",
            "CREATE TABLE key_event (leaf BIGINT PRIMARY KEY)",
        ])

    /// The key in use; nil where the database names none.
    package static func current(_ purpose: KeyPurpose, _ database: any Reading) throws -> NoteVerifier? {
        guard try database.hasTable("signing_key") else { return nil }
        return try database.first(
            "SELECT vkey FROM signing_key WHERE purpose = $1", [.text(purpose.rawValue)]
        ) { row in
            let text = try row.text(0)
            do {
                return try NoteVerifier(vkey: text)
            } catch {
                throw RecordError.damagedKey(purpose, "\(error)")
            }
        }
    }

    /// The key in use, which the database must name once the log has entries: else whatever file lies in the key's place
    /// would be taken for it. Nil before the first entry, and where no keys are kept.
    package static func required(_ purpose: KeyPurpose, _ database: any Reading) throws -> NoteVerifier? {
        let key = try current(purpose, database)
        if key == nil, try database.hasTable("signing_key"), try LogTable.size(database) > 0 {
            throw RecordError.missingKey(purpose)
        }
        return key
    }

    /// Sets the key in use.
    package static func set(_ purpose: KeyPurpose, _ verifier: NoteVerifier, _ database: any Writing) throws {
        try database.execute(
            "INSERT INTO signing_key (purpose, vkey) VALUES ($1, $2) ON CONFLICT (purpose) DO UPDATE SET vkey = $2",
            [.text(purpose.rawValue), .text(verifier.vkey)])
    }

    /// Notes that an entry changes a key.
    package static func insert(event leaf: Int, _ database: any Writing) throws {
        try database.execute("INSERT INTO key_event (leaf) VALUES ($1)", [.integer(Int64(leaf))])
    }

    /// The entries that change keys.
    package static func events(_ database: any Reading) throws -> [Int] {
        guard try database.hasTable("key_event") else { return [] }
        return try database.all("SELECT leaf FROM key_event ORDER BY leaf") { Int(try $0.integer(0)) }
    }

    /// Every key with its term, proven by the log's own entries.
    package static func history(
        log: NoteVerifier, collector: NoteVerifier, _ database: any Reading
    ) throws -> KeyHistory {
        let events = try events(database).map { leaf in
            guard let entry = try LogTable.entry(leaf, database) else {
                throw RecordError.missingEntry(leaf: leaf)
            }
            return (leaf, entry)
        }
        return try KeyHistory(log: log, collector: collector, events: events)
    }
}
