import Formats
import Testing

@testable import Expressions

/// What the fuzzing is unlikely to meet.
@Suite struct ColumnsTests {
    private static func texts(_ texts: [String], presence: [UInt8]? = nil) -> Column {
        var interner = TextInterner()
        let numbers = texts.map { interner.number(of: $0) }
        return Column(.texts(numbers, interner.dictionary), presence: presence)
    }

    private static func block(
        _ fields: [(name: String, column: Column)], presence: [UInt8]? = nil, named name: String = "a"
    ) -> ColumnBlock {
        ColumnBlock(
            count: fields.first?.column.count ?? 0,
            variables: [(name, RecordColumns(fields: fields, presence: presence))])
    }

    private func answers(_ source: String, _ blocks: ColumnBlock..., limits: ExpressionLimits = .standard)
        throws
        -> [[UInt8]]
    {
        var evaluation = ColumnEvaluation(try Expression(parsing: source, limits: limits))
        return blocks.map { evaluation.answers(over: $0) }
    }

    @Test(arguments: [
        ("a.n == 1", [1, 0, 2]), ("a.n == 1 || true", [1, 1, 1]), ("has(a.n)", [1, 1, 0]),
        ("!has(a.n) || a.n > 1", [0, 1, 1]), ("a.n + 9223372036854775806 > 0", [1, 2, 2]),
        ("a.n", [2, 2, 2]),
        ("a.n in [1, 'k']", [1, 0, 2]), ("a.s == 'k'", [1, 0, 0]), ("a.s.startsWith('k')", [1, 0, 0]),
        ("a.missing == 1", [2, 2, 2]), ("has(a.missing)", [0, 0, 0]), ("b == null", [2, 2, 2]),
        ("a != null", [1, 1, 1]), ("1 < 2", [1, 1, 1]), ("1 / 0 > 0", [2, 2, 2]), ("a.s == a.n", [0, 0, 2]),
        ("a.s < a.n", [2, 2, 2]), ("a['n'] >= 2.0", [0, 1, 2]), ("a.n > 1 ? a.s == 'm' : true", [1, 1, 2]),
        ("size(a) == 2", [1, 1, 0]),
    ]) func `rows answer as the language says`(source: String, expected: [UInt8]) throws {
        let block = Self.block([
            ("n", Column(.whole([1, 2, 7]), presence: [1, 1, 0])), ("s", Self.texts(["k", "m", "m"])),
        ])
        #expect(try answers(source, block) == [expected])
    }

    @Test func `a record that is null has no fields`() throws {
        let block = Self.block([("n", Column(.whole([1, 2])))], presence: [1, 0])
        #expect(try answers("a == null", block) == [[0, 1]])
        #expect(try answers("a != null && a.n == 1", block) == [[1, 0]])
        #expect(try answers("a.n == 1", block) == [[1, 2]])
        #expect(try answers("has(a.n)", block) == [[1, 2]])
    }

    @Test func `the ends of time are as far apart as the tree walk says`() throws {
        let open = Column(.timestamps([.max, Vector.afterLatest - 1, .min, .max]))
        let last = Column(.timestamps([Vector.afterLatest - 1, .max, .max, .max]))
        let block = Self.block([("t", open), ("u", last)])
        #expect(try answers("a.t - a.u == duration('999ns')", block) == [[1, 0, 2, 0]])
        #expect(try answers("a.u - a.t == duration('999ns')", block) == [[0, 1, 2, 0]])
        #expect(try answers("a.t - duration('1us') < a.u - duration('1us')", block) == [[0, 1, 2, 0]])
        #expect(try answers("a.t == a.u", block) == [[0, 0, 0, 1]])
        #expect(try answers("a.t == timestamp('9999-12-31T23:59:59.999999999Z')", block) == [[1, 0, 0, 1]])
    }

    @Test func `numbers of another dictionary are not mistaken`() throws {
        let first = Self.block([("s", Self.texts(["k", "m"])), ("l", Column(.coded([0], [.int(1)])))])
        let other = Self.block([("s", Self.texts(["m", "k"])), ("l", Column(.coded([0], [.int(2)])))])
        #expect(try answers("a.s == 'k'", first, other, first) == [[1, 0], [0, 1], [1, 0]])
        let lists = [
            Self.block([("l", Column(.coded([0, 1], [.list([]), .list([.int(1)])])))]),
            Self.block([("l", Column(.coded([0, 1], [.list([.int(1)]), .list([])])))]),
        ]
        #expect(try answers("size(a.l) == 0", lists[0], lists[1]) == [[1, 0], [0, 1]])
    }

    @Test func `a field may change its type from block to block`() throws {
        let first = Self.block([("v", Column(.whole([1, 2])))])
        let second = Self.block([("v", Self.texts(["k", "m"]))])
        #expect(try answers("a.v == 'k'", first, second, first) == [[0, 0], [1, 0], [0, 0]])
        #expect(try answers("a.v > 1", first, second) == [[0, 1], [2, 2]])
    }

    @Test func `names that only the tree walk resolves are left to it`() throws {
        let fields: [(name: String, column: Column)] = [("n", Column(.whole([1])))]
        #expect(try answers("a.b.n == 1", Self.block(fields, named: "a.b")) == [[1]])
        #expect(try answers("int.n == 1", Self.block(fields, named: "int")) == [[1]])
        let twice = Self.block([("n", Column(.whole([1]))), ("n", Column(.whole([2])))])
        #expect(try answers("a.n == 1", twice) == [[1]])
    }

    @Test func `a part that runs out of steps makes the whole undecidable as in the tree walk`() throws {
        let words = [String(repeating: "x", count: 4_000), "k"]
        let block = Self.block([("s", Self.texts(words)), ("n", Column(.whole([1, 1])))])
        let limits = ExpressionLimits(cost: 300)
        // The walk of the first row stops for good at the text, though the other side would outvote an error.
        #expect(try answers("a.s.contains('y') || a.n == 1", block, limits: limits) == [[2, 1]])
        #expect(try answers("a.n == 1 || a.s.contains('y')", block, limits: limits) == [[1, 1]])
    }

    @Test(arguments: [
        "size(a.s.split('')) > 0", "size(a.s.split('')) == a.n", "a.s.split('').join() == a.s",
        "a.s.split('').exists(p, p == 'x') || a.n >= 1",
    ]) func `what functions build is paid for as in the tree walk`(source: String) throws {
        let words = [String(repeating: "k", count: 100), "k"]
        let block = Self.block([("s", Self.texts(words)), ("n", Column(.whole([100, 1])))])
        #expect(try answers(source, block, limits: ExpressionLimits(cost: 50)) == [[2, 1]])
        let expression = try Expression(parsing: source, limits: ExpressionLimits(cost: 50))
        let walked = (0..<2).map { try? expression.evaluate(block.bindings($0)) }
        #expect(walked.map { ColumnAnswer.of($0) } == [2, 1])
    }

    @Test func `more projections than are remembered have answers all the same`() throws {
        let rows = ProjectionMemo.capacity + 500
        let numbers = (0..<rows).map { Int64($0) }
        let block = Self.block([
            ("n", Column(.whole(numbers))), ("s", Self.texts(numbers.map { "\($0 % 7)" })),
        ])
        let expected = numbers.map { UInt8("\($0)".hasSuffix("\($0 % 7)") ? 1 : 0) }
        var evaluation = ColumnEvaluation(try Expression(parsing: "string(a.n).endsWith(a.s)"))
        for _ in 0..<2 { #expect(evaluation.answers(over: block) == expected) }
    }

    @Test(arguments: ["a.n", "a['n']"]) func `a plain selection is its column`(source: String) throws {
        let evaluation = ColumnEvaluation(try Expression(parsing: source))
        let fields: [(name: String, column: Column)] = [("n", Column(.whole([1, 2]), presence: [1, 0]))]
        let column = try #require(evaluation.column(in: Self.block(fields)))
        #expect(column.value(0) == .int(1) && column.value(1) == nil)
        #expect(evaluation.column(in: Self.block(fields, presence: [1, 0])) == nil)
        #expect(evaluation.column(in: Self.block([("m", fields[0].column)])) == nil)
        #expect(evaluation.column(in: Self.block(fields, named: "b")) == nil)
    }

    @Test(arguments: ["a.n + 1", "a", "1", "a.?n", "has(a.n)"])
    func `anything else is no column`(source: String) throws {
        let evaluation = ColumnEvaluation(try Expression(parsing: source))
        #expect(evaluation.column(in: Self.block([("n", Column(.whole([1])))])) == nil)
    }

    @Test func `an empty block has no rows`() throws {
        #expect(try answers("a.s == 'k' && a.n > 1", Self.block([("s", Self.texts([]))])) == [[]])
        #expect(try answers("true", ColumnBlock(count: 2, variables: [])) == [[1, 1]])
    }
}
