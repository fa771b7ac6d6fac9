import Catalog
import Evidence
package import Formats
import Programs
import Storage

/// A record that a source has told of and that has not ended.
package struct OpenRecord: Sendable, Hashable {
    package let kind: Identifier
    /// Nil where it is withheld: a key can hold a name, so that it is shown by itself only for kinds without personal
    /// fields.
    package let key: Identifier?
    /// Since when it stands as it does.
    package let since: Instant
}

extension Workspace {
    /// The open records of a source by kind and key: those that a line with `"value":null` would end.
    ///
    /// - Parameter includePersonal: whether to show keys of kinds that have personal fields.
    package func openRecords(of source: Identifier, includePersonal: Bool) throws -> [OpenRecord] {
        try database.read { database in
            let catalog = try self.program(database).history.evidenceKinds()
            let batches = try database.integer(
                "SELECT count(*) FROM batch WHERE source = $1", [.text(source.text)])
            if (batches ?? 0) == 0 { throw WorkspaceError.noBatch(source, leaf: nil) }
            let found = try database.all(
                """
                SELECT s.kind, o.record, o.since FROM open_state o JOIN stream s ON s.id = o.stream
                WHERE s.source = $1 AND length(o.value_digest) > 0
                """, [.text(source.text)]
            ) { row in
                (
                    kind: Identifier(try row.text(0)), key: Identifier(try row.text(1)),
                    since: Instant(microseconds: try row.integer(2))
                )
            }
            return found.sorted { ($0.kind, $0.key) < ($1.kind, $1.key) }.map { record in
                let isPersonal = catalog.kind(record.kind)?.fields.contains { $0.isPersonal || $0.isPHI }
                let isShown = includePersonal || isPersonal == false
                return OpenRecord(
                    kind: record.kind, key: isShown ? record.key : nil, since: record.since)
            }
        }
    }
}
