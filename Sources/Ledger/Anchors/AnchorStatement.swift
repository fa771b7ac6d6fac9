package import Formats

/// The entry that says which outside clocks and witnesses have signed an earlier checkpoint. What was recorded before
/// that checkpoint existed by then; what comes behind this entry did not exist before.
package struct AnchorStatement: Sendable, Hashable {
    package static let predicateType: Identifier = "urn:assay:anchor:1"

    /// One time stamp over the note.
    package struct Stamp: Sendable, Hashable {
        /// The authority, as the configuration calls it.
        package let authority: String
        /// Digest of the whole answer.
        package let reply: Digest
        /// What the answer says.
        package let time: Instant

        package init(authority: String, reply: Digest, time: Instant) {
            self.authority = authority
            self.reply = reply
            self.time = time
        }
    }

    /// Entries in the checkpoint.
    package let size: Int
    /// Digest of the note with all its signatures, which is what is stamped.
    package let note: Digest
    /// What called for it: `hourly`, `period-end`, `export`, `manual`.
    package let reason: String
    package let recorded: Instant
    package let stamps: [Stamp]
    /// Names and ids of the witnesses' keys.
    package let witnesses: [String]

    package init(
        size: Int, note: Digest, reason: String, recorded: Instant, stamps: [Stamp], witnesses: [String]
    ) {
        self.size = size
        self.note = note
        self.reason = reason
        self.recorded = recorded
        self.stamps = stamps
        self.witnesses = witnesses
    }

    /// The anchor in a statement of the log; nil when it is none or lacks a part.
    package init?(_ statement: Statement) {
        let predicate = statement.predicate
        guard statement.predicateType == Self.predicateType, statement.subjects.count == 1,
            let size = predicate["size"]?.integer, size >= 1, let reason = predicate["reason"]?.string,
            let recorded = predicate["recorded"]?.string.flatMap({ Instant($0) }),
            let list = predicate["stamps"]?.array, let names = predicate["witnesses"]?.array
        else { return nil }
        var stamps: [Stamp] = []
        for stamp in list {
            guard let authority = stamp["authority"]?.string,
                let reply = stamp["reply"]?.string.flatMap({ Digest(hex: $0) }),
                let time = stamp["time"]?.string.flatMap({ Instant($0) })
            else { return nil }
            stamps.append(Stamp(authority: authority, reply: reply, time: time))
        }
        self.init(
            size: Int(size), note: statement.subjects[0].digest, reason: reason, recorded: recorded,
            stamps: stamps, witnesses: names.compactMap(\.string))
        guard self.statement == statement else { return nil }
    }

    package var statement: Statement {
        let list = stamps.map { stamp in
            JSON.object([
                ("authority", .string(stamp.authority)), ("reply", .string(stamp.reply.hex)),
                ("time", .string(stamp.time.description)),
            ])
        }
        return Statement(
            subjects: [.init(name: Identifier("checkpoint/\(size)"), digest: note)],
            predicateType: Self.predicateType,
            predicate: JSONObject([
                .init(name: "reason", value: .string(reason)),
                .init(name: "recorded", value: .string(recorded.description)),
                .init(name: "size", value: .integer(Int64(size))),
                .init(name: "stamps", value: .array(list)),
                .init(name: "witnesses", value: .array(witnesses.map { .string($0) })),
            ]))
    }
}
