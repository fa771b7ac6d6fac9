import Evidence
import Formats

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
