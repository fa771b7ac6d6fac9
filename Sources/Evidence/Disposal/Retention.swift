package import Formats

/// How long a record must be kept: some years from its creation or from the time when it last was in effect, whichever is
/// later. Six years are the law's floor (45 CFR 164.316(b)(2)(i)). The clock of a state starts when the next one takes its
/// place.
package struct Retention: Sendable, Hashable {
    /// A year that is never too short.
    private static let year = TimeSpan.days(366)
    /// What the law asks for of every record.
    private static let leastYears = 6

    private var last = Instant.distantPast
    /// Of each source the newest state without an end, and whether it says that the record was there: what one source
    /// says has ended may go on in another.
    private var newest: [Identifier: Newest] = [:]

    private struct Newest: Sendable, Hashable {
        let start: Instant
        let isThere: Bool
    }

    package init() {}

    /// Takes in one of the facts that speak of the record.
    package mutating func add(_ fact: Fact, from source: Identifier, recorded: Instant) {
        last = max(last, recorded, fact.start, Self.effect(fact))
        guard case .state(let from, nil, let value) = fact.shape else { return }
        if newest[source].map({ $0.start <= from }) ?? true {
            newest[source] = Newest(start: from, isThere: value != nil)
        }
    }

    /// Until when the record must be kept, by everything that was taken in.
    ///
    /// - Parameter now: a state that nothing has ended is in effect until now.
    package func until(years: Int, now: Instant) -> Instant {
        let end = newest.values.contains(where: \.isThere) ? max(last, now) : last
        return (0..<years).reduce(end) { end, _ in end + Self.year }
    }

    /// Until when the law has a record kept that was known at a time, whatever it says of its own times.
    package static func floor(from known: Instant) -> Instant {
        (0..<leastYears).reduce(known) { end, _ in end + Self.year }
    }

    private static func effect(_ fact: Fact) -> Instant {
        switch fact.shape {
        case .coverage(let interval): interval.end
        case .state(let from, let to, _): to ?? from
        case .event(let at, _): at
        }
    }
}
