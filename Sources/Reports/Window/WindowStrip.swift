package import Assessment
package import Formats

/// A timeline cut into cells of equal length, each with its worst verdict.
package struct WindowStrip: Sendable, Hashable {
    /// A stretch of time with the worst verdict in it.
    package struct Cell: Sendable, Hashable {
        package let interval: Interval
        package let verdict: Verdict
    }

    package let cells: [Cell]

    /// - Parameter cell: the length of a cell; the last one may be shorter.
    package init(_ timeline: Timeline, cell: TimeSpan) {
        var found: [Cell] = []
        var index = 0
        var start = timeline.period.start
        while let interval = Interval(from: start, to: min(start + cell, timeline.period.end)) {
            while index < timeline.segments.count, timeline.segments[index].interval.end <= interval.start {
                index += 1
            }
            var worst = Verdict.notApplicable
            for segment in timeline.segments[index...] {
                if segment.interval.start >= interval.end { break }
                if segment.verdict.rank < worst.rank { worst = segment.verdict }
            }
            found.append(Cell(interval: interval, verdict: worst))
            start = interval.end
        }
        cells = found
    }

    /// A day where that many cells fit into the columns, else a week, else as many weeks as it takes.
    package static func cellLength(for period: Interval, columns: Int) -> TimeSpan {
        let days = Int((period.length.microseconds + 86_399_999_999) / 86_400_000_000)
        if days <= columns { return .days(1) }
        let weeks = (days + 6) / 7
        return .days(7 * Int64((weeks + columns - 1) / columns))
    }

    /// What a cell of such a length stands for, in words.
    package static func name(ofCell length: TimeSpan) -> String {
        let days = length.microseconds / 86_400_000_000
        return days == 1 ? "a day" : days == 7 ? "a week" : "\(days / 7) weeks"
    }
}

extension Verdict {
    /// The sign for a verdict in a strip: told apart by shape, so that colour is never needed.
    package var sign: Character {
        switch self {
        case .pass: "■"
        case .fail: "X"
        case .tolerated: "t"
        case .waived: "w"
        case .unknown: "?"
        case .pending: "…"
        case .notApplicable: "·"
        }
    }

    /// What it is called where people read it.
    package var word: String {
        switch self {
        case .pass: "pass"
        case .fail: "exception"
        case .tolerated: "within grace"
        case .waived: "waived"
        case .unknown: "unknown"
        case .pending: "not due yet"
        case .notApplicable: "no occurrence"
        }
    }

    /// What the sign stands for, in a legend.
    package var legend: String {
        self == .unknown ? "unknown: nothing collected" : word
    }
}
