import Evidence
import Formats

/// A union of very many stretches, most of which lie within what is there already.
struct StretchUnion: Sendable {
    private var parts: [(start: Instant, end: Instant)] = []
    /// Whatever lies in this needs no adding.
    private var widest: (start: Instant, end: Instant) = (.distantFuture, .distantPast)
    /// How many parts there may be before they are merged.
    private var limit = 256

    var isEmpty: Bool { parts.isEmpty }

    mutating func insert(_ start: Instant, _ end: Instant) {
        if start >= end || (start >= widest.start && end <= widest.end) { return }
        if let last = parts.last, start >= last.start, start <= last.end {
            if end > last.end { parts[parts.count - 1].end = end }
        } else {
            if parts.count >= limit {
                let merged = intervals
                parts = merged.map { ($0.start, $0.end) }
                limit = max(256, 2 * parts.count)
            }
            parts.append((start, end))
        }
        if let last = parts.last,
            widest.start > widest.end || last.end - last.start > widest.end - widest.start
        {
            widest = last
        }
    }

    mutating func insert(_ other: StretchUnion) {
        for part in other.parts { insert(part.start, part.end) }
    }

    /// In order, disjoint, not touching.
    var intervals: [Interval] {
        IntervalSet(parts.compactMap { Interval(from: $0.start, to: $0.end) }).intervals
    }
}
