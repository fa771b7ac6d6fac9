package import Formats

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
    package internal(set) var scope: Predicate?
    /// Over the event: the key of the subject it counts for.
    package internal(set) var key: Predicate

    package init(kind: Identifier, scope: Predicate?, key: Predicate) {
        self.kind = kind
        self.scope = scope
        self.key = key
    }
}

/// A cadence requirement: a qualifying event in each window.
package struct CadenceRequirement: Sendable {
    package let kind: Identifier
    package internal(set) var qualify: Predicate?
    package let schedule: Schedule
    package internal(set) var subjects: CadenceSubjects?

    package init(kind: Identifier, qualify: Predicate?, schedule: Schedule, subjects: CadenceSubjects?) {
        self.kind = kind
        self.qualify = qualify
        self.schedule = schedule
        self.subjects = subjects
    }
}
