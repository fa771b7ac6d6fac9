import Testing

@testable import Expressions

/// The value of an expression with a few variables.
func evaluate(_ source: String, _ values: [String: Value] = [:]) throws -> Value {
    var bindings = Bindings()
    for (name, value) in values { bindings[name] = value }
    return try Expression(parsing: source).evaluate(bindings)
}

@Suite struct EvaluationTests {
    @Test(arguments: [
        ("1 + 2 * 3 == 7", true), ("1 == 1.0 && 1u == 1", true), ("!(2 > 3) || false", true),
        ("'e\\u0301' == '\\u00e9'", false), ("size('e\\u0301')", nil),
        ("[1, 2, 3].exists(x, x > 2) && ![1].all(x, x > 1)", true), ("has({'a': 1}.a) && !has({}.a)", true),
        ("duration('24h') == days(1)", true),
        ("timestamp('2026-03-29T00:30:00Z').getHours('Europe/Berlin') == 1", true),
        ("timestamp('2026-03-29T01:30:00Z').getHours('Europe/Berlin') == 3", true),
        ("timestamp('2026-03-29t01:30:00z') == timestamp('2026-03-29T03:30:00+02:00')", true),
        ("string(1000000.0) == '1e+06' && string(100000.0) == '100000'", true),
        ("string(0.00001) == '1e-05'", true),
        ("1 / 0 > 0 || true", true), ("true || 1 / 0 > 0", true), ("(1 / 0 > 0 && false) == false", true),
        ("'a' in {'a': 1} && 2.0 in [1, 2]", true), ("b'\\xff' < b'\\xff00'", true),
        ("double('inf') > 1e300 && double('-Infinity') < -1e300 && double('nan') != double('nan')", true),
        ("double('1e300') == 1e300 && double('1e-400') == 0.0", true),
        ("math.greatest(1, 2u, 3.0) == 3", true), ("'a,b'.split(',').join('-') == 'a-b'", true),
    ]) func `expressions give what CEL says`(source: String, expected: Bool?) throws {
        #expect(try evaluate(source) == (expected.map { .bool($0) } ?? .int(2)))
    }

    @Test(arguments: [
        ("r.missing", EvaluationError.Reason.noSuchField("missing"), 2), ("r['missing']", .noSuchKey, 1),
        ("1 / 0", .divisionByZero, 2), ("9223372036854775807 + 1", .overflow, 20),
        ("x + 1", .undeclared("x"), 0),
        ("[1][4]", .noSuchKey, 3), ("f(1)", .unknownFunction("f"), 0),
        ("'a' + 1", .noSuchOverload("string + int"), 4),
        ("{1: 2, 1u: 3}", .duplicateKey, 7), ("days(200000)", .outOfRange, 0),
        ("double('1e400')", .outOfRange, 0), ("double('-1e400')", .outOfRange, 0),
        ("optional.none().value()", .emptyOptional, 16),
        ("r.name.size() > r.secret", .noSuchOverload("int > string"), 14),
    ]) func `errors say why and where, without values`(
        source: String, reason: EvaluationError.Reason, at: Int
    ) {
        var record = Value.Map()
        record.insert(.string("Ann"), named: "name")
        record.insert(.string("4111-1111"), named: "secret")
        #expect(throws: EvaluationError(reason, at: at)) { try evaluate(source, ["r": .map(record)]) }
        #expect(!EvaluationError(reason, at: at).description.contains("4111"))
    }

    @Test func `bindings are copied by value and a container is searched from the inside out`() throws {
        var first = Bindings(container: "a.b")
        first["a.x"] = .int(1)
        first["x"] = .int(2)
        var second = first
        second["a.b.x"] = .int(3)
        let expression = try Expression(parsing: "x * 10 + .x")
        #expect(try expression.evaluate(first) == .int(12))
        #expect(try expression.evaluate(second) == .int(32))
    }

    @Test func `free variables are sorted roots without macro variables and types`() throws {
        let expression = try Expression(
            parsing: "t.ok && type(u) == int && l.all(x, x.y == t.z && m[x] > 0) && cel.bind(q, w, q) && .x")
        #expect(expression.freeVariables == ["l", "m", "t", "u", "w", "x"])
    }

    @Test func `fields are the selections made straight on a variable`() throws {
        let expression = try Expression(
            parsing: "a.b.c && has(a.d) && [1].all(a, a.e == 1) && a['f g'] == z.h")
        #expect(
            expression.fields(of: "a") == [
                FieldUse(name: "b", offset: 2), FieldUse(name: "d", offset: 15),
                FieldUse(name: "f g", offset: 47),
            ])
        #expect(expression.fields(of: "z").map(\.name) == ["h"])
    }

    @Test(arguments: [
        ("a.b && has(a.c) && a['d'] == 1", false), ("size(a) > 1", true), ("a.b && a[c] == 1", true),
        ("'x' in a", true), ("a == b", true), ("[1].all(a, a > 0)", false), ("b.a", false),
        ("null != a || a.b", false), ("a == [null]", true),
        ("a.?b.orValue(1) == 1", false), ("m[a]", true), ("a + null == null", true),
    ])
    func `a variable is read as a whole where no field is named`(_ source: String, _ isWhole: Bool) throws {
        #expect(try Expression(parsing: source).readsWhole("a") == isWhole)
    }

    @Test func `the types of declared variables are deduced and misuse is refused`() throws {
        var declarations = Declarations()
        declarations["t"] = .map(.string, .dyn)
        declarations["n"] = .int
        #expect(try Expression(parsing: "t.x == n").check(declarations) == .bool)
        #expect(try Expression(parsing: "[n].map(i, string(i))").check(declarations) == .list(.string))
        let error = #expect(throws: ExpressionError.self) {
            try Expression(parsing: "t.x && n + 'a' == 'b'").check(declarations)
        }
        #expect(error?.column == 10)
        #expect(throws: ExpressionError.self) { try Expression(parsing: "m.x").check(declarations) }
        #expect(throws: ExpressionError.self) { try Expression(parsing: "frob(n)").check(declarations) }
    }
}
