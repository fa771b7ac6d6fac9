package import Evidence
package import Ledger
import Storage

/// A stop that was lifted, with what was put on record about it.
package struct Recovered: Sendable {
    package let kind: LogAlarm.Kind
    package let statement: RecoveryStatement

    package var text: String {
        let witness = statement.witness
        return switch kind {
        case .rollback, .divergence:
            "of the \(statement.witnessed) entries that \(witness) says it has signed, the first "
                + "\(statement.size) are known to be in this log; those of the others that it has not are lost, "
                + "or were never its own"
        case .fork:
            "\(witness) speaks of another history; all that it has signed for this copy is in this log"
        }
    }
}

extension Workspace {
    /// Lifts the stop that witnesses called for, and puts on record why.
    ///
    /// That the log was restored from an older copy and what came behind it is gone is put on record after a
    /// witness has shown it. Where the log has gone on since, that may be another history as well, and somebody must
    /// say that it is none. Another history is nothing to recover from. But a witness can lose its memory, or lie,
    /// and its refusal proves nothing: once nobody relies on it any more, and all that it ever signed is part of this
    /// log, the log goes on.
    ///
    /// - Parameter isRestored: somebody says that this log was restored from an older copy before it went on.
    package func recover(reason: String, isRestored: Bool = false, clock: Clock) throws -> [Recovered] {
        try allow(clock)
        let signer = try logSigner()
        let relied = Set(try anchoring()?.policy?.witnesses.map(\.verifier.hint) ?? [])
        return try database.write { database in
            let alarms = try LogAlarm.all(database)
            if alarms.isEmpty { throw RecoverError.noAlarm }
            for alarm in alarms {
                let isLoss = alarm.kind == .rollback || alarm.kind == .divergence && isRestored
                if !isLoss, relied.contains(alarm.witness) { throw AnchorError.alarm(alarm) }
                try requireSigned(by: alarm.witness, alarm.kind, database)
            }
            let known = try AnchorTable.witnessed(database)
            try LogAlarm.clear(database)
            return try alarms.map { alarm in
                let recovery = RecoveryStatement(
                    size: known[alarm.witness] ?? 0, witnessed: alarm.size, witness: alarm.witness,
                    reason: reason, recorded: try LogTable.recorded(clock.now(), database))
                // One after the other: each state of the log is signed.
                let entry = try LogEntry(recovery.statement, signedBy: [signer])
                let leaf = try LogTable.append([entry], signer: signer, database)
                try database.execute("INSERT INTO recovery (leaf) VALUES ($1)", [.integer(Int64(leaf))])
                return Recovered(kind: alarm.kind, statement: recovery)
            }
        }
    }

    /// Throws where a checkpoint that this witness has signed is not of this log. What others have signed is not read.
    private func requireSigned(
        by witness: String, _ kind: LogAlarm.Kind, _ database: any Reading
    ) throws {
        for row in try AnchorTable.rows(database) {
            let checkpoint: Checkpoint
            do {
                let statement = try StoredAnchor.statement(row, database)
                guard statement.witnesses.contains(witness) else { continue }
                let note = try StoredAnchor.note(statement, row, blobs: blobs)
                checkpoint = try Checkpoint(text: SignedNote(parsing: note).text)
            } catch {
                // A copy that was restored may lack it, and it is a loss that is put on record.
                if kind == .rollback { continue }
                throw error
            }
            let root = try MerkleTree.root(size: checkpoint.size, reader: DatabaseHashReader(database))
            guard root == checkpoint.root else {
                throw RecoverError.changed(witness: witness, size: checkpoint.size)
            }
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
