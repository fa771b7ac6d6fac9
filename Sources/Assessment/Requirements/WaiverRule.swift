package import Formats

/// An approved acceptance of failures for some keys and time.
package struct WaiverRule: Sendable {
    package let id: Identifier
    package let test: Identifier
    /// Nil is every key.
    package let keys: Set<Identifier>?
    package let interval: Interval
    /// When it was put on record: it never works backwards from there.
    package let recorded: Instant

    package init(
        id: Identifier, test: Identifier, keys: Set<Identifier>?, interval: Interval, recorded: Instant
    ) {
        self.id = id
        self.test = test
        self.keys = keys
        self.interval = interval
        self.recorded = recorded
    }

    /// Where it has effect; nil when it was recorded after its own end.
    package var effect: Interval? {
        Interval(from: max(interval.start, recorded), to: interval.end)
    }
}
