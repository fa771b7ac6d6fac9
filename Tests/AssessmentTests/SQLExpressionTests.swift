import Catalog
import Evidence
import Formats
import TestSupport
import Testing

@testable import Assessment

/// Expressions mean in SQL what they mean in the language, errors included.
@Suite struct SQLExpressionTests {
    private static let kind = Kind(
        name: "change", title: "Change", mode: .event,
        fields: [
            Field(name: "author", type: .text), Field(name: "title", type: .text),
            Field(name: "merged", type: .flag), Field(name: "urgent", type: .flag),
            Field(name: "lines", type: .whole), Field(name: "files", type: .whole),
            Field(name: "risk", type: .decimal), Field(name: "opened", type: .timestamp),
            Field(name: "took", type: .duration), Field(name: "approvers", type: .list(.text)),
            Field(name: "sizes", type: .list(.whole)),
            Field(name: "email", type: .text, isPersonal: true), Field(name: "mrn", type: .text, isPHI: true),
        ])

    static let expressions = [
        "c.merged", "!c.merged", "c.merged && c.urgent", "c.merged || c.urgent", "c.merged == c.urgent",
        "c.merged != true", "c.merged ? c.urgent : c.lines > 3", "has(c.merged)", "!has(c.title) || c.merged",
        "has(c.missing)", "c.missing == 1", "c.merged || c.missing", "c.merged && c.missing == 'x'",
        "true || c.merged",
        "c.lines > 3", "c.lines >= c.files", "c.lines + c.files * 2 <= 9", "c.lines - c.files < 0",
        "c.lines / c.files == 2", "-c.lines / 2 == -1", "c.lines % c.files == 1", "-c.lines % 3 == -1",
        "c.lines == 3.0", "c.risk > 0.5", "c.risk <= c.lines", "c.risk == 0.5", "c.lines == c.author",
        "c.lines < c.author", "c.author == null", "c == null", "c.author == 'ann'", "c.author < 'b'",
        "c.author + '!' == 'ann!'", "c.author in ['ann', 'bob']", "c.author in []",
        "!(c.author in ['ann', 3])",
        "c.lines in [1, c.files, 3]", "c.title.startsWith('fi')", "c.title.endsWith('ü')",
        "c.title.contains(\"'\")",
        "c.title.startsWith('')", "c.title.endsWith(c.author)", "size(c.title) > 3", "c.title.size() == 5",
        "c.lines.startsWith('x')", "c.opened < timestamp('2026-01-01T10:00:00Z')",
        "c.opened + c.took > timestamp('2026-01-01T10:00:00Z')", "at - c.opened > duration('5h')",
        "at - c.opened > days(1)", "c.took * 2 > c.took", "c.took > duration('90m')",
        "at >= c.opened + days(c.lines)",
        "c.approvers.exists(p, p != c.author)", "c.approvers.all(p, p != c.author)",
        "c.approvers.exists_one(p, p == 'bob')", "size(c.approvers) >= 2", "c.author in c.approvers",
        "c.approvers[0] == 'ann'", "c.approvers.exists(p, p.startsWith(c.title))", "c.?lines.orValue(7) > 5",
        "c['author'] == 'bob'", "c.lines", "1 / 0 == 1 || c.merged", "c.merged == 1",
        "(c.merged ? c.lines : c.files) > 2", "c.urgent ? c.merged : c.missing",
        "(c.merged ? c.?lines : c.?files).orValue(3) > 2", "(c.merged ? c.?title : c.?author).hasValue()",
        "(c.merged ? c.missing : c.?author).hasValue()", "(c.merged ? c.missing : c.missing) == 1",
        "(c.merged ? (c.urgent ? c.?lines : c.?files) : c.?files).orValue(0) == 2",
    ]

    /// Conditions of macros that read another list, the element outside, the record, or no element at all.
    static let nested = [
        "c.approvers.exists(p, c.merged)", "c.approvers.all(p, c.lines > 2)",
        "c.approvers.exists_one(p, c.urgent)", "c.approvers.all(p, c.sizes.exists(n, n == size(p)))",
        "c.approvers.exists(p, c.sizes.all(n, n > size(p) && c.merged))",
        "c.approvers.exists_one(p, c.sizes.exists_one(n, n == size(p)))",
        "c.approvers.all(p, c.sizes.exists(n, n == c.lines))", "c.approvers.exists(p, c.sizes.all(n, n > 1))",
        "c.approvers.all(p, c.approvers.exists_one(q, q == p))", "c.approvers.all(p, p in c.approvers)",
        "c.approvers.exists(p, c.sizes.exists(n, c.approvers.all(q, size(q) == n && q == p)))",
        "c.approvers.exists(p, size(p) in c.sizes)", "c.approvers.all(p, size(p) != c.sizes[0])",
    ]

    /// Texts of values, macros over lists that are written out, and sums at the ends of 64 bits.
    static let written = [
        "string(c.opened).contains('T1')", "c.author + ' ' + string(c.opened) < 'ann 2026-01-01T09:00:00Z'",
        "string(c.opened + duration('1500ms')).endsWith(':01.5Z')",
        "string(c.lines) + string(c.merged) == '3true'",
        "string(c.title) == 'größe'", "string(c.missing) == ''", "string(c.approvers) == ''",
        "['ann', 'bob'].all(p, p in c.approvers)", "['ann', c.title].exists(p, p == c.author)",
        "['ann', 'bob', 'x'].exists_one(p, p in c.approvers)", "[1, c.files].exists_one(n, n == c.lines)",
        "[1, c.missing].exists(n, true)", "[].all(p, c.merged)", "[].exists_one(p, c.merged)",
        "[1, 2].all(n, [n, 3].exists(m, m == c.lines))", "[true, c.merged].exists(p, p)",
        "(c.lines - c.files) * 4611686018427387904 > 0", "c.lines * -4611686018427387904 < 0",
        "-(c.lines * 4611686018427387904) < 0",
        "9223372036854775807 - c.lines > 9223372036854775806 - c.files",
        "c.lines * 4611686018427387904 + c.files * 4611686018427387904 > 0",
        "c.lines * 4611686018427387904 - c.files * 4611686018427387904 < 0",
        "(c.lines * 4611686018427387904) * -1 > 0",
    ]

    private static func world(_ generator: inout Seeded) throws -> History {
        var builder = HistoryBuilder(knownAt: hour(90_000), kinds: [kind])
        let texts = ["ann", "bob", "fixü", "it's", "", "größe"]
        func add(_ fact: Fact, _ leaf: Int) {
            builder.add(
                RecordedFact(
                    fact: fact, source: "one", recorded: hour(-9_000),
                    reference: FactReference(leaf: leaf, item: 0)))
        }
        add(.coverage("change", try hours(-100, 100)), 0)
        for number in 1...25 {
            let all: [(String, JSON)] = [
                ("author", .string(texts[generator.below(3)])), ("title", .string(texts[generator.below(6)])),
                ("merged", .bool(generator.below(2) == 0)), ("urgent", .bool(generator.below(2) == 0)),
                ("lines", .integer(Int64(generator.below(8) - 2))),
                ("files", .integer(Int64(generator.below(4)))),
                ("risk", .string(["0.25", "0.5", "3", "-1.5"][generator.below(4)])),
                ("opened", .string(hour(generator.below(40) - 20).description)),
                ("took", .string("\(1 + generator.below(4))h")),
                (
                    "approvers",
                    .array((0..<generator.below(4)).map { _ in .string(texts[generator.below(3)]) })
                ),
                (
                    "sizes",
                    .array((0..<generator.below(3)).map { _ in .integer(Int64(2 + generator.below(3))) })
                ),
            ]
            let value = JSONObject(
                all.filter { _ in generator.below(4) > 0 }.map { .init(name: $0.0, value: $0.1) }
                    + [.init(name: "email", value: .string("x"))])
            add(.event("change", Identifier("c\(number)"), at: hour(generator.below(24)), value), number)
        }
        return builder.build()
    }

    private func test(_ source: String) throws -> ControlTest {
        Sample.test(
            .event(
                EventRequirement(
                    kind: "change", scope: nil, require: try Sample.predicate(source, of: "c"), joins: [])))
    }

    @Test(arguments: expressions + nested + written) func `SQL gives what the language gives`(
        _ source: String
    ) throws {
        var generator = Seeded(UInt64(source.utf8.count) + 11)
        let test = try test(source)
        for _ in 0..<3 {
            let frame = Frame(
                history: try Self.world(&generator), period: try hours(0, 48), knownAt: hour(90_000))
            let script = try SQLTwin(test, frame, kinds: [Self.kind]).script
            #expect(try SQLRunner.rows(script) == test.evaluate(frame).asPrinted)
        }
    }

    @Test(
        .enabled(if: DuckDB.obstacle == nil, "needs python3 with the package duckdb"),
        arguments: nested + written)
    func `DuckDB gives what the language gives`(_ source: String) throws {
        var generator = Seeded(UInt64(source.utf8.count) + 12)
        let frame = Frame(
            history: try Self.world(&generator), period: try hours(0, 48), knownAt: hour(90_000))
        let test = try test(source)
        let script = try SQLTwin(test, frame, kinds: [Self.kind]).script
        #expect(try DuckDB.rows([script]) == [test.evaluate(frame).asPrinted])
    }

    /// Changes whose titles are the texts of when they were opened: the ends of the years that there are, days that some
    /// years lack, and parts of a second.
    private static func dated() throws -> (test: ControlTest, frame: Frame) {
        var builder = HistoryBuilder(knownAt: hour(90_000), kinds: [kind])
        func add(_ fact: Fact, _ leaf: Int) {
            builder.add(
                RecordedFact(
                    fact: fact, source: "one", recorded: hour(-9_000),
                    reference: FactReference(leaf: leaf, item: 0)))
        }
        add(.coverage("change", try hours(-100, 100)), 0)
        let texts = [
            "0001-01-01T00:00:00Z", "1600-02-29T12:00:00.000001Z", "1900-02-28T23:59:59.999999Z",
            "1900-03-01T00:00:00Z", "1969-12-31T23:59:59.9Z", "1970-01-01T00:00:00Z", "2000-02-29T00:00:10Z",
            "2026-10-25T01:02:03.04Z", "2027-12-31T20:00:00.1205Z", "2028-02-29T10:10:10.101Z",
            "9999-12-31T23:59:59.999999Z",
        ]
        for (number, text) in texts.enumerated() {
            let value = JSONObject([
                .init(name: "title", value: .string(text)), .init(name: "opened", value: .string(text)),
            ])
            add(.event("change", Identifier("c\(number)"), at: hour(number), value), number + 1)
        }
        add(
            .event("change", "never", at: hour(20), JSONObject([.init(name: "title", value: .string(""))])),
            99)
        let require = try Sample.predicate("string(c.opened) == c.title", of: "c")
        let test = Sample.test(
            .event(EventRequirement(kind: "change", scope: nil, require: require, joins: [])))
        return (
            test, Frame(history: builder.build(), period: try hours(0, 48), knownAt: hour(90_000))
        )
    }

    @Test func `a timestamp is printed to the character`() throws {
        let (test, frame) = try Self.dated()
        let rows = try SQLRunner.rows(try SQLTwin(test, frame, kinds: [Self.kind]).script)
        #expect(rows == test.evaluate(frame).asPrinted)
        #expect(rows.filter { $0.verdict == "pass" }.count == 11)
        #expect(rows.filter { $0.verdict == "none" }.map(\.key) == ["never"])
    }

    @Test(.enabled(if: DuckDB.obstacle == nil, "needs python3 with the package duckdb"))
    func `DuckDB prints a timestamp to the character`() throws {
        let (test, frame) = try Self.dated()
        let script = try SQLTwin(test, frame, kinds: [Self.kind]).script
        #expect(try DuckDB.rows([script]) == [test.evaluate(frame).asPrinted])
    }

    @Test(
        arguments: [
            ("c.title.matches('^a+$')", "a regular expression at line 1, column 9"),
            ("c.title.lowerAscii() == 'a'", "the function lowerAscii() at line 1, column 9"),
            ("c.lines * c.files * c.lines > 1", "a whole number that may leave 64 bits"),
            ("c.lines * 4611686018427387904 % 3 == 0", "a whole number that may leave 64 bits"),
            ("c.risk + 1.0 > 2.0", "arithmetic on decimals"),
            ("string(c.risk) == '1'", "the text of a decimal"),
            ("string(c.took) == '1s'", "the text of a duration"),
            ("[c.approvers].exists(l, true)", "a list of lists"),
            ("c.approvers.map(p, p + 'x') == []", "the macro map()"),
            ("(c.merged ? c : c) == null", "a choice between records at line 1, column 11"),
            ("(c.merged ? null : null) == null", "a choice with null at line 1, column 11"),
            ("(c.merged ? c.title : null) == null", "a choice with null"),
            ("c.author in (c.merged ? ['ann'] : c.approvers)", "a choice between lists"),
            ("(c.merged ? c.?lines : c.?title).hasValue()", "a choice between values of two types"),
            ("c.author in (['ann'] + c.approvers)", "joining lists"),
            ("size(c) == 2", "the size of a record"),
            ("c.email != ''", "change.email, which is personal and withheld; add --include personal"),
            ("c.mrn != ''", "change.mrn, which is protected health information"),
        ])
    func `what cannot be written says so, and where`(_ source: String, _ expected: String) throws {
        var generator = Seeded(1)
        let frame = Frame(
            history: try Self.world(&generator), period: try hours(0, 48), knownAt: hour(90_000))
        let test = try test(source)
        let error = #expect(throws: SQLTwinError.self) {
            try SQLTwin(test, frame, kinds: [Self.kind])
        }
        #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
    }

    /// Titles that differ only in what stands at the ends of their lines.
    private static let brokenTitles = [
        "a\nb", "a\n  b", "a\r\nb", "a\rb", "a\tb", "'\"\\\n;--", "\"a\"", "plain",
    ]

    private static func brokenLines() throws -> (test: ControlTest, frame: Frame) {
        var builder = HistoryBuilder(knownAt: hour(90_000), kinds: [kind])
        func add(_ fact: Fact, _ leaf: Int) {
            builder.add(
                RecordedFact(
                    fact: fact, source: "on\ne", recorded: hour(-9_000),
                    reference: FactReference(leaf: leaf, item: 0)))
        }
        add(.coverage("change", try hours(-100, 100)), 0)
        for (number, title) in brokenTitles.enumerated() {
            let value = JSONObject([.init(name: "title", value: .string(title))])
            add(.event("change", Identifier("c\n\(number)"), at: hour(number), value), number + 1)
        }
        let require = """
            c.title in ['a\\nb', 'a\\r\\nb', '"a"'] || c.title == 'a\\tb' || c.title.startsWith('\\'"\\\\\\n;')
            """
        let test = Sample.test(
            .event(
                EventRequirement(
                    kind: "change", scope: nil, require: try Sample.predicate(require, of: "c"), joins: [])),
            waivers: [Sample.waiver(try hours(0, 100), keys: ["c\n1", "c\n9"], id: "w\nv")])
        return (
            test,
            Frame(history: builder.build(), period: try hours(0, 48), knownAt: hour(90_000))
        )
    }

    @Test func `a text keeps what stands at the ends of its lines`() throws {
        let (test, frame) = try Self.brokenLines()
        let script = try SQLTwin(test, frame, kinds: [Self.kind]).script
        let rows = try SQLRunner.rows(script)
        #expect(rows == test.evaluate(frame).asPrinted)
        #expect(rows.filter { $0.verdict == "pass" }.count == 5)
        #expect(rows.filter { $0.verdict == "waived" }.map(\.key) == ["c\n1"])
        // Programs that run scripts drop a carriage return at the end of a line.
        #expect(script.utf8.allSatisfy { $0 >= 0x20 || $0 == 0x0A })
    }

    @Test(.enabled(if: DuckDB.obstacle == nil, "needs python3 with the package duckdb"))
    func `a text keeps the ends of its lines in DuckDB`() throws {
        let (test, frame) = try Self.brokenLines()
        let script = try SQLTwin(test, frame, kinds: [Self.kind]).script
        #expect(try DuckDB.rows([script]) == [test.evaluate(frame).asPrinted])
    }

    @Test func `only what the test reads is written out`() throws {
        var generator = Seeded(2)
        let frame = Frame(
            history: try Self.world(&generator), period: try hours(0, 48), knownAt: hour(90_000))
        let twin = try SQLTwin(try test("c.merged"), frame, kinds: [Self.kind])
        let table = try #require(twin.tables.first { $0.name == "facts_change" })
        #expect(
            table.columns.map(\.name) == ["row_id", "source", "key", "happened", "leaf", "item", "merged"])
        #expect(table.csv.hasPrefix("row_id,source,key,happened,leaf,item,merged\n1,\"one\",\"c"))
        #expect(twin.fileScript.contains("COPY facts_change FROM 'facts_change.csv'"))
    }
}
