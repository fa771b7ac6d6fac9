package import Assessment
import Crypto
import Evidence
import Formats

/// The answer to a published query in the form in which all programs give it.
package struct QueryAnswer: Sendable, Hashable, CustomStringConvertible {
    /// Units of each verdict; a late and a missed response are told apart.
    package var units: [String: Int]
    /// Microseconds of each verdict, for queries over stretches.
    package var spans: [String: Int64]
    /// SHA-256, in hexadecimal, over the sorted lines `key TAB start TAB end TAB verdict`; times are microseconds since
    /// 1970. Passing rows of queries that are not over stretches, and stretches to which nothing applies, are left out;
    /// stretches that touch are one.
    package var digest: String

    package init(units: [String: Int], spans: [String: Int64], digest: String) {
        self.units = units
        self.spans = spans
        self.digest = digest
    }

    package var description: String {
        let text = units.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        let time = spans.sorted { $0.key < $1.key }.map { "\($0.value) us \($0.key)" }.joined(separator: ", ")
        return text + (time.isEmpty ? "" : "; \(time)") + "; \(digest.prefix(16))"
    }
}

/// Gathers the rows of an answer.
package struct QueryAnswerBuilder {
    private struct Row {
        let key: String
        let verdict: String
        var start: Int64
        var end: Int64
    }

    private let query: PublishedQuery
    private var units: [String: Int] = [:]
    private var rows: [Row] = []

    package init(_ query: PublishedQuery) {
        self.query = query
    }

    /// Counts passing units without a row.
    package mutating func add(passing count: Int) {
        if count > 0 { units["pass", default: 0] += count }
    }

    package mutating func add(key: String, start: Int64, end: Int64, verdict: String) {
        if !query.isOverStretches {
            units[verdict, default: 0] += 1
            if verdict == "pass" { return }
        }
        rows.append(Row(key: key, verdict: verdict, start: start, end: end))
    }

    package func finish() -> QueryAnswer {
        let sorted = rows.sorted { ($0.key, $0.start) < ($1.key, $1.start) }
        guard query.isOverStretches else {
            return QueryAnswer(units: units, spans: [:], digest: Self.digest(sorted))
        }
        var (units, spans) = (self.units, [String: Int64]())
        var lines: [Row] = []
        var found: Set<String> = []
        for (place, row) in sorted.enumerated() {
            found.insert(row.verdict)
            if row.verdict != "n/a" {
                spans[row.verdict, default: 0] += row.end - row.start
                if let last = lines.last, last.key == row.key, last.verdict == row.verdict,
                    last.end == row.start
                {
                    lines[lines.count - 1].end = row.end
                } else {
                    lines.append(row)
                }
            }
            if place + 1 == sorted.count || sorted[place + 1].key != row.key {
                units[Self.unit(found), default: 0] += 1
                found = []
            }
        }
        return QueryAnswer(units: units, spans: spans, digest: Self.digest(lines))
    }

    private static func unit(_ found: Set<String>) -> String {
        if found.contains("fail") { return "fail" }
        if found.contains("pass") || found.contains("tolerated") { return "pass" }
        return found.contains("none") ? "none" : "n/a"
    }

    private static func digest(_ rows: [Row]) -> String {
        let lines = rows.map { "\($0.key)\t\($0.start)\t\($0.end)\t\($0.verdict)\n" }.sorted {
            $0.utf8.lexicographicallyPrecedes($1.utf8)
        }
        var hash = SHA256()
        for line in lines { hash.update(data: Array(line.utf8)) }
        return hash.finalize().map { byte in
            let text = String(byte, radix: 16)
            return byte < 16 ? "0" + text : text
        }.joined()
    }
}

extension QueryAnswerBuilder {
    /// Adds the verdict rows of one of the query's tests.
    package mutating func add(_ found: TestRows, _ calendar: WorkloadCalendar) {
        for row in found.rows {
            let (start, end) = (row.interval.start.microseconds, row.interval.end.microseconds)
            switch query {
            case .rescan: add(sampling: row, start, end, calendar)
            case .response:
                // A row says where the failure lies; the query, from when to when the obligation ran.
                guard let due = row.due?.microseconds else { continue }
                var verdict = row.verdict.rawValue
                if case .late? = row.reason { verdict = "late" }
                if row.reason == .missed { verdict = "missed" }
                add(key: row.key.text, start: due - 30 * WorkloadCalendar.day, end: due, verdict: verdict)
            default: add(key: row.key.text, start: start, end: end, verdict: row.verdict.rawValue)
            }
        }
    }

    private mutating func add(
        sampling row: VerdictRow, _ start: Int64, _ end: Int64, _ calendar: WorkloadCalendar
    ) {
        guard row.verdict != .notApplicable else { return }
        let verdict = [.fail, .tolerated].contains(row.verdict) ? "fail" : row.verdict.rawValue
        for midnight in calendar.midnights where start <= midnight && midnight < end {
            add(key: row.key.text, start: midnight, end: midnight + 1, verdict: verdict)
        }
    }
}
