package import Expressions
package import Formats

/// An expression over one record, with the name by which it calls the record.
package struct Predicate: Sendable {
    package let variable: String
    package let expression: Expression

    package init(variable: String, expression: Expression) {
        self.variable = variable
        self.expression = expression
    }
}

/// A state requirement: in scope, at every instant, the predicate holds, but for a grace.
package struct StateRequirement: Sendable {
    package let kind: Identifier
    package let scope: Predicate?
    package let require: Predicate
    package let grace: TimeSpan

    package init(kind: Identifier, scope: Predicate?, require: Predicate, grace: TimeSpan) {
        self.kind = kind
        self.scope = scope
        self.require = require
        self.grace = grace
    }
}

/// A record of another kind that an event is judged together with, as it stood at an instant.
package struct AsOfJoin: Sendable {
    package let name: String
    package let kind: Identifier
    /// Over the event.
    package let local: Predicate
    /// Over the joined record.
    package let remote: Predicate
    /// The instant at which the joined record is looked up, over the event; nil is the event's own time.
    package let asOf: Predicate?
    /// Without a match the event fails; otherwise the name is null.
    package let isRequired: Bool

    package init(
        name: String, kind: Identifier, local: Predicate, remote: Predicate, asOf: Predicate?,
        isRequired: Bool
    ) {
        self.name = name
        self.kind = kind
        self.local = local
        self.remote = remote
        self.asOf = asOf
        self.isRequired = isRequired
    }
}

/// An event requirement: each event in scope satisfies the predicate.
package struct EventRequirement: Sendable {
    package let kind: Identifier
    package let scope: Predicate?
    package let require: Predicate
    package let joins: [AsOfJoin]

    package init(kind: Identifier, scope: Predicate?, require: Predicate, joins: [AsOfJoin]) {
        self.kind = kind
        self.scope = scope
        self.require = require
        self.joins = joins
    }
}

/// How often something must happen.
package enum Schedule: Sendable, Hashable {
    /// Once in each calendar window of a zone, or up to so much later.
    case calendar(CalendarUnit, zone: String, due: TimeSpan)
    /// At every instant, within the span that ends there.
    case rolling(TimeSpan)
}

/// The records that each need their own occurrence.
package struct CadenceSubjects: Sendable {
    package let kind: Identifier
    package let scope: Predicate?
    /// Over the event: the key of the subject it counts for.
    package let key: Predicate

    package init(kind: Identifier, scope: Predicate?, key: Predicate) {
        self.kind = kind
        self.scope = scope
        self.key = key
    }
}

/// A cadence requirement: a qualifying event in each window.
package struct CadenceRequirement: Sendable {
    package let kind: Identifier
    package let qualify: Predicate?
    package let schedule: Schedule
    package let subjects: CadenceSubjects?

    package init(kind: Identifier, qualify: Predicate?, schedule: Schedule, subjects: CadenceSubjects?) {
        self.kind = kind
        self.qualify = qualify
        self.schedule = schedule
        self.subjects = subjects
    }
}

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

/// What a test asks, in one of the kinds that exist.
package enum Requirement: Sendable {
    case state(StateRequirement)
    case event(EventRequirement)
    case cadence(CadenceRequirement)
    case response(ResponseRequirement)

    /// The kind's name as documents write it.
    package var name: String {
        switch self {
        case .state: "state"
        case .event: "event"
        case .cadence: "cadence"
        case .response: "response"
        }
    }

    /// What the deviation rate counts.
    package var unit: String {
        switch self {
        case .state: "record"
        case .event: "event"
        case .cadence: "window"
        case .response: "trigger"
        }
    }
}

/// A version of a test and the time for which it was in force.
package struct RequirementVersion: Sendable {
    package let requirement: Requirement
    package let inForce: Interval
    /// Digest of what is required: the grace clock runs on over a change of version only if it is equal.
    package let digest: String

    package init(requirement: Requirement, inForce: Interval, digest: String) {
        self.requirement = requirement
        self.inForce = inForce
        self.digest = digest
    }
}

/// An approved acceptance of failures for some keys and time.
package struct WaiverRule: Sendable {
    package let id: Identifier
    package let test: Identifier
    /// Nil is every key.
    package let keys: Set<Identifier>?
    package let interval: Interval
    /// When it was put on record: it never works backwards from there.
    package let recorded: Instant

    package init(
        id: Identifier, test: Identifier, keys: Set<Identifier>?, interval: Interval, recorded: Instant
    ) {
        self.id = id
        self.test = test
        self.keys = keys
        self.interval = interval
        self.recorded = recorded
    }

    /// Where it has effect; nil when it was recorded after its own end.
    package var effect: Interval? {
        Interval(from: max(interval.start, recorded), to: interval.end)
    }
}

/// A test with its whole history of versions, ready to be evaluated.
package struct ControlTest: Sendable {
    package let id: Identifier
    package let title: String
    /// In order of time in force, not overlapping, at least one.
    package let versions: [RequirementVersion]
    package let waivers: [WaiverRule]

    package init(id: Identifier, title: String, versions: [RequirementVersion], waivers: [WaiverRule]) {
        self.id = id
        self.title = title
        self.versions = versions
        self.waivers = waivers
    }

    func version(at instant: Instant) -> RequirementVersion? {
        versions.first { $0.inForce.contains(instant) }
    }
}
