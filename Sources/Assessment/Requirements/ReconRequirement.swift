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

/// What a record states of its partners (`docs/verdicts.md`, recon).
package struct TotalsRequirement: Sendable {
    /// How many there are.
    package internal(set) var count: Predicate?
    /// The digest of their keys: `sha256:` and the SHA-256, in hexadecimal, of the keys in order of their bytes, each
    /// ended by a line feed.
    package internal(set) var digest: Predicate?

    package init(count: Predicate?, digest: Predicate?) {
        self.count = count
        self.digest = digest
    }
}

/// A reconciliation: at every instant each record in scope has a partner with an equal key, but for a grace.
package struct ReconRequirement: Sendable {
    package let kind: Identifier
    package internal(set) var scope: Predicate?
    package internal(set) var key: Predicate
    package internal(set) var partners: PartnerPopulation
    /// What the partners must come to; nil asks for one at least.
    package internal(set) var totals: TotalsRequirement?
    package let grace: TimeSpan

    package init(
        kind: Identifier, scope: Predicate?, key: Predicate, partners: PartnerPopulation,
        totals: TotalsRequirement? = nil, grace: TimeSpan
    ) {
        self.kind = kind
        self.scope = scope
        self.key = key
        self.partners = partners
        self.totals = totals
        self.grace = grace
    }
}
