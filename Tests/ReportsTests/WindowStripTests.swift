import Assessment
import Formats
import Reports
import Testing

@Suite struct WindowStripTests {
    private static func day(_ number: Int64) -> Instant {
        Instant(microseconds: number * 86_400_000_000)
    }

    private static func days(_ from: Int64, _ to: Int64) throws -> Interval {
        try #require(Interval(from: day(from), to: day(to)))
    }

    @Test func `a cell shows the worst verdict in it, however short`() throws {
        let period = try Self.days(0, 21)
        let instant = try #require(Interval(from: Self.day(8), to: Self.day(8) + TimeSpan(microseconds: 1)))
        let timeline = Timeline(
            worstOf: [(period, Verdict.pass), (instant, .fail), (try Self.days(15, 16), .unknown)],
            over: period)
        let strip = WindowStrip(timeline, cell: .days(7))
        #expect(strip.cells.map(\.verdict) == [.pass, .fail, .unknown])
    }

    @Test func `the last cell ends with the period`() throws {
        let period = try Self.days(0, 10)
        let strip = WindowStrip(Timeline(worstOf: [(period, Verdict.pass)], over: period), cell: .days(7))
        #expect(strip.cells.map(\.interval.length) == [.days(7), .days(3)])
    }

    @Test(
        arguments: [(1, 1), (60, 1), (61, 7), (365, 7), (420, 7), (421, 14), (1_000, 21)] as [(Int64, Int64)])
    func `a cell is a day where that fits, else whole weeks`(days: Int64, cell: Int64) throws {
        #expect(WindowStrip.cellLength(for: try Self.days(0, days), columns: 60) == .days(cell))
    }

    @Test(
        arguments: [(1, "a day"), (60, "a day"), (61, "a week"), (421, "2 weeks"), (1_000, "3 weeks")]
            as [(Int64, String)])
    func `the length of a cell is told in words`(days: Int64, name: String) throws {
        let length = WindowStrip.cellLength(for: try Self.days(0, days), columns: 60)
        #expect(WindowStrip.name(ofCell: length) == name)
    }

    @Test func `every verdict has a sign of its own, so colour is never needed`() {
        #expect(Set(Verdict.allCases.map(\.sign)).count == Verdict.allCases.count)
    }
}

@Suite struct ExplainingTests {
    @Test(arguments: [
        ("p-019", "assay explain t p-019"), ("-x", "assay explain t -- -x"), ("", "assay explain t ''"),
        ("a b", "assay explain t 'a b'"), ("it's", #"assay explain t 'it'\''s'"#),
        ("a\u{1B}[31m", #"assay explain t 'a\u{1b}[31m'"#), ("--all", "assay explain t -- --all"),
    ])
    func `the command that explains a key works as it is printed`(key: String, expected: String) {
        #expect(WindowText.explaining("t", key) == expected)
        // A table changes nothing of it.
        var table = Columns(["explained by"], whole: [0])
        table.add([expected])
        #expect(table.lines.last == expected)
    }

    @Test func `the command looks at what was assessed`() {
        let options = ["--period", "autumn", "--known-at", "2026-02-20"]
        let asked = "--period autumn --known-at 2026-02-20"
        #expect(WindowText.explaining("t", "p-019", options) == "assay explain t p-019 \(asked)")
        #expect(WindowText.explaining("t", "-x", options) == "assay explain t \(asked) -- -x")
    }
}

@Suite struct ColumnsTests {
    @Test func `what is never shortened gets a line of its own where room is short`() {
        var table = Columns(["explained by", "from", "reason"], width: 44, whole: [0, 1], isBreaking: true)
        table.add(["assay explain short", "2026-01-01", "late by 2d"])
        table.add(["assay explain a-very-long-name-of-a-test", "2026-01-02", "not met at all"])
        #expect(
            table.lines == [
                "explained by            from        reason",
                "assay explain short     2026-01-01  late by…",
                "assay explain a-very-long-name-of-a-test",
                "                        2026-01-02  not met…",
            ])
        #expect(table.lines.allSatisfy { $0.count <= 44 })
    }

    @Test func `a name with control characters moves no cursor and begins no line`() {
        var table = Columns(["key", "verdict"])
        table.add(["a\u{1B}[31mred\rb\nc\u{9B}d", "fail"])
        #expect(table.lines.count == 2)
        #expect(table.lines.last?.hasPrefix(#"a\u{1b}[31mred\u{d}b\u{a}c\u{9b}d"#) == true, "\(table.lines)")
    }

    @Test func `a name changes no order of the words around it`() {
        var table = Columns(["key"])
        table.add(["a\u{202E}gnp.exe\u{2069}"])
        #expect(table.lines.last == #"a\u{202e}gnp.exe\u{2069}"#)
    }

    @Test func `any other name stands as it is`() {
        var table = Columns(["key"])
        table.add(["größe · 日本 — b"])
        #expect(table.lines.last == "größe · 日本 — b")
    }

    @Test func `columns are aligned and lines keep within the width`() {
        var table = Columns(["test", "key"], width: 30)
        table.add(["a", "b"])
        table.add(["a-rather-long-test-name", "a-rather-long-key-as-well"])
        #expect(table.lines.allSatisfy { $0.count <= 30 })
        #expect(table.lines[1].hasPrefix("a "))
        #expect(table.lines[2].contains("…"))
        #expect(table.lines.allSatisfy { $0.last != " " })
    }

    @Test func `long text is broken between words and keeps its words`() {
        let text = "one two three four five six seven eight nine ten"
        let lines = text.wrapped(indent: 2, width: 16)
        #expect(lines.allSatisfy { $0.count <= 16 && $0.hasPrefix("  ") })
        #expect(lines.map { String($0.dropFirst(2)) }.joined(separator: " ") == text)
    }

    @Test func `a word longer than the line stands alone`() {
        #expect(
            "short averyveryverylongword x".wrapped(indent: 0, width: 8) == [
                "short", "averyveryverylongword", "x",
            ])
    }
}
