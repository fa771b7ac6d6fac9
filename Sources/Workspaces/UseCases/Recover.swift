import Evidence
package import Ledger
import Storage

extension Workspace {
    /// Lifts the stop that witnesses called for, and puts on record why.
    ///
    /// That the log was restored from an older copy and what came behind it is gone is put on record after a witness has
    /// shown it. Another history is nothing to recover from. But a witness can lose its memory, or lie, and its refusal
    /// proves nothing: once nobody relies on it any more, and all that it ever signed is part of this log, the log goes on.
    package func recover(reason: String, clock: Clock) throws -> RecoveryStatement {
        try allow(clock)
        let signer = try logSigner()
        let relied = Set(try anchoring()?.policy?.witnesses.map(\.verifier.hint) ?? [])
        return try database.write { database in
            let alarms = try LogAlarm.all(database)
            guard let alarm = alarms.max(by: { $0.size < $1.size }) else { throw RecoverError.noAlarm }
            for fork in alarms where fork.kind == .fork {
                if relied.contains(fork.witness) { throw AnchorError.alarm(fork) }
                try requireSigned(by: fork.witness, database)
            }
            let recovery = RecoveryStatement(
                size: try LogTable.size(database), witnessed: alarm.size, witness: alarm.witness,
                reason: reason,
                recorded: try LogTable.recorded(clock.now(), database))
            try LogAlarm.clear(database)
            let entry = try LogEntry(recovery.statement, signedBy: [signer])
            let leaf = try LogTable.append([entry], signer: signer, database)
            try database.execute("INSERT INTO recovery (leaf) VALUES ($1)", [.integer(Int64(leaf))])
            return recovery
        }
    }

    /// Throws where a checkpoint that this witness has signed is not of this log.
    private func requireSigned(by witness: String, _ database: any Reading) throws {
        for row in try AnchorTable.rows(database) {
            let anchor = try StoredAnchor(row, blobs: blobs, database)
            guard anchor.statement.witnesses.contains(witness) else { continue }
            let signed = try Checkpoint(text: SignedNote(parsing: anchor.note).text)
            let root = try MerkleTree.root(size: signed.size, reader: DatabaseHashReader(database))
            guard root == signed.root else { throw RecoverError.changed(witness: witness, size: signed.size) }
        }
    }
}

/// Why there is nothing to recover from.
package enum RecoverError: Error, CustomStringConvertible {
    case noAlarm
    case changed(witness: String, size: Int)

    package var description: String {
        switch self {
        case .noAlarm:
            "no witness has said that this log is older than it was; nothing is put on record"
        case .changed(let witness, let size):
            "the first \(size) entries are not those that the witness \(witness) has signed: this copy was changed; "
                + "restore the workspace from a backup"
        }
    }
}
