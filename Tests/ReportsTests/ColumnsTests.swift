import Reports
import Testing

@Suite struct ColumnsTests {
    @Test func `a name with control characters moves no cursor and begins no line`() {
        var table = Columns(["key", "verdict"])
        table.add(["a\u{1B}[31mred\rb\nc\u{9B}d", "fail"])
        #expect(table.lines.count == 2)
        #expect(table.lines.last?.hasPrefix(#"a\u{1b}[31mred\u{d}b\u{a}c\u{9b}d"#) == true, "\(table.lines)")
    }

    @Test func `any other name stands as it is`() {
        var table = Columns(["key"])
        table.add(["größe · 日本 — b"])
        #expect(table.lines.last == "größe · 日本 — b")
    }
}
