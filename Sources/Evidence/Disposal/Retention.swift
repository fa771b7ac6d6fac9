package import Formats

/// How long a record must be kept: six years from its creation or from the time when it last was in effect, whichever is
/// later (45 CFR 164.316(b)(2)(i)). The clock of a state starts when the next one takes its place.
package enum Retention {
    /// Years of the floor.
    package static let years = 6
    private static let span = TimeSpan.days(Int64(years) * 366)

    /// Until when the last of these facts must be kept.
    ///
    /// - Parameters:
    ///   - facts: everything known of one record, with the times of recording.
    ///   - now: a state that nothing has ended is in effect until now.
    package static func until(_ facts: [(fact: Fact, recorded: Instant)], now: Instant) -> Instant {
        var last = Instant.distantPast
        for (fact, recorded) in facts { last = max(last, recorded, fact.start, effect(fact)) }
        let states = facts.filter { if case .state(_, nil, _) = $0.fact.shape { true } else { false } }
        if let newest = states.max(by: { $0.fact.start < $1.fact.start }), newest.fact.value != nil {
            last = max(last, now)
        }
        return last + span
    }

    private static func effect(_ fact: Fact) -> Instant {
        switch fact.shape {
        case .coverage(let interval): interval.end
        case .state(let from, let to, _): to ?? from
        case .event(let at, _): at
        }
    }
}
