/// Why something could not be stored or read back: where, what for, and what to do about it.
///
/// Never holds a stored value: statements are shown with their parameters as `$1`.
package enum StorageError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Somebody else held the database for longer than we wait.
    case busy(path: String)
    /// The database has been closed.
    case closed(path: String)
    /// The file is no database, or is damaged.
    case notADatabase(path: String, cause: String)
    /// The database may not be written, nor its journal beside it, without which it is not even read.
    case readOnly(path: String)
    /// The database was made by a newer program: it holds a migration this one does not know.
    case newerSchema(path: String, migration: String)
    /// The migrations stand in another order than the one they were applied in.
    case migrationOrder(path: String, position: Int, applied: String, known: String)
    /// Two migrations bear one name.
    case migrationTwice(name: String)
    /// A statement was refused or failed. For a broken constraint, the cause names it.
    case statement(sql: String, cause: String)
    /// A unique, foreign key, check or NOT NULL rule was broken.
    case constraint(sql: String, cause: String)
    /// A statement takes other parameters than it was given.
    case parameters(sql: String, cause: String)
    /// A column holds another kind of value than was asked for.
    case wrongKind(column: Int, name: String, wanted: String, found: String)
    /// A row, a statement or a transaction was used after its closure had ended.
    case expired(what: String)
    /// A write was begun inside a write.
    case nestedWrite(path: String)
    /// No blob of this name is stored.
    case noBlob(name: BlobName, path: String)
    /// A blob's bytes do not match its name.
    case damagedBlob(name: BlobName, path: String)
    /// A file was to be created, but something of that name is there.
    case exists(path: String)
    /// A file operation failed.
    case file(path: String, doing: String, cause: String)

    /// What the error is about: a path, a statement, a column.
    package var place: String {
        switch self {
        case .busy(let path), .closed(let path), .notADatabase(let path, _), .readOnly(let path),
            .newerSchema(let path, _), .migrationOrder(let path, _, _, _), .nestedWrite(let path),
            .noBlob(_, let path), .damagedBlob(_, let path), .exists(let path), .file(let path, _, _):
            path
        case .migrationTwice(let name): "migration \(name)"
        case .statement(let sql, _), .constraint(let sql, _), .parameters(let sql, _): "statement \"\(sql)\""
        case .wrongKind(let column, let name, _, _): "column \(column) (\(name))"
        case .expired(let what): what
        }
    }

    /// What happened.
    package var reason: String {
        switch self {
        case .busy: "another process is writing and did not finish in time"
        case .closed: "the database has been closed"
        case .notADatabase(_, let cause): "this is not a readable database: \(cause)"
        case .readOnly: "it cannot be written, nor the journal beside it, without which it is not even read"
        case .newerSchema(_, let migration):
            "made by a newer version: the migration \"\(migration)\" is unknown here"
        case .migrationOrder(_, let position, let applied, let known):
            "migration \(position) was applied as \"\(applied)\" but this program has \"\(known)\" there"
        case .migrationTwice: "two migrations bear this name"
        case .statement(_, let cause), .constraint(_, let cause), .parameters(_, let cause): cause
        case .wrongKind(_, _, let wanted, let found): "holds \(found) where \(wanted) was expected"
        case .expired: "used after the closure it was given to had ended"
        case .nestedWrite: "a write was begun inside a write"
        case .noBlob(let name, _): "no blob \(name) is stored"
        case .damagedBlob(let name, _): "the file's bytes do not match the blob's name \(name)"
        case .exists: "something of this name is there already"
        case .file(_, let doing, let cause): "could not \(doing): \(cause)"
        }
    }

    /// What the reader can do; nil when it is a mistake of the program itself.
    package var remedy: String? {
        switch self {
        case .busy: "wait for the other process to end, or stop it, and try again"
        case .closed: nil
        case .notADatabase: "check the path; if it is right, restore the file from a backup"
        case .readOnly:
            "run as the user whom it belongs to; or copy the whole folder to where you may write, make the copy writable "
                + "(chmod -R u+w), and use the copy"
        case .newerSchema: "use a later version; if there is none, restore the file from a backup"
        case .migrationOrder: "use the version that wrote it; or restore the file from a backup"
        // The name comes from a row, and may be what is damaged.
        case .noBlob: "restore the file, or assay.db that names it, from a backup"
        case .damagedBlob: "restore the file from a backup"
        case .exists: "choose another name, or move the present file away"
        case .file: "check that the path exists, the disk has room and you may write there"
        case .migrationTwice, .statement, .constraint, .parameters, .wrongKind, .expired, .nestedWrite: nil
        }
    }

    package var description: String {
        let head = "\(place): \(reason)"
        return remedy.map { "\(head); \($0)" } ?? head
    }
}
