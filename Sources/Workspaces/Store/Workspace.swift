import Evidence
package import Formats
import Foundation
import Glibc
package import Ledger
package import Storage
import Programs
import StorageSQLite

/// What keeps a workspace from being opened or used.
package enum WorkspaceError: Error, CustomStringConvertible {
    case none(path: String)
    case noOrganization
    case otherOrganization(found: String, expected: String)
    case key(path: String, String)
    /// The key's name and id.
    case usedKey(String)
    case simulatedClock(String)
    case unknownSource(Identifier, known: [Identifier])
    case noSources
    case noHistory(Identifier, String, known: [String])
    case collecting(path: String)
    case noTest(Identifier, known: [Identifier])
    /// The lines say what was erased that the test could have read.
    case noKey(test: Identifier, key: Identifier, erased: [String])
    case leaf(Int, size: Int)
    case noBatch(Identifier, leaf: Int?)
    case sizes(old: Int, new: Int, size: Int)
    case lostLog(path: String)
    case unreadable(path: String, String)

    package var description: String {
        switch self {
        case .none(let path):
            "there is no workspace at \(path); make one with \"assay apply PROGRAM\", or name another with --workspace"
        case .noOrganization: "the program has no organization document; add one: its domain names the log"
        case .otherOrganization(let found, let expected):
            "this workspace belongs to \(expected), but the program is of \(found); use another --workspace"
        case .key(let path, let what): "\(path): \(what)"
        case .usedKey(let hint):
            "the key \(hint) is in use here or was, for the log or the collector, and nothing was changed: a key that "
                + "has ended never counts again; name a new one"
        case .simulatedClock(let what):
            "\(what) sets the clock, which only a workspace of an organization marked \"synthetic: true\" allows"
        case .unknownSource(let id, let known):
            "the program has no source \"\(id)\"; it has \(known.map(\.text).joined(separator: ", "))"
        case .collecting(let path):
            "another collector runs in this workspace (it holds \(path)); stop it first, or let it do the work"
        case .noHistory(let id, let connector, let known):
            "the source \"\(id)\" (\(connector)) is not asked for history: what a system says of now proves no state "
                + "before it, also where it says when a record was made; these are: \(known.joined(separator: ", "))"
        case .noSources: "the program has no sources; add one, or use \"assay import\""
        case .noTest(let id, let known):
            Self.noTest(id, known.map(\.text))
        case .noKey(let test, let key, let erased):
            "the test \(test) has nothing called \"\(key)\" in this period; \"assay explain \(test)\" lists what it has"
                + erased.map { "\n\($0)" }.joined()
        case .noBatch(let source, let leaf):
            leaf.map { "log entry \($0) is no batch of the source \(source)" }
                ?? "no batch of the source \(source) is on record"
        case .leaf(let leaf, let size): "the log has no entry \(leaf); it has \(size)"
        case .sizes(let old, let new, let size):
            "no consistency from \(old) to \(new) entries: give an earlier size from 1 and a later one up to \(size)"
        case .lostLog(let path):
            "\(path): the log that was begun here is gone; restore assay.db from a backup. To begin anew would be "
                + "another log under the same key"
        case .unreadable(let path, let what): "\(path): \(what)"
        }
    }

    /// All names where they are few, else the one that was meant.
    private static func noTest(_ id: Identifier, _ known: [String]) -> String {
        let start = "no test is called \"\(id)\""
        if known.count <= 20 { return "\(start); there are \(known.joined(separator: ", "))" }
        let advice = Spelling.advice(for: id.text, among: known)
        return advice.isEmpty ? "\(start) among the \(known.count) of the program" : "\(start); \(advice)"
    }
}

/// One organisation's store: a folder that holds everything, so that back-up and hand-over are a copy.
///
///     assay.db    documents, batches, index, log        blobs/    payloads by digest
///     keys/       the log's key, the collector's key and salt, mode 0600
package struct Workspace: Sendable {
    package let path: String
    package let database: any Database
    package let blobs: any BlobStore
    /// The keys in use; private halves are taken up only where something is signed.
    let logKey: KeyFile
    let collectorKey: KeyFile
    let saltKey: [UInt8]

    static let migrations = [
        LogTable.migration, EvidenceTables.migration, ProgramTable.migration, KeyTable.migration,
        AnchorTable.migration, LogAlarm.migration, MemberTable.migration, EvidenceTables.byKey,
        LogTable.tiles, StretchTable.migration, SnapshotTable.migration,
    ]

    private static func databasePath(_ path: String) -> String { path + "/assay.db" }
    static func keyPath(_ purpose: KeyPurpose, _ path: String) -> String {
        path + "/keys/\(purpose.rawValue).key"
    }
    private static func saltPath(_ path: String) -> String { path + "/keys/salt" }
    /// Exists from the first entry of the log on, apart from the database: an empty database is then a lost one.
    private static func begunPath(_ path: String) -> String { path + "/keys/begun" }

    /// Opens the workspace in a folder.
    package init(opening path: String) throws {
        guard try Self.exists(at: path) else { throw WorkspaceError.none(path: path) }
        try self.init(path: path, keys: Self.usedKeys)
    }

    /// Opens the workspace in a folder to check it: its public keys are enough, and of private ones whose files are missing
    /// or wrong the check tells.
    package init(checking path: String) throws {
        guard try Self.exists(at: path) else { throw WorkspaceError.none(path: path) }
        try self.init(path: path, keys: Self.checkedKeys)
    }

    /// Makes the folder with a new key, unless it is there already; the origin names the log for ever.
    package init(creating path: String, origin: Identifier) throws {
        if try !Self.exists(at: path) { try Self.makeKeys(in: path, origin: origin) }
        try self.init(path: path, keys: Self.usedKeys)
        guard self.origin == origin else {
            throw WorkspaceError.otherOrganization(found: origin.text, expected: self.origin.text)
        }
    }

    /// Of several processes that begin at once the first one's files stand, and the others use them.
    private static func makeKeys(in path: String, origin: Identifier) throws {
        do {
            try FileManager.default.createDirectory(atPath: path + "/keys", withIntermediateDirectories: true)
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path + "/keys")
        } catch {
            throw WorkspaceError.unreadable(
                path: path,
                "the folder cannot be made; check that its parent exists and that you may write there")
        }
        var generator = SystemRandomNumberGenerator()
        let salt = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        let log = try NoteSigner(name: origin, key: try SigningKey.generate(using: &generator))
        let collector = try NoteSigner(
            name: collectorName(origin), key: try SigningKey.generate(using: &generator))
        // The log's key is last: a folder with it has everything else.
        let files = [
            (Hex.encode(salt), saltPath(path)), (collector.privateText, keyPath(.collector, path)),
            (log.privateText, keyPath(.log, path)),
        ]
        for (text, file) in files {
            do {
                try DurableFile.create(Array("\(text)\n".utf8), at: file, mode: 0o600)
            } catch StorageError.exists {}
        }
    }

    /// Whether a folder holds a workspace; what may not be looked into is not taken for none.
    package static func exists(at path: String) throws -> Bool {
        if access(databasePath(path), F_OK) == 0 { return true }
        let code = errno
        if code == ENOENT { return false }
        let remedy =
            code == EACCES
            ? "run as the user whom the workspace belongs to, or let this one into the folder"
            : "name the folder of the workspace with --workspace"
        throw WorkspaceError.unreadable(
            path: path, "the workspace cannot be opened (\(String(cString: strerror(code)))); \(remedy)")
    }

    private init(
        path: String,
        keys: (_ path: String, _ database: any Database) throws -> (KeyFile, KeyFile)
    ) throws {
        self.path = path
        guard let salt = Hex.decode(try Self.secret(Self.saltPath(path))), salt.count == 32 else {
            throw WorkspaceError.key(path: Self.saltPath(path), "not a salt; restore it from a backup")
        }
        saltKey = salt
        database = try Self.database(path)
        blobs = try FolderBlobStore(path: path + "/blobs")
        (logKey, collectorKey) = try keys(path, database)
        try noteBeginning()
    }

    /// What a sound database never answers comes of one that is damaged.
    private static func database(_ path: String) throws -> SQLiteDatabase {
        do {
            return try SQLiteDatabase(path: databasePath(path), migrations: migrations)
        } catch {
            if error.remedy != nil { throw error }
            throw WorkspaceError.unreadable(
                path: databasePath(path), "cannot be read (\(error)); restore the file from a backup")
        }
    }

    /// The key files of those keys that are in use. While the log has no entry, the database learns them from the files.
    private static func usedKeys(
        _ path: String, _ database: any Database
    ) throws -> (KeyFile, KeyFile) {
        if let known = try database.read({ try keysInUse($0) }) { return try files(of: known, in: path) }
        let (log, collector) = (try KeyFile(keyPath(.log, path)), try KeyFile(keyPath(.collector, path)))
        return try database.write { database in
            // Another process may have been faster, and may have changed them since.
            if let known = try keysInUse(database) { return try files(of: known, in: path) }
            try KeyTable.set(.log, log.verifier, database)
            try KeyTable.set(.collector, collector.verifier, database)
            return (log, collector)
        }
    }

    private typealias KeysInUse = (log: NoteVerifier, collector: NoteVerifier)

    /// What the database says, once the log is seen not to contradict it; nil while it says nothing and has no entry.
    private static func keysInUse(_ database: any Reading) throws -> KeysInUse? {
        let log = try KeyTable.required(.log, database)
        let collector = try KeyTable.required(.collector, database)
        guard let log, let collector else { return nil }
        let logged = try LoggedKeys(database)
        try logged.require(log, .log)
        try logged.require(collector, .collector)
        return (log, collector)
    }

    private static func files(of keys: KeysInUse, in path: String) throws -> (KeyFile, KeyFile) {
        (
            try KeyFile.find(keys.log, .log, in: path),
            try KeyFile.find(keys.collector, .collector, in: path)
        )
    }

    /// The keys that the log names, or else the database, or else the files, whatever is wrong with the others of these.
    private static func checkedKeys(
        _ path: String, _ database: any Database
    ) throws -> (KeyFile, KeyFile) {
        // What cannot be read is told by the check of it.
        let logged = try? database.read { try LoggedKeys($0) }
        func key(_ purpose: KeyPurpose) throws -> KeyFile {
            let known = try? database.read { try KeyTable.current(purpose, $0) }
            guard let inUse = logged?[purpose] ?? known else { return try KeyFile(keyPath(purpose, path)) }
            return KeyFile.checked(inUse, purpose, in: path)
        }
        return (try key(.log), try key(.collector))
    }

    /// The name that collectors of a log sign under.
    static func collectorName(_ origin: Identifier) -> Identifier { Identifier("\(origin)/collector") }

    /// Name of the log.
    package var origin: Identifier { logKey.verifier.name }
    /// Public key of the log.
    package var logVerifier: NoteVerifier { logKey.verifier }

    /// The private key of the log, opened for signing.
    package func logSigner() throws -> NoteSigner { try logKey.signer() }
    /// The private key that signs what is collected.
    package func collectorSigner() throws -> NoteSigner { try collectorKey.signer() }

    /// Refuses a log that has lost its entries, and remembers that a log has some.
    func noteBeginning() throws {
        let mark = Self.begunPath(path)
        let isMarked = FileManager.default.fileExists(atPath: mark)
        let isEmpty = try database.read { try LogTable.size($0) } == 0
        if isEmpty, isMarked { throw WorkspaceError.lostLog(path: path) }
        if !isEmpty, !isMarked {
            try DurableFile.write(Array("\(origin)\n".utf8), to: mark, mode: 0o600)
        }
    }

    /// What the mark says of the log that was begun here; nil when there is none.
    func beginning() throws -> String? {
        let mark = Self.begunPath(path)
        guard FileManager.default.fileExists(atPath: mark) else { return nil }
        return try Self.secret(mark)
    }

    /// The one line of a file that nobody but its owner may read.
    static func secret(_ path: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw WorkspaceError.key(path: path, "missing or unreadable; restore it from a backup")
        }
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
        if let mode, mode.intValue & 0o077 != 0 {
            throw WorkspaceError.key(path: path, "others can read it; run: chmod 600 \(path)")
        }
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .newlines)
    }
}
