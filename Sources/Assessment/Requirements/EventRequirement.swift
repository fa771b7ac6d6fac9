package import Formats

/// A record of another kind that an event is judged together with, as it stood at an instant.
package struct AsOfJoin: Sendable {
    package let name: String
    package let kind: Identifier
    /// Over the event.
    package internal(set) var local: Predicate
    /// Over the joined record.
    package internal(set) var remote: Predicate
    /// The instant at which the joined record is looked up, over the event; nil is the event's own time.
    package internal(set) var asOf: Predicate?
    /// Without a match the event fails; otherwise the name is null.
    package let isRequired: Bool

    package init(
        name: String, kind: Identifier, local: Predicate, remote: Predicate, asOf: Predicate?,
        isRequired: Bool
    ) {
        self.name = name
        self.kind = kind
        self.local = local
        self.remote = remote
        self.asOf = asOf
        self.isRequired = isRequired
    }
}

/// An event requirement: each event in scope satisfies the predicate.
package struct EventRequirement: Sendable {
    package let kind: Identifier
    package internal(set) var scope: Predicate?
    package internal(set) var require: Predicate
    package internal(set) var joins: [AsOfJoin]

    package init(kind: Identifier, scope: Predicate?, require: Predicate, joins: [AsOfJoin]) {
        self.kind = kind
        self.scope = scope
        self.require = require
        self.joins = joins
    }
}
