package import Formats

/// Those who hold a role: records of a state, each of which names a person.
package struct RolePopulation: Sendable {
    package let name: String
    package let kind: Identifier
    package internal(set) var scope: Predicate?
    /// Over the record: the person.
    package internal(set) var key: Predicate

    package init(name: String, kind: Identifier, scope: Predicate?, key: Predicate) {
        self.name = name
        self.kind = kind
        self.scope = scope
        self.key = key
    }
}

/// Two parts of one event that must lie in different hands.
package struct SeparatedEvent: Sendable {
    package let kind: Identifier
    package internal(set) var scope: Predicate?
    /// Over the event and its joins: who acted, as one identity or a list of them.
    package internal(set) var first: Predicate
    package internal(set) var second: Predicate
    package internal(set) var joins: [AsOfJoin]

    package init(
        kind: Identifier, scope: Predicate?, first: Predicate, second: Predicate, joins: [AsOfJoin] = []
    ) {
        self.kind = kind
        self.scope = scope
        self.first = first
        self.second = second
        self.joins = joins
    }
}

/// A separation of duties: in each event, or at every instant, two duties lie in different hands.
package enum SodRequirement: Sendable {
    case event(SeparatedEvent)
    /// No person holds both roles at once.
    case roles(RolePopulation, RolePopulation)
}
