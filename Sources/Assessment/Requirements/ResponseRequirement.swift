package import Formats

/// What starts a clock.
package struct ClockStart: Sendable {
    package let kind: Identifier
    package let filter: Predicate?
    /// Gives the instant; nil is the event's time, or the moment at which the filter becomes true for a state.
    package let moment: Predicate?
    package let key: Predicate

    package init(kind: Identifier, filter: Predicate?, moment: Predicate?, key: Predicate) {
        self.kind = kind
        self.filter = filter
        self.moment = moment
        self.key = key
    }
}

/// What stops it: an event that passes the filter, or a state that comes to satisfy a predicate.
package struct ResponseTarget: Sendable {
    package let kind: Identifier
    package let predicate: Predicate?
    package let key: Predicate
    /// Every matching resource must respond, not just one.
    package let every: Bool

    package init(kind: Identifier, predicate: Predicate?, key: Predicate, every: Bool) {
        self.kind = kind
        self.predicate = predicate
        self.key = key
        self.every = every
    }
}

/// A deadline requirement: each trigger is answered within a span.
package struct ResponseRequirement: Sendable {
    package let trigger: ClockStart
    package let target: ResponseTarget
    /// Triggers for which it does not hold start no clock.
    package let scope: Predicate?
    package let limit: TimeSpan
    /// How far the two sources' clocks may differ.
    package let skew: TimeSpan

    package init(
        trigger: ClockStart, target: ResponseTarget, scope: Predicate? = nil, limit: TimeSpan, skew: TimeSpan
    ) {
        self.trigger = trigger
        self.scope = scope
        self.target = target
        self.limit = limit
        self.skew = skew
    }
}
