package import Formats

/// An attestation requirement: a signed statement about named artefacts, by someone who does not operate what it is
/// about, stands at every instant, or is given once in each calendar window.
package struct AttestRequirement: Sendable {
    package let kind: Identifier
    /// Which statements count; nil is all.
    package internal(set) var qualify: Predicate?
    /// Who signed.
    package internal(set) var attester: Predicate
    /// Who operates what is attested.
    package internal(set) var `operator`: Predicate
    /// The digests of what the signer has seen.
    package internal(set) var artifacts: Predicate
    /// From when on it stands, never before it was signed; nil is from its signature on.
    package internal(set) var from: Predicate?
    /// When it ends; nil is after `valid`.
    package internal(set) var until: Predicate?
    /// The longest that a statement stands.
    package let valid: TimeSpan
    /// Windows in each of which it must be given; nil asks for one at every instant.
    package let windows: AttestWindows?

    package init(
        kind: Identifier, qualify: Predicate?, attester: Predicate, operator: Predicate, artifacts: Predicate,
        from: Predicate? = nil, until: Predicate? = nil, valid: TimeSpan, windows: AttestWindows? = nil
    ) {
        self.kind = kind
        self.qualify = qualify
        self.attester = attester
        self.operator = `operator`
        self.artifacts = artifacts
        self.from = from
        self.until = until
        self.valid = valid
        self.windows = windows
    }
}

/// Calendar windows with the time after each in which a statement may still be given for it.
package struct AttestWindows: Sendable, Hashable {
    package let unit: CalendarUnit
    package let zone: String
    package let due: TimeSpan

    package init(unit: CalendarUnit, zone: String, due: TimeSpan = .zero) {
        self.unit = unit
        self.zone = zone
        self.due = due
    }
}
