import Testing

@testable import Expressions

@Suite struct CostTests {
    private static func cost(_ source: String, _ values: [String: Value] = [:]) throws -> Int {
        var bindings = Bindings()
        for (name, value) in values { bindings[name] = value }
        let meter = CostMeter()
        _ = try? Expression(parsing: source).metered(by: meter).evaluate(bindings)
        return meter.spent
    }

    @Test(arguments: [
        // A name 1, a selection 1 more.
        ("x", 1), ("m.a", 2), ("m.a == 1", 5),
        // A list 10 and its elements, which are paid for again when they are the result.
        ("[]", 11), ("[1, 2]", 15), ("{}", 31), ("{'a': 1}", 34),
        // A tenth for each byte of text, whole tenths only.
        ("t.contains('x')", 13), ("t + t == t", 36),
        // Ten bytes for a unit, four steps for one.
        ("t.matches('a')", 2 + 11 * 1),
        ("l.all(e, e > 0)", 2 + 3 + 3 * 3), ("l.map(e, e)", 2 + 3 + 10 + 3 + 3),
    ]) func `what is counted`(source: String, cost: Int) throws {
        var map = Value.Map()
        map.insert(.int(1), named: "a")
        let values: [String: Value] = [
            "x": .int(1), "m": .map(map), "t": .string(String(repeating: "t", count: 100)),
            "l": .list([.int(1), .int(2), .int(3)]),
        ]
        #expect(try Self.cost(source, values) == cost)
    }

    private static let built: [(String, Int)] = [
        // 5 nodes, 10 read, 20 built, which size() reads again.
        ("size(t.replace('t', 'uu'))", 55),
        // 4 nodes, 10 read, 100 elements built.
        ("size(t.split(''))", 114),
        // 5 nodes, the list 10, its elements read 2 and their bytes 20, 20 built and read again.
        ("size([t, t].join())", 77),
        // 5 nodes, the list 10, 1 element and 10 for its bytes, 10 printed and read again.
        ("size('%s'.format([t]))", 46),
        // 2 nodes, 3 elements.
        ("math.greatest(l)", 5),
        // Lists and maps as ever: 7 nodes, two lists, 3 elements; 4 nodes, the map.
        ("size([1] + [2, 3])", 30), ("size({'a': t})", 34),
        // What is handed on was not built; the result is read.
        ("optional.of(l).value()", 6), ("optional.of(t).orValue('')", 24),
    ]

    @Test(arguments: built) func `what functions read and build is counted`(source: String, cost: Int) throws
    {
        let values: [String: Value] = [
            "t": .string(String(repeating: "t", count: 100)), "l": .list([.int(1), .int(2), .int(3)]),
        ]
        #expect(try Self.cost(source, values) == cost)
    }

    @Test func `a meter is shared by all rows and names itself when it is exhausted`() throws {
        var bindings = Bindings()
        bindings["x"] = .int(1)
        let meter = CostMeter(limit: 8)
        let expression = try Expression(parsing: "x > 0").metered(by: meter)
        for row in 1...3 {
            #expect(try expression.evaluate(bindings) == .bool(true))
            #expect(meter.spent == 3 * row)
        }
        #expect(meter.isExhausted)
        let error = #expect(throws: EvaluationError.self) { try expression.evaluate(bindings) }
        #expect(error?.reason == .meterExhausted(limit: 8))
        #expect(error?.description.contains("took more than 8 steps together") == true)
        #expect(meter.spent == 9)
    }

    @Test func `an exhausted meter is not outvoted`() throws {
        let meter = CostMeter(limit: 0)
        let expression = try Expression(parsing: "(1 + 1 > 1) || true").metered(by: meter)
        _ = try expression.evaluate(Bindings())
        #expect(throws: EvaluationError.self) { try expression.evaluate(Bindings()) }
    }

    @Test func `one row too costly is charged as far as it came`() throws {
        let limits = ExpressionLimits(cost: 5)
        let meter = CostMeter(limit: 100)
        let expression = try Expression(parsing: "1 + 1 + 1 + 1 > 0", limits: limits).metered(by: meter)
        let error = #expect(throws: EvaluationError.self) { try expression.evaluate(Bindings()) }
        #expect(error?.reason == .costExceeded(limit: 5))
        #expect(meter.spent == 5)
    }

    @Test func `an error is paid for too`() throws {
        #expect(try Self.cost("1 / 0 == 1") > 0)
    }

    @Test func `walks on columns are charged`() throws {
        var interner = TextInterner()
        let numbers = ["row 1", "row 2", "row 1"].map { interner.number(of: $0) }
        let texts = Column(.texts(numbers, interner.dictionary))
        let block = ColumnBlock(
            count: 3, variables: [("r", RecordColumns(fields: [("t", texts)], presence: nil))])
        func spent(_ source: String, limit: Int = CostMeter.standard) throws -> (Int, [UInt8]) {
            let meter = CostMeter(limit: limit)
            var evaluation = ColumnEvaluation(try Expression(parsing: source).metered(by: meter))
            let answers = evaluation.answers(over: block)
            return (meter.spent, answers)
        }
        let walked = try spent("r.t.matches('row [0-9]')")
        #expect(walked.0 > 0)
        #expect(walked.1 == [ColumnAnswer.yes, ColumnAnswer.yes, ColumnAnswer.yes])
        let stopped = try spent("r.t.matches('row [0-9]')", limit: 0)
        #expect(stopped.0 < walked.0)
        #expect(stopped.1[1] == ColumnAnswer.undecidable)
    }

    @Test func `a meter does not change any value`() throws {
        for file in ConformanceTests.core + ConformanceTests.extensions {
            for one in try ConformanceTests.cases(file) {
                guard let expression = try? Expression(parsing: one.source) else { continue }
                let plain = try? expression.evaluate(one.bindings)
                let paid = try? expression.metered(by: CostMeter()).evaluate(one.bindings)
                #expect("\(String(describing: plain))" == "\(String(describing: paid))", "\(one.id)")
            }
        }
    }
}
