/// What is known of one unit of a control at one time (`docs/verdicts.md`). Absence of evidence is never a pass.
package enum Verdict: String, Sendable, Hashable, CaseIterable {
    /// Evidence shows that the requirement held.
    case pass
    /// Evidence shows that it did not, and no grace or waiver applies.
    case fail
    /// It did not hold, but the test grants this much time to put it right.
    case tolerated
    /// It failed, and an approved waiver covers that time. The raw verdict stays on record.
    case waived
    /// Nothing usable was collected for that time.
    case unknown = "none"
    /// Not decidable yet: the time, or the collection for it, has still to come.
    case pending
    /// Outside the record's life, the scope, or the test's time in force.
    case notApplicable = "n/a"

    /// Worst first: the order in which one verdict hides another where several meet.
    package static let dominance: [Verdict] = [
        .fail, .unknown, .pending, .waived, .tolerated, .pass, .notApplicable,
    ]

    /// Position in `dominance`: 0 is the worst.
    package var rank: Int {
        switch self {
        case .fail: 0
        case .unknown: 1
        case .pending: 2
        case .waived: 3
        case .tolerated: 4
        case .pass: 5
        case .notApplicable: 6
        }
    }
}
