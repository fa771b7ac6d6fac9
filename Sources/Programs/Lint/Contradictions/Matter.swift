import Formats

/// One matter on which two statements can differ, with what is better.
struct Matter {
    /// Which of two figures keeps a promise.
    enum Bound {
        case atMost, atLeast
    }

    /// A figure in the unit of its matter.
    struct Figure {
        let amount: Int64
        let text: String
        let place: Place
    }

    let name: String
    /// Id of the rule that a contradiction breaks.
    let rule: String
    let bound: Bound
    /// What the law allows at most, and where; nil where it sets no number.
    var law: (amount: Int64, text: String)?
    let figure: @Sendable (Terms) -> Figure?

    /// Whether the first figure keeps what the second promises.
    func keeps(_ figure: Figure, _ promise: Figure) -> Bool {
        bound == .atMost ? figure.amount <= promise.amount : figure.amount >= promise.amount
    }

    private static func allowed(
        _ name: String, _ rule: String, law: (days: Int64, cite: String)? = nil,
        _ path: any KeyPath<Terms, Placed<TimeAllowed>?> & Sendable
    ) -> Matter {
        Matter(
            name: name, rule: rule, bound: .atMost,
            law: law.map { (TimeSpan.days($0.days).microseconds, "\($0.days)d (\($0.cite))") }
        ) { terms in
            terms[keyPath: path].map {
                Figure(amount: $0.value.longest.microseconds, text: $0.value.description, place: $0.place)
            }
        }
    }

    private static func span(
        _ name: String, _ rule: String, _ bound: Bound,
        _ path: any KeyPath<Terms, Placed<TimeSpan>?> & Sendable
    ) -> Matter {
        Matter(name: name, rule: rule, bound: bound) { terms in
            terms[keyPath: path].map {
                Figure(amount: $0.value.microseconds, text: $0.value.description, place: $0.place)
            }
        }
    }

    /// Notices, which vendors owe us as we owe them to customers.
    static let notices = [
        allowed(
            "notice of a breach", "notice-later-than-promised", law: (60, "164.410(b)"), \.breachNotice),
        allowed("notice of an incident", "notice-later-than-promised", \.incidentNotice),
        allowed("notice of an unauthorized use", "notice-later-than-promised", \.unauthorizedUseNotice),
        allowed(
            "notice that the contingency plan is active", "notice-later-than-promised", \.contingencyNotice),
    ]

    static let all =
        notices + [
            allowed("access for individuals", "slower-than-promised", law: (30, "164.524(b)(2)"), \.access),
            allowed("amendment", "slower-than-promised", law: (60, "164.526(b)(2)"), \.amendment),
            allowed(
                "accounting of disclosures", "slower-than-promised", law: (60, "164.528(c)(1)"), \.accounting),
            allowed("return or destruction", "slower-than-promised", \.destroy),
            span("the purge of backups", "slower-than-promised", .atMost, \.backupPurge),
            span("recovery (RTO)", "availability-below-promise", .atMost, \.rto),
            span("loss of data (RPO)", "availability-below-promise", .atMost, \.rpo),
            Matter(name: "availability", rule: "availability-below-promise", bound: .atLeast) { terms in
                terms.uptime.map {
                    Figure(amount: $0.value.partsPerMillion, text: $0.value.description, place: $0.place)
                }
            },
            span("repetition of training", "training-rarer-than-promised", .atMost, \.training),
            span("retention of logs", "logs-shorter-than-promised", .atLeast, \.logRetention),
        ]
}
