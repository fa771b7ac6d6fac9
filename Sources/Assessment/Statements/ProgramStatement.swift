package import Formats
package import Ledger
package import Programs

/// What the log says of an application of the program: when, and the digest of the changes.
package struct ProgramStatement: Sendable, Hashable {
    package static let predicateType: Identifier = "urn:assay:program:2"

    package let recorded: Instant
    package let added: Int
    package let changed: Int
    package let removed: Int
    /// Digest of the payload: the changes, one canonical JSON line each.
    package let payload: Digest
    /// What is to be collected from here on, and by whom.
    package let collection: CollectionPlan

    package init(
        _ plan: ProgramPlan, collection: CollectionPlan, recorded: Instant, payload: Digest
    ) {
        self.collection = collection
        self.recorded = recorded
        added = plan.added.count
        changed = plan.changed.count
        removed = plan.removed.count
        self.payload = payload
    }

    package var statement: Statement {
        var predicate = JSONObject()
        predicate.append("recorded", .string(recorded.description))
        predicate.append("added", .integer(Int64(added)))
        predicate.append("changed", .integer(Int64(changed)))
        predicate.append("removed", .integer(Int64(removed)))
        predicate.append("collection", collection.json)
        return Statement(
            subjects: [.init(name: "program", digest: payload)], predicateType: Self.predicateType,
            predicate: predicate)
    }

    /// Reads a statement; nil when it is of another type or lacks a part.
    package init?(_ statement: Statement) {
        func count(_ name: String) -> Int? { statement.predicate[name]?.integer.map { Int($0) } }
        guard statement.predicateType == Self.predicateType, statement.subjects.count == 1,
            let recorded = statement.predicate["recorded"]?.string.flatMap({ Instant($0) }),
            let added = count("added"), let changed = count("changed"), let removed = count("removed"),
            let collection = CollectionPlan(statement.predicate["collection"])
        else { return nil }
        self.collection = collection
        self.recorded = recorded
        self.added = added
        self.changed = changed
        self.removed = removed
        payload = statement.subjects[0].digest
    }
}

/// A payload of program changes: one canonical JSON line each, each ended by LF.
package enum ProgramPayload {
    /// Writes changes, in their order.
    ///
    /// - Throws: for what canonical JSON cannot hold.
    package static func encode(_ changes: [ProgramChange]) throws(CanonicalJSONError) -> [UInt8] {
        var bytes: [UInt8] = []
        for change in changes {
            try CanonicalJSON.append(change.json, to: &bytes)
            bytes.append(0x0A)
        }
        return bytes
    }

    /// Reads the changes back.
    ///
    /// - Throws: for a line that is not JSON, or no change of a program.
    package static func decode(_ bytes: [UInt8]) throws -> [ProgramChange] {
        var lines = Lines(limit: 4 << 20)
        var changes: [ProgramChange] = []
        for line in lines.append(bytes) + [lines.finish()].compactMap({ $0 }) {
            guard case .text(let text, _) = line else { continue }
            changes.append(try ProgramChange(try JSON(parsing: text)))
        }
        return changes
    }
}
