import Assessment
import Formats

/// The verdicts of one key, in the order in which they are told. Of a long list those stand here that are not pass, since
/// they are what somebody asks about.
struct VerdictTable {
    let rows: [VerdictRow]
    /// Of the test, for what an event has not met.
    var versions: [RequirementVersion] = []

    /// Most rows that are shown.
    static let limit = 40

    var lines: [String] {
        // Each source tells of the key on its own; where there is but one, its facts name it.
        let isTold = Set(rows.map(\.source)).count > 1
        var heading = ["", "verdict", "from", "to"]
        if isTold { heading.append("source") }
        var table = Columns(heading + ["why"], width: 98)
        let places = Self.shown(of: rows.map(\.verdict))
        for place in places {
            let row = rows[place]
            var cells = [
                String(row.verdict.sign), row.verdict.word, row.interval.start.toTheMinute,
                row.interval.end.toTheMinute,
            ]
            if isTold { cells.append(row.source.text) }
            table.add(cells + [why(row)])
        }
        return Self.lines(of: table, at: places, of: rows.count) + reasonsCut(by: table, at: places)
    }

    /// The places of the rows that are shown, in order: of more than the limit first what failed, then what else is not
    /// pass, then from the beginning what there is room for.
    static func shown(of verdicts: [Verdict]) -> [Int] {
        let byRank = verdicts.indices.sorted {
            (rank(verdicts[$0]), $0) < (rank(verdicts[$1]), $1)
        }
        return byRank.prefix(limit).sorted()
    }

    private static func rank(_ verdict: Verdict) -> Int {
        switch verdict {
        case .fail: 0
        case .tolerated, .waived, .unknown: 1
        // Time to come is the longest part of many lists, and the dullest.
        case .pending: 2
        case .pass, .notApplicable: 3
        }
    }

    /// The lines of the table, with a line wherever rows were left out.
    private static func lines(of table: Columns, at places: [Int], of count: Int) -> [String] {
        var lines = table.lines.prefix(1).map { "  " + $0 }
        var next = 0
        for (place, line) in zip(places, table.lines.dropFirst()) {
            lines += leftOut(place - next)
            lines.append("  " + line)
            next = place + 1
        }
        return lines + leftOut(count - next)
    }

    private static func leftOut(_ count: Int) -> [String] {
        count > 0 ? ["  … and \(Wording.count(count, "more row")): --format json"] : []
    }

    /// What the table had to cut short, each once and in full.
    private func reasonsCut(by table: Columns, at places: [Int]) -> [String] {
        var told: Set<Identifier> = []
        return zip(places, table.lines.dropFirst()).flatMap { place, line -> [String] in
            let reason = why(rows[place]).onOneLine
            guard !line.hasSuffix(reason), told.insert(Identifier(reason)).inserted else { return [] }
            return reason.wrapped(indent: 5)
        }
    }

    private func why(_ row: VerdictRow) -> String {
        var parts: [String] = []
        if let reason = row.reason {
            parts.append(reason.description)
        } else if row.verdict == .fail, row.run == nil, let asked = condition(at: row.interval.start) {
            parts.append("not met: \(asked)")
        }
        if let run = row.run, row.verdict == .fail || row.verdict == .tolerated {
            parts.append("not met since \(run.toTheMinute)")
        }
        if let due = row.due, row.reason != .notYetDue(due) { parts.append("due \(due.toTheMinute)") }
        return parts.joined(separator: ", ")
    }

    /// What the version in force then asks of an event, on one line.
    private func condition(at instant: Instant) -> String? {
        let version = versions.first { $0.inForce.contains(instant) }
        return version?.requirement.condition.map {
            $0.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
    }
}
