package import Expressions

/// An expression over one record, with the name by which it calls the record.
package struct Predicate: Sendable {
    package let variable: String
    package let expression: Expression
    /// Whether the expression looks at the record at all.
    let readsRecord: Bool

    package init(variable: String, expression: Expression) {
        self.variable = variable
        self.expression = expression
        readsRecord = expression.freeVariables.contains(variable)
    }

    /// The expression as documents write it.
    package var text: String { expression.source }
}
