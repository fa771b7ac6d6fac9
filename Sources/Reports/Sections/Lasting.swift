import Assessment
package import Formats

/// How long a failure lasted in the period. Only what is measured in time spends time failing; of something due that
/// time is told in which it was not done, and of a missed window the window.
package struct Lasting: Sendable, Hashable {
    /// What the length is of.
    package enum Measure: String, Sendable, Hashable {
        case failing, overdue, window
    }

    package let measure: Measure
    package let length: TimeSpan

    init(_ exception: ControlException) {
        guard let due = exception.due else {
            measure = .failing
            length = exception.failing
            return
        }
        // An obligation that failed begins when it was due; a window falls due at its end, or behind it.
        measure = due <= exception.interval.start ? .overdue : .window
        length = exception.interval.length
    }

    /// Whether it has no length that anybody could speak of, such as that of an event.
    package var isMoment: Bool { length < .seconds(1) }

    /// For a sentence or a cell; nil when it was a moment.
    package var words: String? {
        if isMoment { return nil }
        return switch measure {
        case .failing: "failing for \(length.toTheMinute)"
        case .overdue: "overdue for \(length.toTheMinute)"
        case .window: "a window of \(length.toTheMinute)"
        }
    }

    /// For a narrow column, without the minutes of what was not done for days.
    package var inBrief: String {
        if isMoment { return "-" }
        let hours = length.microseconds / 3_600_000_000
        return measure == .failing || hours < 48 ? length.toTheMinute : TimeSpan.hours(hours).spoken
    }
}
