package import Formats

/// Something must happen again and again.
///
///     test: access-review
///     kind: cadence
///     of: access.review
///     where: r.decided == r.entitlements
///     params: { every: quarter, due: 14d }
package struct CadenceRule: Subject, Sendable, Hashable {
    /// The calendar's own windows.
    package enum Every: String, Sendable, Hashable, CaseIterable {
        case day, week, month, quarter
        case halfYear = "half-year"
        case year
    }

    /// How often it must happen.
    package enum Schedule: Sendable, Hashable {
        /// Once in each window of the calendar, in this zone (nil: the organisation's), with this much time after it.
        case calendar(Every, zone: Text?, due: TimeSpan)
        /// At every instant, once in the time before it.
        case rolling(TimeSpan)
    }

    package internal(set) var kind: Text = ""
    package internal(set) var alias: Text?
    /// Which events count; nil means all.
    package internal(set) var condition: Text?
    /// What needs an occurrence of its own; nil when one is enough for everything.
    package internal(set) var per: Per?
    var every: Every?
    var zone: Text?
    var due = TimeSpan.zero
    var rolling: TimeSpan?

    /// How often it must happen.
    package var schedule: Schedule {
        if let rolling { .rolling(rolling) } else { .calendar(every ?? .year, zone: zone, due: due) }
    }

    static let schema = Schema<CadenceRule>(
        "a cadence test", CadenceRule(),
        [
            .required("of", .reference, \.kind),
            .optional("as", .variable, \.alias),
            .optional("where", .expression, \.condition),
            .optional("per", .record(Per.schema), \.per),
            .group(
                "params",
                [
                    .optional("every", .choice(), \.every),
                    .optional("zone", .zone, \.zone),
                    .optional("due", .duration, \.due),
                    .optional("rolling", .duration, \.rolling),
                ]),
        ],
        settle: { rule, place, reading in
            rule.alias = rule.alias?.unless(defaultVariable(of: rule.kind))
            if rule.every == nil && rule.rolling == nil {
                reading.error(
                    "missing-key", at: place, "a cadence test needs \"params.every\" or \"params.rolling\"",
                    remedy: "say how often, such as every: quarter or rolling: 30d")
            } else if rule.rolling != nil, rule.every != nil || rule.zone != nil || rule.due != .zero {
                reading.error(
                    "bad-value", at: place, "\"params.rolling\" excludes \"every\", \"zone\" and \"due\"",
                    remedy: "keep either the calendar's windows or the rolling one")
            } else if rule.rolling == .zero {
                reading.error(
                    "bad-value", at: place, "\"params.rolling\" must be longer than nothing",
                    remedy: "write 30d")
            }
        })
}

/// Each subject of a state kind that needs an occurrence of its own, such as each system its own access review.
package struct Per: Subject, Sendable, Hashable {
    package internal(set) var kind: Text = ""
    package internal(set) var alias: Text?
    /// Which subjects; nil means all.
    package internal(set) var scope: Text?
    /// Over the event: the key of the subject that it belongs to.
    package internal(set) var key: Text = ""

    static let schema = Schema<Per>(
        "a per", Per(),
        [
            .required("of", .reference, \.kind),
            .optional("as", .variable, \.alias),
            .optional("scope", .expression, \.scope),
            .required("key", .expression, \.key),
        ],
        settle: { per, _, _ in per.alias = per.alias?.unless(defaultVariable(of: per.kind)) })
}
