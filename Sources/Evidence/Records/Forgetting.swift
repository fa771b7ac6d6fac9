package import Formats
package import Storage

/// The index, where a record is erased.
extension EvidenceTables {
    /// The batches that speak of a record, by their entries.
    package static func batches(
        naming kind: Identifier, _ key: Identifier, _ database: any Reading
    ) throws -> [Int] {
        try database.all(
            """
            SELECT DISTINCT f.batch FROM fact f JOIN stream s ON s.id = f.stream
            WHERE s.kind = $1 AND f.record = $2 ORDER BY f.batch
            """, [.text(kind.text), .text(key.text)]
        ) { Int(try $0.integer(0)) }
    }

    /// Names another payload for a batch.
    package static func setPayload(_ name: BlobName, ofBatch leaf: Int, _ database: any Writing) throws {
        try database.execute(
            "UPDATE batch SET payload = $1 WHERE leaf = $2", [.text(name.text), .integer(Int64(leaf))])
    }

    /// Removes a record from the index, whose digests have no salt.
    package static func forget(_ kind: Identifier, _ key: Identifier, _ database: any Writing) throws {
        for table in ["fact", "open_state", "stretch"] {
            try database.execute(
                "DELETE FROM \(table) WHERE record = $2 AND stream IN (SELECT id FROM stream WHERE kind = $1)",
                [.text(kind.text), .text(key.text)])
        }
    }
}
