package import Formats

/// The population in which every record must have a partner.
package struct PartnerPopulation: Sendable {
    package let kind: Identifier
    /// Which records can be partners; nil is all.
    package internal(set) var scope: Predicate?
    package internal(set) var key: Predicate

    package init(kind: Identifier, scope: Predicate?, key: Predicate) {
        self.kind = kind
        self.scope = scope
        self.key = key
    }
}

/// A reconciliation: at every instant each record in scope has a partner with an equal key, but for a grace.
package struct ReconRequirement: Sendable {
    package let kind: Identifier
    package internal(set) var scope: Predicate?
    package internal(set) var key: Predicate
    package internal(set) var partners: PartnerPopulation
    package let grace: TimeSpan

    package init(
        kind: Identifier, scope: Predicate?, key: Predicate, partners: PartnerPopulation, grace: TimeSpan
    ) {
        self.kind = kind
        self.scope = scope
        self.key = key
        self.partners = partners
        self.grace = grace
    }
}
