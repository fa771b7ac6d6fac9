/// One thing that a verifier has looked at.
package struct Claim: Sendable, Hashable {
    package enum Status: String, Sendable, Hashable {
        case verified, failed, withheld, erased
        case notChecked = "not checked"
    }

    package let name: String
    package let status: Status
    package let detail: String

    package init(_ name: String, _ status: Status, _ detail: String) {
        self.name = name
        self.status = status
        self.detail = detail
    }
}

/// What a verification found, claim by claim.
package struct VerificationReport: Sendable {
    package let claims: [Claim]
    package let isSynthetic: Bool

    package init(claims: [Claim], isSynthetic: Bool) {
        self.claims = claims
        self.isSynthetic = isSynthetic
    }

    /// No claim failed. That is not the same as every claim having been checked.
    package var isSound: Bool { !claims.contains { $0.status == .failed } }

    /// The strongest thing that may be said of the package; no outside clock or witness is known to this version.
    package var assurance: String { isSound ? "self-consistent" : "broken" }
}
