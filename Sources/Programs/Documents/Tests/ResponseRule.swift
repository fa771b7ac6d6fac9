package import Formats

/// Something must follow in time on something else.
///
///     test: offboard-24h
///     kind: response
///     params: { sla: 24h, skew: 2m }
///     trigger:  { of: hr.employment, when: t.ended_at, key: t.person_id }
///     response: { of: idp.account, becomes: "!a.enabled", key: a.owner_id, every: true }
package struct ResponseRule: Sendable, Hashable {
    /// How long the response may take.
    package internal(set) var sla = TimeAllowed.span(.zero)
    /// What business days are; nil is Monday to Friday in the organisation's zone.
    package internal(set) var calendar: BusinessCalendar?
    /// How far the clocks of the two sources may differ.
    package internal(set) var skew = TimeSpan.zero
    /// What starts the clock.
    package internal(set) var trigger = Trigger()
    /// What stops it.
    package internal(set) var response = Response()
    /// Which triggers, over the trigger; nil means all.
    package internal(set) var scope: Text?

    static let schema = Schema<ResponseRule>(
        "a response test", ResponseRule(),
        [
            .group(
                "params",
                [
                    .required("sla", .timeAllowed, \.sla), .optional("skew", .duration, \.skew),
                    .optional("calendar", .record(BusinessCalendar.schema), \.calendar),
                ]),
            .required("trigger", .record(Trigger.schema), \.trigger),
            .required("response", .record(Response.schema), \.response),
            .optional("scope", .expression, \.scope),
        ],
        settle: { rule, place, reading in
            if rule.calendar == BusinessCalendar.schema.blank { rule.calendar = nil }
            if case .span = rule.sla, rule.calendar != nil {
                reading.error(
                    "bad-value", at: place, "\"params.calendar\" counts only for business days",
                    remedy: "write sla: 2 business days, or leave the calendar out")
            }
        })
}

/// What starts the clock.
package struct Trigger: Subject, Sendable, Hashable {
    package internal(set) var kind: Text = ""
    package internal(set) var alias: Text?
    package internal(set) var condition: Text?
    /// When the clock starts; nil means the time of the event, or the moment at which `condition` becomes true.
    package internal(set) var when: Text?
    package internal(set) var key: Text = ""
    /// For a state: what ends the obligation without an answer, as leaving life or scope then does too; nil means that
    /// nothing does.
    package internal(set) var until: Text?

    /// The name in expressions: the alias, else `t`.
    package var variable: String { alias?.value ?? Self.standardVariable }
    private static let standardVariable = "t"

    static let schema = Schema<Trigger>(
        "a trigger", Trigger(),
        [
            .required("of", .reference, \.kind),
            .optional("as", .variable, \.alias),
            .optional("where", .expression, \.condition),
            .optional("when", .expression, \.when),
            .required("key", .expression, \.key),
            .optional("until", .expression, \.until),
        ],
        settle: { trigger, _, _ in trigger.alias = trigger.alias?.unless(standardVariable) })
}

/// What stops it.
package struct Response: Subject, Sendable, Hashable {
    /// What counts as the response.
    package enum Match: Sendable, Hashable {
        /// An event for which this holds; nil means any.
        case event(Text?)
        /// A state for which this becomes true.
        case becomes(Text)
    }

    package internal(set) var kind: Text = ""
    package internal(set) var alias: Text?
    package internal(set) var key: Text = ""
    /// Every matching subject must respond, not just one.
    package internal(set) var isEvery = false
    /// One event answers one trigger only, that which falls due first.
    package internal(set) var consumes = false
    var condition: Text?
    var becomes: Text?

    /// What counts as the response; `lint` has seen to it that it fits the kind.
    package var match: Match {
        becomes.map(Match.becomes) ?? .event(condition)
    }

    static let schema = Schema<Response>(
        "a response", Response(),
        [
            .required("of", .reference, \.kind),
            .optional("as", .variable, \.alias),
            .optional("where", .expression, \.condition),
            .optional("becomes", .expression, \.becomes),
            .required("key", .expression, \.key),
            .optional("every", .flag, \.isEvery),
            .optional("consume", .flag, \.consumes),
        ],
        settle: { response, place, reading in
            response.alias = response.alias?.unless(defaultVariable(of: response.kind))
            if response.condition != nil, response.becomes != nil {
                reading.error(
                    "bad-value", at: place, "a response has either \"where\" or \"becomes\"",
                    remedy: "keep \"where\" for events, \"becomes\" for states")
            }
            if response.consumes, response.becomes != nil || response.isEvery {
                reading.error(
                    "bad-value", at: place, "\"consume\" is for responses by one event",
                    remedy: "remove it, or \"becomes\" and \"every\"")
            }
        })
}
