package import Formats

/// Someone who does not operate it must have signed for it, and the signature must not have expired.
///
///     test: restore-plan-attested
///     kind: attest
///     of: attestation.signed
///     where: s.statement == 'restore-plan'
///     attester: s.attester
///     operator: s.operator
///     artifacts: s.artifacts
///     until: s.valid_until
///     params: { valid: 365d }
package struct AttestRule: Subject, Sendable, Hashable {
    package internal(set) var kind: Text = ""
    package internal(set) var alias: Text?
    /// Which statements count; nil means all.
    package internal(set) var condition: Text?
    /// Who signed.
    package internal(set) var attester: Text = ""
    /// Who operates what is attested.
    package internal(set) var `operator`: Text = ""
    /// The digests of what the signer has seen.
    package internal(set) var artifacts: Text = ""
    /// From when on it stands; nil is from its signature on.
    package internal(set) var from: Text?
    /// When it expires; nil is after `valid`.
    package internal(set) var until: Text?
    /// The longest that a statement stands.
    package internal(set) var valid = TimeSpan.zero
    /// Windows of the calendar in each of which one must be signed; nil asks for one that stands at every instant.
    package internal(set) var every: CadenceRule.Every?
    package internal(set) var zone: Text?
    package internal(set) var due = TimeSpan.zero

    static let schema = Schema<AttestRule>(
        "an attest test", AttestRule(),
        [
            .required("of", .reference, \.kind),
            .optional("as", .variable, \.alias),
            .optional("where", .expression, \.condition),
            .required("attester", .expression, \.attester),
            .required("operator", .expression, \.operator),
            .required("artifacts", .expression, \.artifacts),
            .optional("from", .expression, \.from),
            .optional("until", .expression, \.until),
            .group(
                "params",
                [
                    .required("valid", .validity, \.valid),
                    .optional("every", .choice(), \.every),
                    .optional("zone", .zone, \.zone),
                    .optional("due", .duration, \.due),
                ]),
        ],
        settle: { rule, place, reading in
            rule.alias = rule.alias?.unless(defaultVariable(of: rule.kind))
            if rule.every == nil, rule.zone != nil || rule.due != .zero {
                reading.error(
                    "bad-value", at: rule.zone?.place ?? place,
                    "\"params.zone\" and \"params.due\" belong to windows, and there are none",
                    remedy: "say how long a window is, such as every: quarter, or leave them out")
            }
        })
}

extension Shape where Value == TimeSpan {
    /// After how long a signature expires.
    fileprivate static let validity = Shape.word(
        "the longest that a statement stands, such as 365d",
        parse: { TimeSpan($0).flatMap { $0 > .zero ? $0 : nil } }, print: { $0.description })
}
