/// A half-open stretch of time `[start, end)`; an empty one cannot be made.
package struct Interval: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let start, end: Instant

    package init?(from start: Instant, to end: Instant) {
        guard start < end else { return nil }
        self.start = start
        self.end = end
    }

    /// How long it lasts.
    package var length: TimeSpan { end - start }

    /// Whether it is one instant, and nothing longer.
    package var isInstant: Bool { length == TimeSpan(microseconds: 1) }

    package func contains(_ instant: Instant) -> Bool {
        start <= instant && instant < end
    }

    /// The part that lies in the other one too; nil when they do not meet.
    package func clipped(to other: Interval) -> Interval? {
        Interval(from: max(start, other.start), to: min(end, other.end))
    }

    package static func < (left: Interval, right: Interval) -> Bool {
        (left.start, left.end) < (right.start, right.end)
    }

    package var description: String { "\(start) – \(end)" }

    /// All of time.
    package static let always: Interval = {
        guard let all = Interval(from: .distantPast, to: .distantFuture) else {
            preconditionFailure("the distant past comes before the distant future")
        }
        return all
    }()
}
