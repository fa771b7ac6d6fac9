package import Formats

/// Something that stands between the organization and a clean examination.
package struct Gap: Sendable, Hashable {
    /// The three kinds that a readiness assessment tells apart.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Nothing is there: no control, no test, no source of evidence.
        case missing
        /// It may be done, but no document says so.
        case undocumented
        /// It is written down, and not done as written, or not shown to be.
        case inconsistent
    }

    package let kind: Kind
    /// What it is about: a control, a test, a policy, a criterion.
    package let subject: String
    package let what: String
    package let remedy: String
    /// The criteria whose conclusion it touches, sorted.
    package let criteria: [Identifier]
    /// Whether it must be closed before a period begins, because time lost cannot be made good later.
    package let isBlocker: Bool
    /// How long closing it usually takes.
    let leadTime: TimeSpan
    /// The tests that wait for it, where it is about what they look at.
    var tests: [Identifier] = []

    /// Blockers first, then by the number of criteria touched; what remains by kind and name, so that the order is one.
    static func isBefore(_ left: Gap, _ right: Gap) -> Bool {
        func rank(_ gap: Gap) -> (Int, Int, Int, Identifier) {
            (
                gap.isBlocker ? 0 : 1, -gap.criteria.count, Kind.allCases.firstIndex(of: gap.kind) ?? 0,
                Identifier(gap.subject)
            )
        }
        return rank(left) < rank(right)
    }
}
