package import Formats

extension Value {
    /// A moment of the years 1 to 9999 with nanoseconds, as CEL has it.
    package struct Timestamp: Sendable, Hashable, Comparable {
        /// Whole seconds since 1970-01-01T00:00:00Z, rounded down.
        package let seconds: Int64
        /// From 0 to 999,999,999, counted forward from the second.
        package let nanoseconds: Int32

        static let earliest: Int64 = -62_135_596_800
        static let latest: Int64 = 253_402_300_799

        /// Nil outside the years 1 to 9999.
        package init?(seconds: Int64, nanoseconds: Int32 = 0) {
            guard (Self.earliest...Self.latest).contains(seconds) else { return nil }
            self.seconds = seconds
            self.nanoseconds = nanoseconds
        }

        /// A moment of ours. "Always" and "open" become the first and last moment that CEL knows.
        package init(_ instant: Instant) {
            let seconds = RFC3339.floorDivide(instant.microseconds, 1_000_000)
            if seconds < Self.earliest {
                (self.seconds, self.nanoseconds) = (Self.earliest, 0)
            } else if seconds > Self.latest {
                (self.seconds, self.nanoseconds) = (Self.latest, 999_999_999)
            } else {
                self.seconds = seconds
                self.nanoseconds = Int32(instant.microseconds - seconds * 1_000_000) * 1_000
            }
        }

        /// Reads RFC 3339; nil for anything else.
        package init?(_ text: String) {
            guard let parts = RFC3339.parse(text.utf8) else { return nil }
            self.init(seconds: parts.seconds, nanoseconds: parts.nanoseconds)
        }

        /// The moment in whole microseconds; what is finer is cut off.
        package var instant: Instant {
            Instant(microseconds: seconds * 1_000_000 + Int64(nanoseconds / 1_000))
        }

        /// RFC 3339 in UTC with as many fraction digits as are needed.
        package var text: String { RFC3339.format(seconds: seconds, nanoseconds: nanoseconds) }

        package static func < (left: Timestamp, right: Timestamp) -> Bool {
            (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
        }

        func adding(_ duration: Duration) throws(EvaluationError.Reason) -> Timestamp {
            try Self.moved(seconds, Int64(nanoseconds), by: duration.wholeSeconds, duration.fraction)
        }

        func subtracting(_ duration: Duration) throws(EvaluationError.Reason) -> Timestamp {
            try Self.moved(seconds, Int64(nanoseconds), by: -duration.wholeSeconds, -duration.fraction)
        }

        func distance(from other: Timestamp) throws(EvaluationError.Reason) -> Duration {
            let (product, overflow) = (seconds - other.seconds).multipliedReportingOverflow(by: 1_000_000_000)
            let (sum, overflowSum) = product.addingReportingOverflow(Int64(nanoseconds - other.nanoseconds))
            if overflow || overflowSum { throw .outOfRange }
            return Duration(nanoseconds: sum)
        }

        private static func moved(
            _ seconds: Int64, _ nanoseconds: Int64, by wholeSeconds: Int64, _ fraction: Int64
        ) throws(EvaluationError.Reason) -> Timestamp {
            let fine = nanoseconds + fraction
            let carried = RFC3339.floorDivide(fine, 1_000_000_000)
            guard
                let moved = Timestamp(
                    seconds: seconds + wholeSeconds + carried,
                    nanoseconds: Int32(fine - carried * 1_000_000_000))
            else { throw .outOfRange }
            return moved
        }
    }
}
