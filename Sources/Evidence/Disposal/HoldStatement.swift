package import Formats
package import Ledger

/// A legal hold placed or released: while it stands, nothing that it covers is erased (`docs/proof.md`).
package struct HoldStatement: Sendable, Hashable {
    package static let predicateType: Identifier = "urn:assay:hold:1"

    /// Whether the hold begins or ends.
    package enum Action: String, Sendable, Hashable {
        case place, release
    }

    package let recorded: Instant
    /// The matter, such as "case-2026-17".
    package let name: Identifier
    package let action: Action
    /// Nil covers every kind.
    package let kind: Identifier?
    package let by: String
    package let reason: String

    package init(
        recorded: Instant, name: Identifier, action: Action, kind: Identifier?, by: String, reason: String
    ) {
        self.recorded = recorded
        self.name = name
        self.action = action
        self.kind = kind
        self.by = by
        self.reason = reason
    }

    package var statement: Statement {
        let predicate = JSONObject([
            .init(name: "recorded", value: .string(recorded.description)),
            .init(name: "name", value: .string(name.text)),
            .init(name: "action", value: .string(action.rawValue)),
            .init(name: "kind", value: kind.map { .string($0.text) } ?? .null),
            .init(name: "by", value: .string(by)), .init(name: "reason", value: .string(reason)),
        ])
        return Statement(
            subjects: [.init(name: "hold", digest: .sha256(name.text.utf8))],
            predicateType: Self.predicateType, predicate: predicate)
    }

    /// Reads a statement; nil when it is of another type or lacks a part.
    package init?(_ statement: Statement) {
        let json = JSON.object(statement.predicate)
        guard statement.predicateType == Self.predicateType,
            let recorded = json["recorded"]?.string.flatMap({ Instant($0) }), let name = json["name"]?.string,
            let action = json["action"]?.string.flatMap({ Action(rawValue: $0) }), let kind = json["kind"],
            let by = json["by"]?.string, let reason = json["reason"]?.string
        else { return nil }
        self.init(
            recorded: recorded, name: Identifier(name), action: action,
            kind: kind.string.map { Identifier($0) }, by: by, reason: reason)
    }
}

/// The holds that stand, as a log tells them.
package struct HoldRegister: Sendable {
    /// By name, each with the entry that placed it.
    package private(set) var standing: [Identifier: (leaf: Int, hold: HoldStatement)] = [:]

    package init() {}

    /// Takes in an entry that may place or release a hold.
    package mutating func add(_ statement: Statement, leaf: Int) {
        guard let hold = HoldStatement(statement) else { return }
        switch hold.action {
        case .place: standing[hold.name] = (leaf, hold)
        case .release: standing[hold.name] = nil
        }
    }

    /// The first hold that keeps records of a kind from being erased.
    package func hold(on kind: Identifier) -> (leaf: Int, hold: HoldStatement)? {
        standing.values.sorted { $0.leaf < $1.leaf }.first { $0.hold.kind == nil || $0.hold.kind == kind }
    }
}
