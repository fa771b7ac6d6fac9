import Testing

@testable import Expressions

@Suite struct ExpressionErrorTests {
    @Test(arguments: [
        ("a +", "line 1, column 4: found the end where an expression is needed\na +\n   ^"),
        (
            "é == 1",
            "line 1, column 1: found a character that CEL does not use where an operator or operand is needed\né == 1\n^"
        ),
        (
            "x &&\n\t'é' == 'abc",
            "line 2, column 9: this text is not closed\n\t'é' == 'abc\n\t       ^"
        ),
        (
            "a.matches('(')",
            "line 1, column 11: the regular expression cannot be used: a '(' is not closed\na.matches('(')\n          ^"
        ),
        ("for + 1", "line 1, column 1: 'for' is a reserved word; choose another name\nfor + 1\n^"),
        (
            "l.all(x.y, true)",
            "line 1, column 9: all() takes the name of a variable here, such as all(x, ...)\nl.all(x.y, true)\n        ^"
        ),
        ("has(x)", "line 1, column 1: has() takes one selection, such as has(x.field)\nhas(x)\n^"),
        (
            "9223372036854775808",
            "line 1, column 1: this int does not fit 64 bits with sign\n9223372036854775808\n^"
        ),
        ("f(1, )", "line 1, column 6: found ')' where an expression is needed\nf(1, )\n     ^"),
        (
            "Point{x: 1}",
            "line 1, column 6: messages cannot be built here; write a map {'field': value}\nPoint{x: 1}\n     ^"
        ),
    ]) func `a caret stands below the place`(source: String, text: String) {
        let error = #expect(throws: ExpressionError.self) { try Expression(parsing: source) }
        #expect(error?.annotated(source: source) == text)
    }

    @Test func `an evaluation error has its caret too`() throws {
        let source = "'é' == 'e' ||\n  x.y"
        let error = #expect(throws: EvaluationError.self) { try evaluate(source, ["x": .map(.init())]) }
        #expect(
            error?.annotated(source: source)
                == "line 2, column 5: there is no field 'y'; test it with has() first\n  x.y\n    ^")
    }
}
