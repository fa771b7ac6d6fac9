import Catalog
import Evidence
import Expressions
import Formats

extension Predicate {
    /// The answers about one version of a record over a stretch, cut where a comparison with the instant turns.
    func answers(_ record: Value, over stretch: Interval) -> [(interval: Interval, answer: Answer)] {
        stretch.cut(at: turns(record)).map { ($0, answer(record, at: $0.start)) }
    }

    /// The instants from which on the answer about a record may be another.
    func turns(_ record: Value) -> [Instant] {
        let atoms = (try? expression.temporalAtoms(of: "at")) ?? []
        return atoms.compactMap { try? $0.flip(bindings(record)) }
    }

    /// Who or what an expression names: one identity, or the list of several. Nil when that cannot be said, or nobody is
    /// named: an absent or empty value is no identity.
    func identities(_ bindings: Bindings) -> Set<Identifier>? {
        guard let value = stated(bindings) else { return nil }
        var elements = [value]
        if case .list(let list) = value { elements = list }
        var found: Set<Identifier> = []
        for element in elements {
            guard let identity = Self.identity(element) else { return nil }
            found.insert(identity)
        }
        return found.isEmpty ? nil : found
    }

    /// What a record is matched on.
    func matching(_ record: Value, at instant: Instant? = nil) -> MatchKey {
        guard let value = stated(bindings(record, at: instant)) else { return .undecidable }
        if case .null = value { return .nothing }
        return Self.identity(value).map(MatchKey.key) ?? .undecidable
    }

    /// The whole number that an expression gives; nil when it gives none.
    func number(_ record: Value) -> Int64? {
        guard case .int(let number)? = stated(bindings(record)) else { return nil }
        return number
    }

    /// The instant that an expression gives; nil when it gives none.
    func time(_ record: Value, at instant: Instant) -> Instant? {
        guard case .timestamp(let timestamp)? = stated(bindings(record, at: instant)) else { return nil }
        return timestamp.instant
    }

    /// Nil when there is no value, or when the record did not fit its kind and is kept without any field: nothing may be
    /// made of what such a record lacks.
    private func stated(_ bindings: Bindings) -> Value? {
        if case .map(let map)? = bindings[variable], map.count == 0 { return nil }
        return try? expression.evaluate(bindings)
    }

    /// Texts stand for themselves; other values say of which type they are, so that 1 and "1" are two identities.
    private static func identity(_ value: Value) -> Identifier? {
        switch value {
        case .string(let text): text.isEmpty ? nil : Identifier(text)
        case .int(let number): Identifier("int \(number)")
        case .bool(let flag): Identifier("bool \(flag)")
        default: nil
        }
    }
}

extension [StateVersion] {
    /// A record's versions, each cut where one of some predicates turns: the answers about a part are those at its start.
    func cut(for predicates: [Predicate?], _ kind: Kind) -> [StateVersion] {
        let moving = predicates.compactMap { $0 }.filter(\.readsInstant)
        if moving.isEmpty { return self }
        return flatMap { state in
            let record = kind.expressionValue(of: state.value)
            return state.interval.cut(at: moving.flatMap { $0.turns(record) }).map {
                StateVersion(interval: $0, value: state.value, reference: state.reference)
            }
        }
    }
}

/// What a record says of the key on which it is matched.
enum MatchKey: Hashable {
    case key(Identifier)
    /// The expression says that there is none, by null.
    case nothing
    /// It may have any key.
    case undecidable

    var identity: Identifier? { if case .key(let identity) = self { identity } else { nil } }
}
