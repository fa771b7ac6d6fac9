/// The answer to a yes-or-no expression in one row.
package enum ColumnAnswer {
    package static let no: UInt8 = 0
    package static let yes: UInt8 = 1
    /// An error, or a value that is neither true nor false.
    package static let undecidable: UInt8 = 2
}

/// Computes an expression a block at a time. What has been learnt from one block serves the next, so keep one
/// evaluation for all blocks of a scan.
///
/// The tree walk (`Expression.evaluate`) is the oracle: in every row the answer is the tree walk's.
package struct ColumnEvaluation: Sendable {
    private let expression: Expression

    package init(_ expression: Expression) {
        self.expression = expression
    }

    /// One `ColumnAnswer` for each row.
    package mutating func answers(over block: ColumnBlock) -> [UInt8] {
        (0..<block.count).map { row in
            switch try? expression.evaluate(block.bindings(row)) {
            case .bool(true): ColumnAnswer.yes
            case .bool(false): ColumnAnswer.no
            default: ColumnAnswer.undecidable
            }
        }
    }

    /// The expression's value in each row; nil where it has none.
    package mutating func values(over block: ColumnBlock) -> [Value?] {
        (0..<block.count).map { try? expression.evaluate(block.bindings($0)) }
    }

    /// The column that the expression is, when it does nothing but select a field of a variable: then rows need no
    /// computing. Nil otherwise, and where the variable can be null.
    package func column(in block: ColumnBlock) -> Column? { nil }
}
