import Formats
import Testing

@testable import Assessment
@testable import Reports

/// The verdicts of one key, as they are explained.
@Suite struct VerdictTableTests {
    private func row(_ day: Int64, _ verdict: Verdict, _ reason: VerdictReason? = nil) throws -> VerdictRow {
        let start = Instant(microseconds: 0) + .days(day)
        return VerdictRow(
            key: "k", interval: try #require(Interval(from: start, to: start + .days(1))), verdict: verdict,
            reason: reason, isStretch: false)
    }

    @Test func `of a long list what failed is shown, wherever it stands`() throws {
        let failing: [Int64] = [60, 99]
        let rows = try (0..<100).map { try row($0, failing.contains($0) ? .fail : .pass) }
        let lines = VerdictTable(rows: rows).lines
        let heads = lines.map { $0.split(separator: " ", maxSplits: 3).prefix(3).joined(separator: " ") }
        try #require(lines.count == 43, "\(lines)")
        #expect(heads[1] == "■ pass 1970-01-01" && heads[38] == "■ pass 1970-02-07")
        #expect(lines[39] == "  … and 22 more rows: --format json")
        #expect(heads[40] == "X exception 1970-03-02")
        #expect(lines[41] == "  … and 38 more rows: --format json")
        #expect(heads[42] == "X exception 1970-04-10")
    }

    @Test func `what failed goes before what is unknown, and that before what has not come`() {
        var verdicts = [Verdict](repeating: .pass, count: 10)
        verdicts += [Verdict](repeating: .pending, count: 100)
        verdicts += [Verdict](repeating: .unknown, count: 30)
        verdicts += [Verdict](repeating: .fail, count: 5)
        #expect(
            VerdictTable.shown(of: verdicts) == Array(10..<15) + Array(110..<145))
        #expect(VerdictTable.shown(of: [.pass, .fail, .pass]) == [0, 1, 2])
        #expect(VerdictTable.shown(of: []).isEmpty)
    }

    @Test func `only a reason that the table has cut short is repeated below it`() throws {
        let long = String(repeating: "a word of many ", count: 12) + "ending"
        // With what stands before it, more than forty characters, and the table has room for it.
        let fitting = "an expression of names"
        let rows = [
            try row(0, .fail, .predicate(fitting)), try row(1, .unknown, .predicate(long)),
            try row(2, .unknown, .predicate(long)),
        ]
        let lines = VerdictTable(rows: rows).lines
        let text = lines.joined(separator: "\n")
        #expect(lines[1].hasSuffix(fitting) && lines[2].hasSuffix("…"), "\(text)")
        #expect(text.ranges(of: fitting).count == 1 && text.ranges(of: "ending").count == 1, "\(text)")
    }
}
