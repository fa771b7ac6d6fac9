package import Formats

/// What a fact is about, without what the fields of its record say: all that is asked of most facts of a package.
package struct FactOutline: Sendable, Hashable {
    /// The time for which a fact speaks.
    package enum Span: Sendable, Hashable {
        case coverage(Interval)
        case state(from: Instant, to: Instant?)
        case event(at: Instant)
    }

    package let kind: Identifier
    /// The record's key, or the event's id; empty for coverage.
    package let key: Identifier
    package let span: Span
    /// It says that the record was there.
    package let isThere: Bool
    /// Some field of the record is told.
    package let hasFields: Bool

    /// A state that holds on until something else is said.
    var isOpenState: Bool {
        if case .state(_, nil) = span { true } else { false }
    }

    /// Whether it stands strictly before another one in a population: by kind, coverage before states before events, then
    /// key and time.
    package func stands(before other: FactOutline) -> Bool {
        (kind, span.order, key, span.start, span.end)
            < (other.kind, other.span.order, other.key, other.span.start, other.span.end)
    }
}

extension FactOutline.Span {
    /// Coverage, state, event.
    var order: Int {
        switch self {
        case .coverage: 0
        case .state: 1
        case .event: 2
        }
    }

    var start: Instant {
        switch self {
        case .coverage(let interval): interval.start
        case .state(let from, _): from
        case .event(let at): at
        }
    }

    var end: Instant {
        switch self {
        case .coverage(let interval): interval.end
        case .state(_, let to): to ?? .distantFuture
        case .event(let at): at
        }
    }
}

extension Fact {
    var span: FactOutline.Span {
        switch shape {
        case .coverage(let interval): .coverage(interval)
        case .state(let from, let to, _): .state(from: from, to: to)
        case .event(let at, _): .event(at: at)
        }
    }

    package var outline: FactOutline {
        FactOutline(
            kind: kind, key: key, span: span, isThere: hasValue, hasFields: value?.members.isEmpty == false)
    }
}
