import Catalog
import Formats
import Synchronization

/// Compares records as the recorder does: typed against their kind, where that is one that comes with the program.
///
/// Of an organisation's own kinds only the order of fields and those that are null do not count: what else of them is
/// kept is not known here, and a record too many that is set aside is told.
package final class RecordedForm: Sendable {
    /// Read when it is first needed: records that stand twice are rare.
    private let catalog = Mutex<KindCatalog?>(nil)

    package init() {}

    /// Whether both are the same once they are recorded.
    package func isSame(_ fact: Fact, _ other: Fact) -> Bool {
        if fact.saysTheSame(as: other) { return true }
        let known = kind(fact.kind)
        return Self.recorded(fact, as: known).saysTheSame(as: Self.recorded(other, as: known))
    }

    private func kind(_ name: Identifier) -> Kind? {
        catalog.withLock { held in
            if held == nil { held = try? KindCatalog.builtin() }
            return held?.kind(name)
        }
    }

    private static func recorded(_ fact: Fact, as kind: Kind?) -> Fact {
        switch fact.shape {
        case .state(let from, let to, let value?):
            .state(fact.kind, fact.key, from: from, to: to, recorded(value, as: kind))
        case .event(let at, let value): .event(fact.kind, fact.key, at: at, recorded(value, as: kind))
        default: fact
        }
    }

    /// What does not fit its kind stays as it is: of two such records nobody can tell what they say.
    private static func recorded(_ value: JSONObject, as kind: Kind?) -> JSONObject {
        if let typed = try? kind?.typed(value) { return typed.value }
        return JSONObject(value.members.filter { !$0.value.isNull })
    }
}
