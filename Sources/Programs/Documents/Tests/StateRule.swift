package import Formats

/// Something must hold for every subject at every instant, beyond a grace.
///
///     test: mfa
///     kind: state
///     of: idp.account
///     scope: a.enabled && (!has(a.type) || a.type != 'service')
///     require: a.mfa
///     params: { grace: 24h }
package struct StateRule: Subject, Sendable, Hashable {
    package internal(set) var kind: Text = ""
    package internal(set) var alias: Text?
    /// Which subjects, and when; nil means all.
    package internal(set) var scope: Text?
    /// What must hold for each of them.
    package internal(set) var require: Text = ""
    /// How long a violation is tolerated.
    package internal(set) var grace = TimeSpan.zero
    /// How long it must hold again before a violation is over.
    package internal(set) var heal = TimeSpan.zero

    static let schema = Schema<StateRule>(
        "a state test", StateRule(),
        [
            .required("of", .reference, \.kind),
            .optional("as", .variable, \.alias),
            .optional("scope", .expression, \.scope),
            .required("require", .expression, \.require),
            .group(
                "params",
                [.optional("grace", .duration, \.grace), .optional("heal", .duration, \.heal)]),
        ],
        settle: { rule, _, _ in rule.alias = rule.alias?.unless(defaultVariable(of: rule.kind)) })
}
