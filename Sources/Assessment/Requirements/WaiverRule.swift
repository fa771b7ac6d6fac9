package import Formats

/// An approved acceptance of failures for some keys and time.
package struct WaiverRule: Sendable {
    package let id: Identifier
    package let test: Identifier
    /// Nil is every key.
    package let keys: Set<Identifier>?
    /// Nil is every source.
    package let source: Identifier?
    package let interval: Interval
    /// When it was put on record: it never works backwards from there.
    package let recorded: Instant

    package init(
        id: Identifier, test: Identifier, keys: Set<Identifier>?, source: Identifier? = nil,
        interval: Interval, recorded: Instant
    ) {
        self.id = id
        self.test = test
        self.keys = keys
        self.source = source
        self.interval = interval
        self.recorded = recorded
    }

    /// Whether a row speaks of a unit that it is for.
    package func isFor(_ row: VerdictRow) -> Bool {
        (keys?.contains(row.key) ?? true) && (source.map { $0 == row.source } ?? true)
    }

    /// Where it has effect; nil when it was recorded after its own end.
    package var effect: Interval? {
        Interval(from: max(interval.start, recorded), to: interval.end)
    }
}
