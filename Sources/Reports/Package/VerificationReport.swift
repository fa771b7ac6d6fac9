package import Ledger

/// What a verification found, claim by claim.
package struct VerificationReport: Sendable {
    package let claims: [Claim]
    package let isSynthetic: Bool

    /// Outside clocks have stamped the log with the assessment in it.
    package let isStamped: Bool
    /// The quorum of witnesses has signed the log with the assessment in it.
    package let isWitnessed: Bool
    /// The package agrees with itself, and nobody outside vouches for it as the holder's trust file asks.
    package let isUnmet: Bool

    package init(
        claims: [Claim], isSynthetic: Bool, isStamped: Bool = false, isWitnessed: Bool = false,
        isUnmet: Bool = false
    ) {
        self.claims = claims
        self.isSynthetic = isSynthetic
        self.isStamped = isStamped
        self.isWitnessed = isWitnessed
        self.isUnmet = isUnmet
    }

    /// The same with one more claim.
    package func adding(_ claim: Claim) -> VerificationReport {
        VerificationReport(
            claims: claims + [claim], isSynthetic: isSynthetic, isStamped: isStamped,
            isWitnessed: isWitnessed, isUnmet: isUnmet)
    }

    /// No claim failed. That is not the same as every claim having been checked.
    package var isSound: Bool { !claims.contains { $0.status == .failed } }

    /// The strongest thing that may be said of the package.
    package var assurance: String {
        switch (isSound, isStamped, isWitnessed) {
        case (false, _, _): isUnmet ? "not vouched for" : "broken"
        case (true, false, false): "self-consistent"
        case (true, true, false): "time-stamped"
        case (true, false, true): "witnessed"
        case (true, true, true): "time-stamped and witnessed"
        }
    }
}
