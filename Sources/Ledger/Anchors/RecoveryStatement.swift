package import Formats

/// The entry that owns up to a loss: the log was restored from an older copy, and what came behind it is gone.
///
/// Witnesses have signed a longer log than this one; without this entry that is a second history.
package struct RecoveryStatement: Sendable, Hashable {
    package static let predicateType: Identifier = "urn:assay:recovery:1"

    /// So many entries of what the witness has signed are known to be in this log: the last checkpoint by it that
    /// the restored copy remembers. What it has signed beyond them is lost, but for what that copy had besides. No
    /// fewer than `witnessed` where the witness spoke of another history, and nobody relies on it. Earlier versions
    /// recorded how many entries the restored copy had, of whichever history.
    package let size: Int
    /// Entries that the witness says it has signed.
    package let witnessed: Int
    package let witness: String
    package let reason: String
    package let recorded: Instant

    package init(size: Int, witnessed: Int, witness: String, reason: String, recorded: Instant) {
        self.size = size
        self.witnessed = witnessed
        self.witness = witness
        self.reason = reason
        self.recorded = recorded
    }

    /// The recovery in a statement of the log; nil when it is none or lacks a part.
    package init?(_ statement: Statement) {
        let predicate = statement.predicate
        guard statement.predicateType == Self.predicateType,
            let size = predicate["size"]?.integer, let witnessed = predicate["witnessed"]?.integer,
            let witness = predicate["witness"]?.string, let reason = predicate["reason"]?.string,
            let recorded = predicate["recorded"]?.string.flatMap({ Instant($0) })
        else { return nil }
        self.init(
            size: Int(size), witnessed: Int(witnessed), witness: witness, reason: reason, recorded: recorded)
        guard self.statement == statement else { return nil }
    }

    package var statement: Statement {
        let predicate = JSONObject([
            .init(name: "reason", value: .string(reason)),
            .init(name: "recorded", value: .string(recorded.description)),
            .init(name: "size", value: .integer(Int64(size))),
            .init(name: "witness", value: .string(witness)),
            .init(name: "witnessed", value: .integer(Int64(witnessed))),
        ])
        let digest = Digest.sha256(Array("\(size) of \(witnessed)".utf8))
        return Statement(
            subjects: [.init(name: "log/recovery", digest: digest)], predicateType: Self.predicateType,
            predicate: predicate)
    }
}
