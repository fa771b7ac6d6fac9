import Formats

/// What one fact says about one record's state, without the value itself.
struct StatePoint {
    let from: Instant
    /// Nil holds until the next one.
    let to: Instant?
    /// Whether there is a value; a fact without one says that the record had ceased to exist.
    let exists: Bool
    let recorded: Instant
    let reference: FactReference
    /// Where the value is, for the caller.
    let row: Int

    /// Knowledge order. Facts that became known together are ordered by their place in the log, and a log's order
    /// is the same for everyone who holds it.
    fileprivate static func precedes(_ left: StatePoint, _ right: StatePoint) -> Bool {
        (left.recorded, left.reference) < (right.recorded, right.reference)
    }
}

/// A stretch of time over which a record had the value of one fact.
struct ResolvedStretch {
    let interval: Interval
    let row: Int
}

/// Finds out which fact counts when (`docs/evidence.md`).
///
/// A fact without an end is a change point: it holds until the next one. A fact with an end replaces what was
/// known for its stretch, and what holds without it comes back behind it. Of two that speak of one time, the one
/// that became known later counts.
enum StateResolution {
    /// - Parameter points: all that is said of one record, in any order.
    static func stretches(_ points: [StatePoint]) -> [ResolvedStretch] {
        if isPlain(points) { return plain(points) }
        var changes: [StatePoint] = []
        var bounded: [StatePoint] = []
        for point in points.sorted(by: StatePoint.precedes) {
            if point.to == nil { changes.append(point) } else { bounded.append(point) }
        }
        let standingPoints = changePoints(changes)
        var cuts = Set(standingPoints.map(\.from))
        for point in bounded {
            cuts.insert(point.from)
            if let to = point.to { cuts.insert(to) }
        }
        let starts = cuts.sorted()
        var found: [(stretch: ResolvedStretch, reference: FactReference)] = []
        var standing: StatePoint?
        var next = 0
        for (index, start) in starts.enumerated() {
            while next < standingPoints.count, standingPoints[next].from <= start {
                standing = standingPoints[next]
                next += 1
            }
            let end = index + 1 < starts.count ? starts[index + 1] : .distantFuture
            guard let point = valid(at: start, standing, bounded), point.exists,
                let interval = Interval(from: start, to: end)
            else { continue }
            if let last = found.last, last.reference == point.reference, last.stretch.interval.end == start,
                let joined = Interval(from: last.stretch.interval.start, to: end)
            {
                found[found.count - 1].stretch = ResolvedStretch(interval: joined, row: point.row)
            } else {
                found.append((ResolvedStretch(interval: interval, row: point.row), point.reference))
            }
        }
        return found.map(\.stretch)
    }

    /// Change points alone, each later than the one before: how nearly all records are told.
    private static func isPlain(_ points: [StatePoint]) -> Bool {
        for index in points.indices {
            if points[index].to != nil { return false }
            if index > 0, points[index].from <= points[index - 1].from { return false }
        }
        return true
    }

    private static func plain(_ points: [StatePoint]) -> [ResolvedStretch] {
        points.indices.compactMap { index in
            let end = index + 1 < points.count ? points[index + 1].from : .distantFuture
            guard points[index].exists, let interval = Interval(from: points[index].from, to: end) else {
                return nil
            }
            return ResolvedStretch(interval: interval, row: points[index].row)
        }
    }

    /// The change points by time; of several at one time the one that became known last.
    private static func changePoints(_ sorted: [StatePoint]) -> [StatePoint] {
        var byStart: [Instant: StatePoint] = [:]
        for point in sorted { byStart[point.from] = point }
        return byStart.values.sorted { $0.from < $1.from }
    }

    /// What holds at an instant: the last change point before it, unless a fact with an end says otherwise. A change
    /// inside such a stretch that became known after it ends it.
    private static func valid(
        at instant: Instant, _ standing: StatePoint?, _ bounded: [StatePoint]
    ) -> StatePoint? {
        let stretch = bounded.last { point in
            guard let to = point.to else { return false }
            return point.from <= instant && instant < to
        }
        guard let stretch, let standing else { return stretch ?? standing }
        return StatePoint.precedes(stretch, standing) && standing.from >= stretch.from ? standing : stretch
    }
}
