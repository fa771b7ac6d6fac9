package import Formats

/// What was decided about an addressable specification of the Security Rule, and why (164.306(d)(3)).
///
///     decision: automatic-logoff
///     specification: "164.312(a)(2)(iii)"
///     choice: equivalent
///     reason: Reading rooms are attended; the viewer locks after 15 minutes instead of ending the session.
///     measure: Screen lock after 15 minutes
///     approver: security-official
///     decided: 2026-01-10
///     review: 2027-01-10
package struct AddressableDecision: DocumentBody {
    /// The three ways that 164.306(d)(3) leaves.
    package enum Choice: String, Sendable, Hashable, CaseIterable {
        case implemented, equivalent, neither
    }

    package internal(set) var id: Identifier = ""
    package internal(set) var specification: Text = ""
    package internal(set) var choice: Choice = .implemented
    /// From the risk analysis.
    package internal(set) var reason = ""
    /// What is done instead.
    package internal(set) var measure: String?
    package internal(set) var approver: Text = ""
    /// Nil in a draft only.
    package internal(set) var decided: CalendarDate?
    /// When it is looked at again.
    package internal(set) var review: CalendarDate?
    package internal(set) var controls: [Text] = []
    package internal(set) var evidence: [String] = []
    /// Text to start from that nobody in the organisation has adopted yet: told, and never counted as done.
    package internal(set) var isDraft = false

    static let schema = Schema<AddressableDecision>(
        "a decision", AddressableDecision(),
        [
            .required("specification", .citation, \.specification),
            .required("choice", .choice(), \.choice),
            .required("reason", .text, \.reason),
            .optional("measure", .text, \.measure),
            .required("approver", .name, \.approver),
            .optional("decided", .date, \.decided),
            .optional("review", .date, \.review),
            .optional("controls", .list(of: .code), \.controls),
            .optional("evidence", .list(of: .line), \.evidence),
            .optional("draft", .flag, \.isDraft),
        ],
        settle: { decision, place, reading in
            if decision.decided == nil, !decision.isDraft {
                reading.error(
                    "missing-key", at: place, "a decision needs the date on which it was made",
                    remedy: "add the key \"decided\", or mark it with draft: true until somebody has decided")
            }
            if decision.choice == .equivalent, decision.measure == nil {
                reading.error(
                    "missing-key", at: place,
                    "an equivalent measure must be described (164.306(d)(3)(ii)(B)(2))",
                    remedy: "add the key \"measure\"")
            }
        })
}
