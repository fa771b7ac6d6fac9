package import Formats

/// A state requirement: in scope, at every instant, the predicate holds, but for a grace.
package struct StateRequirement: Sendable {
    package let kind: Identifier
    package internal(set) var scope: Predicate?
    package internal(set) var require: Predicate
    package let grace: TimeSpan
    /// How long it must hold again before a violation is over; within less, the grace runs on.
    package let heal: TimeSpan

    package init(
        kind: Identifier, scope: Predicate?, require: Predicate, grace: TimeSpan, heal: TimeSpan = .zero
    ) {
        self.kind = kind
        self.scope = scope
        self.require = require
        self.grace = grace
        self.heal = heal
    }
}
