package import Formats

/// What one batch says of one kind, its facts left out: when they begin, and for which time the source vouches.
package struct BatchMention: Sendable, Hashable {
    package let leaf: Int
    /// The first and the last start of its facts; nil when it brought none.
    package private(set) var starts: ClosedRange<Instant>?
    /// Where its source says that it holds every record, each statement by itself.
    package private(set) var coverage: [Interval]

    package init(leaf: Int, starts: ClosedRange<Instant>? = nil, coverage: [Interval] = []) {
        self.leaf = leaf
        self.starts = starts
        self.coverage = coverage
    }

    /// Whether it says anything for a period.
    package func touches(_ period: Interval) -> Bool {
        if let starts, starts.lowerBound < period.end, starts.upperBound >= period.start { return true }
        return coverage.contains { $0.clipped(to: period) != nil }
    }

    mutating func note(_ start: Instant) {
        let known = starts ?? start...start
        starts = min(known.lowerBound, start)...max(known.upperBound, start)
    }

    mutating func cover(_ interval: Interval) { coverage.append(interval) }

    mutating func add(_ other: BatchMention) {
        if let starts = other.starts {
            note(starts.lowerBound)
            note(starts.upperBound)
        }
        coverage += other.coverage
    }
}

extension [BatchMention] {
    /// What is to be noted for a batch; batches come in the order of the log.
    mutating func note(_ leaf: Int, _ body: (inout BatchMention) -> Void) {
        if last?.leaf != leaf { append(BatchMention(leaf: leaf)) }
        body(&self[count - 1])
    }

    /// Adds what was noted later.
    mutating func add(_ later: [BatchMention]) {
        for mention in later { note(mention.leaf) { $0.add(mention) } }
    }
}
