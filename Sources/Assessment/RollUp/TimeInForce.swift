package import Evidence
package import Formats

/// A test that was in force for a part of the time only, and does not speak for all of it.
package struct TestInPart: Sendable, Hashable {
    package let test: Identifier
    /// When, of the part of the period that has passed.
    package let inForce: IntervalSet
    /// How much of that part it is.
    package let share: Ratio
}

extension ControlTest {
    /// When a version of it was in force.
    var inForce: IntervalSet { IntervalSet(versions.map(\.inForce)) }

    /// Where, in the part of the period that has passed, it could judge anything: while it was in force, or, where
    /// something falls due later than it begins, when that could fall due.
    func judgedTime(_ frame: Frame) -> IntervalSet {
        IntervalSet(versions.compactMap { $0.judgedTime(in: frame.period) })
            .intersection(frame.elapsed(frame.period))
    }

    /// Whether it was in force for so much of a time that it speaks for all of it.
    func speaks(for time: IntervalSet, _ tolerance: Tolerance) -> Bool {
        inForce.isEnough(of: time, tolerance)
    }

    /// When it was in force, where that is too little to speak for all of a time; nil where it is enough, or none.
    func inPart(of time: IntervalSet, _ tolerance: Tolerance) -> TestInPart? {
        let own = inForce.intersection(time)
        if own.isEmpty || speaks(for: time, tolerance) { return nil }
        let (part, whole) = (Int128(own.length.microseconds), Int128(time.length.microseconds))
        return TestInPart(test: id, inForce: own, share: Ratio(scaling: part, of: whole))
    }
}

extension IntervalSet {
    /// Whether it leaves out no more of a time than evidence may leave out.
    func isEnough(of time: IntervalSet, _ tolerance: Tolerance) -> Bool {
        let whole = Int128(time.length.microseconds)
        let part = whole - Int128(gaps(in: time).length.microseconds)
        return (Ratio(scaling: part, of: whole).partsPerMillion ?? 1_000_000) >= tolerance.coverage
    }
}

extension RequirementVersion {
    fileprivate func judgedTime(in period: Interval) -> Interval? {
        guard case .response(let rule) = requirement, let clock = DeadlineClock(rule.deadline) else {
            return inForce.clipped(to: period)
        }
        // What began before the period, and falls due in it.
        let reach = Interval(from: period.start - rule.limit, to: period.end)
        return reach.flatMap { inForce.clipped(to: $0) }.flatMap { stretch in
            Interval(from: clock.due(after: stretch.start), to: clock.due(after: stretch.end))
        }
    }
}
