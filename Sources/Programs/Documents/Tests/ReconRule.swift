package import Formats

/// Every record of one kind must have its partner in another, beyond a grace.
///
///     test: accounts-on-the-roster
///     kind: recon
///     of: idp.account
///     scope: a.enabled
///     key: a.owner_id
///     in: { of: hr.employment, key: e.person_id }
///     params: { grace: 24h }
///
/// With control totals, a record states what there must be in the other kind.
package struct ReconRule: Subject, Sendable, Hashable {
    package internal(set) var kind: Text = ""
    package internal(set) var alias: Text?
    /// Which records need a partner, and when; nil means all.
    package internal(set) var scope: Text?
    /// Over the record: what it is matched on.
    package internal(set) var key: Text = ""
    /// Where the partner must be.
    package internal(set) var partners = Partners()
    /// What the partners must come to; nil asks for one at least.
    package internal(set) var totals: ControlTotals?
    /// How long a missing partner is tolerated, whether it comes late or the record goes late.
    package internal(set) var grace = TimeSpan.zero

    static let schema = Schema<ReconRule>(
        "a recon test", ReconRule(),
        [
            .required("of", .reference, \.kind),
            .optional("as", .variable, \.alias),
            .optional("scope", .expression, \.scope),
            .required("key", .expression, \.key),
            .required("in", .record(Partners.schema), \.partners),
            .optional("totals", .record(ControlTotals.schema), \.totals),
            .group("params", [.optional("grace", .duration, \.grace)]),
        ],
        settle: { rule, _, _ in rule.alias = rule.alias?.unless(defaultVariable(of: rule.kind)) })
}

/// What a record states of its partners, over the record: `totals: { count: t.headcount }`.
package struct ControlTotals: Sendable, Hashable {
    /// How many there are.
    package internal(set) var count: Text?
    /// The digest of their keys.
    package internal(set) var digest: Text?

    static let schema = Schema<ControlTotals>(
        "the totals of a recon test", ControlTotals(),
        [
            .optional("count", .expression, \.count), .optional("digest", .expression, \.digest),
        ],
        settle: { totals, place, reading in
            if totals.count == nil, totals.digest == nil {
                reading.error(
                    "missing-key", at: place, "\"totals\" needs \"count\" or \"digest\"",
                    remedy: "say which field states the total, such as count: t.headcount")
            }
        })
}

/// The records among which a partner is looked for, and those who hold a role: a kind, which of it, and a key.
package struct Partners: Subject, Sendable, Hashable {
    package internal(set) var kind: Text = ""
    package internal(set) var alias: Text?
    /// Which records, and when; nil means all.
    package internal(set) var scope: Text?
    package internal(set) var key: Text = ""

    static let schema = Schema<Partners>(
        "an in", Partners(),
        [
            .required("of", .reference, \.kind),
            .optional("as", .variable, \.alias),
            .optional("scope", .expression, \.scope),
            .required("key", .expression, \.key),
        ],
        settle: { rule, _, _ in rule.alias = rule.alias?.unless(defaultVariable(of: rule.kind)) })
}
