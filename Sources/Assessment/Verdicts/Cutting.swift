import Formats

extension Interval {
    /// The interval in parts, ended at each of these instants that lies inside it.
    func cut(at instants: [Instant]) -> [Interval] {
        var parts: [Interval] = []
        var start = self.start
        for instant in Set(instants).sorted() where instant > start && instant < end {
            if let part = Interval(from: start, to: instant) { parts.append(part) }
            start = instant
        }
        if let rest = Interval(from: start, to: end) { parts.append(rest) }
        return parts
    }

    /// The shortest interval there is, at an instant: where something that has no length is drawn.
    init?(instant: Instant) {
        self.init(from: instant, to: instant + TimeSpan(microseconds: 1))
    }
}
