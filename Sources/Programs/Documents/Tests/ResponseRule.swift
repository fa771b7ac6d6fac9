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
    package internal(set) var sla = TimeSpan.zero
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
            .group("params", [.required("sla", .duration, \.sla), .optional("skew", .duration, \.skew)]),
            .required("trigger", .record(Trigger.schema), \.trigger),
            .required("response", .record(Response.schema), \.response),
            .optional("scope", .expression, \.scope),
        ])
}

/// What starts the clock.
package struct Trigger: Subject, Sendable, Hashable {
    package internal(set) var kind: Text = ""
    package internal(set) var alias: Text?
    package internal(set) var condition: Text?
    /// When the clock starts; nil means the time of the event, or the moment at which `condition` becomes true.
    package internal(set) var when: Text?
    package internal(set) var key: Text = ""

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
        ],
        settle: { response, place, reading in
            response.alias = response.alias?.unless(defaultVariable(of: response.kind))
            if response.condition != nil, response.becomes != nil {
                reading.error(
                    "bad-value", at: place, "a response has either \"where\" or \"becomes\"",
                    remedy: "keep \"where\" for events, \"becomes\" for states")
            }
        })
}
