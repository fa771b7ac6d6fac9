/// A standard, specification or other provision of the HIPAA rules.
package struct HIPAARequirement: Sendable, Hashable {
    /// Which rule it belongs to.
    package enum Rule: String, Sendable, Hashable, CaseIterable {
        case security, breach, privacy, enforcement
    }

    /// What kind of duty it is.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A standard whose specifications say how it is met.
        case standard
        /// A standard without specifications, which is itself required.
        case requiredStandard = "required-standard"
        case required
        /// Not optional: implemented, met by an equivalent, or shown not to be reasonable (164.306(d)(3)).
        case addressable
        /// A provision outside the system of standards and specifications.
        case provision
    }

    package let citation: HIPAACitation
    package let title: String
    package let rule: Rule
    package let kind: Kind
    /// What it asks for, in our words.
    package let gist: String

    /// Whether controls answer to it directly; a standard with specifications is met through these.
    package var needsControl: Bool { kind != .standard && kind != .provision }
}
