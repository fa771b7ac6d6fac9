import Evidence
import Formats
import Testing

@testable import Assessment

/// Keys as people write them.
@Suite struct KeyLookupTests {
    private func rows(_ keys: [Identifier]) throws -> TestRows {
        TestRows(
            rows: try keys.map { VerdictRow(key: $0, interval: try hours(0, 1), verdict: .fail) })
    }

    @Test func `a key is found by itself, or by a beginning that only it has`() throws {
        let rows = try rows(["p-1", "p-10", "q-2"])
        #expect(rows.key("p-1") == "p-1")
        #expect(rows.key("q") == "q-2")
        #expect(rows.key("p") == nil && rows.key("") == nil && rows.key("r") == nil)
    }

    @Test func `a long key is printed by the shortest beginning that means only it`() throws {
        let (one, other) = ("aaaabbbbccccdddd", "aaaabbbbcccceeee")
        let long = [one, other].map { Identifier($0 + String(repeating: "0", count: 20)) }
        let rows = try rows(long + ["short", "as-long-as-it-may-be-24c"])
        #expect(long.map(rows.shortest) == [one, other])
        #expect(rows.shortest("short") == "short")
        #expect(rows.shortest("as-long-as-it-may-be-24c") == "as-long-as-it-may-be-24c")
        #expect(long.map { rows.key(Identifier(rows.shortest($0))) } == long)
    }

    @Test func `what a terminal cannot show may be written as it is shown`() throws {
        let rows = try rows(["a\u{1B}[31mred", "b\u{202E}c", #"d\u{1b}"#])
        #expect(rows.key(#"a\u{1b}[31mred"#) == "a\u{1B}[31mred")
        #expect(rows.key(#"a\u{1b}"#) == "a\u{1B}[31mred")
        #expect(rows.key(#"b\u{202e}c"#) == "b\u{202E}c")
        // Somebody may have called it just so.
        #expect(rows.key(#"d\u{1b}"#) == #"d\u{1b}"#)
    }
}
