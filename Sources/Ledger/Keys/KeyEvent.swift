package import Formats

/// What a key is used for. The log's key signs what was recorded in which order; the collector's signs who brought it.
package enum KeyPurpose: String, Sendable, Hashable, CaseIterable {
    case log, collector
}

/// The entry that ends one key and begins the next, signed by both: from the entry behind it on, the new one counts.
package struct KeyEvent: Sendable, Hashable {
    package static let predicateType: Identifier = "urn:assay:key-event:1"

    package let purpose: KeyPurpose
    package let old: NoteVerifier
    package let new: NoteVerifier
    /// Why, in the words of whoever did it.
    package let reason: String
    package let recorded: Instant

    package init(
        _ purpose: KeyPurpose, old: NoteVerifier, new: NoteVerifier, reason: String, recorded: Instant
    ) {
        self.purpose = purpose
        self.old = old
        self.new = new
        self.reason = reason
        self.recorded = recorded
    }

    /// The event in a statement of the log; nil when it is none or lacks a part.
    package init?(_ statement: Statement) {
        let predicate = statement.predicate
        guard statement.predicateType == Self.predicateType,
            let purpose = predicate["purpose"]?.string.flatMap({ KeyPurpose(rawValue: $0) }),
            let old = predicate["old"]?.string.flatMap({ try? NoteVerifier(vkey: $0) }),
            let new = predicate["new"]?.string.flatMap({ try? NoteVerifier(vkey: $0) }),
            let reason = predicate["reason"]?.string,
            let recorded = predicate["recorded"]?.string.flatMap({ Instant($0) })
        else { return nil }
        self.init(purpose, old: old, new: new, reason: reason, recorded: recorded)
        guard self.statement == statement else { return nil }
    }

    package var statement: Statement {
        Statement(
            subjects: [
                .init(name: Identifier("key/\(purpose.rawValue)"), digest: .sha256(Array(new.vkey.utf8)))
            ],
            predicateType: Self.predicateType,
            predicate: JSONObject([
                .init(name: "new", value: .string(new.vkey)),
                .init(name: "old", value: .string(old.vkey)),
                .init(name: "purpose", value: .string(purpose.rawValue)),
                .init(name: "reason", value: .string(reason)),
                .init(name: "recorded", value: .string(recorded.description)),
            ]))
    }

    /// Whether both keys have signed the entry that states this event.
    package func isSigned(_ entry: LogEntry) -> Bool {
        old.publicKey != new.publicKey
            && (try? entry.envelope.verified(by: [old, new], threshold: 2)) != nil
    }
}
