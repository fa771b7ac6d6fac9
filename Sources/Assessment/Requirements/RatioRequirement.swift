package import Formats
package import Programs

/// The stretches over which a ratio is taken.
package enum RatioWindow: Sendable, Hashable {
    /// Each calendar window of a zone.
    case calendar(CalendarUnit, zone: String)
    /// The period as a whole, as far as the test was in force: each unbroken stretch of it.
    case period
}

/// A ratio requirement: in each window, at least a share of what is in scope satisfies the predicate.
///
/// Over a kind of event the share is counted; over a kind of state it is weighed by time.
package struct RatioRequirement: Sendable {
    package let kind: Identifier
    /// What counts at all: the denominator. Nil is everything.
    package internal(set) var scope: Predicate?
    /// What counts as good: the numerator.
    package internal(set) var require: Predicate
    /// The lowest share that passes, above zero.
    package let target: Proportion
    package let window: RatioWindow
    /// Each of its values is judged alone; nil judges everything together.
    package internal(set) var group: Predicate?
    /// Each group has, from all sources together, at most one event in each such span of a stretch that nobody watched.
    /// Nil: nothing bounds what may have happened there.
    package let spacing: TimeSpan?

    package init(
        kind: Identifier, scope: Predicate?, require: Predicate, target: Proportion, window: RatioWindow,
        group: Predicate? = nil, spacing: TimeSpan? = nil
    ) {
        self.kind = kind
        self.scope = scope
        self.require = require
        self.target = target
        self.window = window
        self.group = group
        self.spacing = spacing
    }
}
