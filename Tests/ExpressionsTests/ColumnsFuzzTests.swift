import TestSupport
import Testing

@testable import Expressions

/// The tree walk is right by definition; columns must agree with it in every row, however the rows are cut into blocks.
@Suite struct ColumnsFuzzTests {
    /// How often: a hundred thousand pairs of expression and row, or a million when ASSAY_FUZZ is "full".
    static let sets: UInt64 = Fuzzing.isFull ? 100 : 10
    static let rows = 200
    static let expressions = 50

    @Test(arguments: 0..<sets) func `columns answer as the tree walk does`(seed: UInt64) throws {
        var random = Seeded(seed)
        let samples = ColumnsSamples(rows: Self.rows, &random)
        let hasInstants = random.below(4) > 0
        let bindings = samples.bindings(hasInstants: hasInstants)
        let blocks = samples.blocks(cuts: cuts(&random), hasInstants: hasInstants)
        let stretch = [1, 7, 64, 4_096][random.below(4)]
        var grammar = ColumnsGrammar(random: random)
        for _ in 0..<Self.expressions {
            let source = grammar.expression()
            let expression = try Expression(parsing: source)
            let expected = bindings.map { try? expression.evaluate($0) }
            var evaluation = ColumnEvaluation(expression, stretch: stretch)
            let answers = blocks.flatMap { evaluation.answers(over: $0) }
            let values = blocks.flatMap { evaluation.values(over: $0) }
            // Once more: now everything has been met before.
            let again = blocks.flatMap { evaluation.answers(over: $0) }
            let rows = bindings.indices
            let wrong = rows.first { row in
                answers[row] != ColumnAnswer.of(expected[row]) || answers[row] != again[row]
                    || !isSame(values[row], expected[row])
            }
            if let wrong {
                Issue.record(
                    """
                    seed \(seed), row \(wrong): \(source)
                    a = \(samples.first[wrong])
                    b = \(String(describing: samples.second[wrong])), at = \(samples.instants[wrong])
                    expected \(String(describing: expected[wrong])), found \(answers[wrong]), \
                    \(String(describing: values[wrong])), then \(again[wrong])
                    """)
                return
            }
        }
        let number = Int(seed)
        Fuzzing.tell("columns beside the tree walk", number..<number + 1)
    }

    /// A generator that wrote nothing but errors would find nothing.
    @Test func `the expressions written have every answer often`() throws {
        var random = Seeded(1)
        let bindings = ColumnsSamples(rows: 10, &random).bindings(hasInstants: true)
        var grammar = ColumnsGrammar(random: random)
        var counts = [0, 0, 0]
        for _ in 0..<300 {
            let expression = try Expression(parsing: grammar.expression())
            for row in bindings { counts[Int(ColumnAnswer.of(try? expression.evaluate(row)))] += 1 }
        }
        #expect(counts.allSatisfy { $0 > 300 }, "no, yes and undecidable: \(counts)")
    }

    private func cuts(_ random: inout Seeded) -> [Int] {
        (0..<random.below(4)).map { _ in random.below(Self.rows + 1) }.sorted()
    }

    private func isSame(_ left: Value?, _ right: Value?) -> Bool {
        switch (left, right) {
        case (nil, nil): true
        case (let left?, let right?): left.isIdentical(to: right)
        default: false
        }
    }
}
