import Expressions
package import Formats

/// What starts a clock.
package struct ClockStart: Sendable {
    package let kind: Identifier
    package internal(set) var filter: Predicate?
    /// Gives the instant; nil is the event's time, or the moment at which filter and scope become true for a state.
    package internal(set) var moment: Predicate?
    package internal(set) var key: Predicate
    /// Over the same record, a state: once it holds, or the record leaves life or scope, nothing is due any more. Nil
    /// is that nothing ends an obligation but its answer.
    package internal(set) var until: Predicate?

    package init(
        kind: Identifier, filter: Predicate?, moment: Predicate?, key: Predicate, until: Predicate? = nil
    ) {
        self.kind = kind
        self.filter = filter
        self.moment = moment
        self.key = key
        self.until = until
    }
}

/// What stops it: an event that passes the filter, or a state that comes to satisfy a predicate.
package struct ResponseTarget: Sendable {
    package let kind: Identifier
    package internal(set) var predicate: Predicate?
    package internal(set) var key: Predicate
    /// Every matching resource must respond, not just one. Of events, one always suffices.
    package let every: Bool
    /// One event answers one trigger only, that which falls due first.
    package let consumes: Bool

    package init(
        kind: Identifier, predicate: Predicate?, key: Predicate, every: Bool, consumes: Bool = false
    ) {
        self.kind = kind
        self.predicate = predicate
        self.key = key
        self.every = every
        self.consumes = consumes
    }

    /// Whether a record that ceases to exist has answered. Where every one must respond, it no longer has to; else only
    /// what asks that fields do not hold is true of a record that is not there.
    var isAnsweredByEnd: Bool {
        every || predicate.map { $0.expression.onlyNegatesFields(of: $0.variable) } ?? false
    }
}

/// A deadline requirement: each trigger is answered in time.
package struct ResponseRequirement: Sendable {
    package internal(set) var trigger: ClockStart
    package internal(set) var target: ResponseTarget
    /// Triggers for which it does not hold start no clock.
    package internal(set) var scope: Predicate?
    package let deadline: Deadline
    /// How far the two sources' clocks may differ.
    package let skew: TimeSpan

    /// Why it cannot be said what became of a record that ended because its source was given up.
    static let givenUp = "its source was given up"
    /// Why nobody can say when a predicate that turns with time came true of a record.
    static let turnedUnseen = "it turned while its source was not looking"

    /// No obligation takes longer; where every hour counts, exactly the time allowed.
    package var limit: TimeSpan { deadline.longest }

    package init(
        trigger: ClockStart, target: ResponseTarget, scope: Predicate? = nil, deadline: Deadline,
        skew: TimeSpan
    ) {
        self.trigger = trigger
        self.scope = scope
        self.target = target
        self.deadline = deadline
        self.skew = skew
    }

    package init(
        trigger: ClockStart, target: ResponseTarget, scope: Predicate? = nil, limit: TimeSpan, skew: TimeSpan
    ) {
        self.init(trigger: trigger, target: target, scope: scope, deadline: .span(limit), skew: skew)
    }
}
