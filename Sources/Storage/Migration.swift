/// One step forward in the shape of a database; never edited once released, never undone.
package struct Migration: Sendable {
    /// A unique name that says what it brings, such as `facts`.
    package let name: String
    /// Its statements, one each, in order.
    package let sql: [String]
    /// What SQL alone cannot say, done behind the statements in the same transaction.
    package let fill: (@Sendable (any Writing) throws -> Void)?

    /// Behind the columns of a new table: its rows lie in the order of their primary key, and nowhere else. SQLite
    /// would keep them a second time, in the order of their writing; where that is not so, this is to be left out.
    package static let byKey = "WITHOUT ROWID"

    package init(
        _ name: String, _ sql: [String], fill: (@Sendable (any Writing) throws -> Void)? = nil
    ) {
        self.name = name
        self.sql = sql
        self.fill = fill
    }
}

extension Database {
    /// Brings the database up to date: applies, in one transaction, the migrations that it has not seen.
    ///
    /// What was applied is kept by name and position in the table `migration`. Throws, and changes nothing, when the
    /// database holds a migration that is not in the list (a newer program made it) or holds them in another order.
    /// - Parameter path: names the database in messages.
    package func migrate(_ migrations: [Migration], path: String) throws {
        var names: Set<SQLValue> = []
        for migration in migrations where !names.insert(.text(migration.name)).inserted {
            throw StorageError.migrationTwice(name: migration.name)
        }
        let current = try read {
            try pending(migrations, path: path, in: $0).isEmpty && $0.hasTable("migration")
        }
        // Up to date: leave the write lock to those who need it.
        if current { return }
        try write { database in
            try database.execute(
                "CREATE TABLE IF NOT EXISTS migration (position BIGINT PRIMARY KEY, name TEXT NOT NULL UNIQUE)"
            )
            // Looked up again: another process may have been here since the read.
            for (index, migration) in try pending(migrations, path: path, in: database) {
                for sql in migration.sql { try database.execute(sql) }
                try migration.fill?(database)
                try database.execute(
                    "INSERT INTO migration (position, name) VALUES ($1, $2)",
                    [.integer(Int64(index + 1)), .text(migration.name)])
            }
        }
    }

    /// The migrations still to apply, each with its index in the list.
    private func pending(
        _ migrations: [Migration], path: String, in database: any Reading
    ) throws -> [(Int, Migration)] {
        let all = migrations.enumerated().map { ($0.offset, $0.element) }
        guard try database.hasTable("migration") else { return all }
        let applied = try database.all("SELECT name FROM migration ORDER BY position") { try $0.text(0) }
        let known = migrations.map { SQLValue.text($0.name) }
        for name in applied where !known.contains(.text(name)) {
            throw StorageError.newerSchema(path: path, migration: name)
        }
        for (index, name) in applied.enumerated() where known[index] != .text(name) {
            throw StorageError.migrationOrder(
                path: path, position: index + 1, applied: name, known: migrations[index].name)
        }
        return Array(all.dropFirst(applied.count))
    }
}
