package import Storage

/// What a witness said that this log cannot have both ways. While one stands, nothing is appended.
package struct LogAlarm: Sendable, Hashable {
    /// What does not fit together.
    package enum Kind: String, Sendable, Hashable {
        /// The witness has signed a longer log: this one was restored from an older copy.
        case rollback
        /// The witness has signed another history at a size that this log has too, and this copy does not remember
        /// it: it was restored from an older copy and went on, or somebody else signs with its key.
        case divergence
        /// The witness does not know what it has signed for this copy: it has signed another history.
        case fork
    }

    package let kind: Kind
    /// Name and id of the witness's key.
    package let witness: String
    /// What the witness has signed.
    package let size: Int

    package init(_ kind: Kind, witness: String, size: Int) {
        self.kind = kind
        self.witness = witness
        self.size = size
    }

    package static let migration = Migration(
        "alarms",
        ["CREATE TABLE alarm (witness TEXT PRIMARY KEY, kind TEXT NOT NULL, size BIGINT NOT NULL)"])

    /// The alarms that stand, by witness.
    package static func all(_ database: any Reading) throws -> [LogAlarm] {
        guard try database.hasTable("alarm") else { return [] }
        return try database.all("SELECT witness, kind, size FROM alarm ORDER BY witness") { row in
            LogAlarm(
                Kind(rawValue: try row.text(1)) ?? .fork, witness: try row.text(0),
                size: Int(try row.integer(2)))
        }
    }

    /// Remembers it, in place of an earlier one by the same witness.
    package func raise(_ database: any Writing) throws {
        try database.execute(
            """
            INSERT INTO alarm (witness, kind, size) VALUES ($1, $2, $3)
            ON CONFLICT (witness) DO UPDATE SET kind = $2, size = $3
            """,
            [.text(witness), .text(kind.rawValue), .integer(Int64(size))])
    }

    /// Forgets all alarms.
    package static func clear(_ database: any Writing) throws {
        try database.execute("DELETE FROM alarm", [])
    }

    package var text: String {
        switch kind {
        case .rollback:
            "the witness \(witness) says that it has signed \(size) entries, which are more than this log has: it "
                + "was restored from an older copy; restore a newer one, or run \"assay log recover\" to put the "
                + "loss on record"
        case .divergence:
            "the witness \(witness) says that it has signed another history of this log at \(size) entries, of "
                + "which this copy remembers nothing. If it was restored from an older copy and went on, restore a "
                + "newer one, or run \"assay log recover --restored\" to put the loss on record. Else somebody "
                + "else signs with its key: find out who. If it is the witness that is wrong, name a policy without "
                + "it with \"assay log configure\", then run \"assay log recover\""
        case .fork:
            "the witness \(witness) has signed another history of this log (\(size) entries): somebody else signs "
                + "with its key, or this copy was changed; find out which before anything else. If it is the witness "
                + "that is wrong, name a policy without it with \"assay log configure\", then run \"assay log recover\""
        }
    }
}
