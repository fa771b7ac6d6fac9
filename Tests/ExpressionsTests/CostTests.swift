import Testing

@testable import Expressions

@Suite struct CostTests {
    private static func cost(_ source: String, _ values: [String: Value] = [:]) throws -> Int {
        var bindings = Bindings()
        for (name, value) in values { bindings[name] = value }
        var budget = CostBudget()
        _ = try? Expression(parsing: source).evaluate(bindings, budget: &budget)
        return budget.spent
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

    @Test func `a budget is shared by all rows and names itself when it is spent`() throws {
        let expression = try Expression(parsing: "x > 0")
        var bindings = Bindings()
        bindings["x"] = .int(1)
        var budget = CostBudget(limit: 10)
        for row in 1...3 {
            #expect(try expression.evaluate(bindings, budget: &budget) == .bool(true))
            #expect(budget.spent == 3 * row)
        }
        for _ in 0..<2 {
            let error = #expect(throws: EvaluationError.self) {
                try expression.evaluate(bindings, budget: &budget)
            }
            #expect(error?.reason == .budgetExceeded(limit: 10))
            #expect(error?.description.contains("took more than 10 steps together") == true)
            #expect(budget.remaining == 0)
        }
    }

    @Test func `a spent budget is not outvoted`() throws {
        var budget = CostBudget(limit: 4)
        #expect(throws: EvaluationError.self) {
            try Expression(parsing: "(1 + 1 + 1 > 2) || true").evaluate(Bindings(), budget: &budget)
        }
    }

    @Test func `one row too costly is no fault of the budget`() throws {
        let limits = ExpressionLimits(cost: 5)
        let expression = try Expression(parsing: "1 + 1 + 1 + 1 > 0", limits: limits)
        var budget = CostBudget(limit: 100)
        let error = #expect(throws: EvaluationError.self) {
            try expression.evaluate(Bindings(), budget: &budget)
        }
        #expect(error?.reason == .costExceeded(limit: 5))
        #expect(budget.spent == 5)
    }

    @Test func `an error is paid for too`() throws {
        var budget = CostBudget()
        _ = try? Expression(parsing: "1 / 0 == 1").evaluate(Bindings(), budget: &budget)
        #expect(budget.spent > 0)
    }

    @Test func `a budget does not change any value`() throws {
        for file in ConformanceTests.core + ConformanceTests.extensions {
            for one in try ConformanceTests.cases(file) {
                guard let expression = try? Expression(parsing: one.source) else { continue }
                var budget = CostBudget()
                let plain = try? expression.evaluate(one.bindings)
                let paid = try? expression.evaluate(one.bindings, budget: &budget)
                #expect("\(String(describing: plain))" == "\(String(describing: paid))", "\(one.id)")
            }
        }
    }
}
