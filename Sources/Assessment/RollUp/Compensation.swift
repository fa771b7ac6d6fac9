package import Evidence
package import Formats

/// What other controls made good while a control failed. The failure stays a deviation, and is shown with this.
package struct Mitigation: Sendable, Hashable {
    /// The controls that passed meanwhile, in the order in which the control names them.
    package let by: [Identifier]
    /// Failing time of the control in which one of them passed.
    package let time: IntervalSet
    /// Whether that is all of its failing time.
    package let isComplete: Bool

    /// Nil when none of the others passed while the control failed.
    ///
    /// - Parameter others: the outcomes of the controls that may compensate; only what they themselves passed counts.
    init?(of outcome: ControlOutcome, by others: [ControlOutcome]) {
        if outcome.control.compensating.isEmpty { return nil }
        let failing = outcome.timeline.time(of: .fail)
        var makers: [Identifier] = []
        var mitigated = IntervalSet()
        for id in outcome.control.compensating where id != outcome.control.id {
            guard let other = others.first(where: { $0.control.id == id }) else { continue }
            let shared = failing.intersection(other.passing)
            if shared.isEmpty { continue }
            makers.append(id)
            mitigated = mitigated.union(shared)
        }
        if mitigated.isEmpty { return nil }
        by = makers
        time = mitigated
        isComplete = mitigated.gaps(in: failing).isEmpty
    }
}

extension Timeline {
    /// Where the verdict stands.
    func time(of verdict: Verdict) -> IntervalSet {
        IntervalSet(segments.filter { $0.verdict == verdict }.map(\.interval))
    }
}

extension ControlOutcome {
    /// The outcomes with what they did for each other.
    static func compensated(_ outcomes: [ControlOutcome]) -> [ControlOutcome] {
        outcomes.map { outcome in
            var outcome = outcome
            outcome.mitigation = Mitigation(of: outcome, by: outcomes)
            return outcome
        }
    }

    /// What a criterion rests on: a failure that was made good all the time is an exception to it. What else is said of
    /// the control, such as that too little was collected, holds with it or without.
    var weighed: Conclusion {
        conclusion == .ineffective && mitigation?.isComplete == true ? madeGood : conclusion
    }
}

extension TestOutcome {
    /// What it would conclude had every failure been made good.
    var madeGood: Conclusion {
        if conclusion != .ineffective { return conclusion }
        return isCovered ? .withExceptions : .noEvidence
    }
}
