package import Expressions

/// An expression over one record, with the name by which it calls the record.
package struct Predicate: Sendable {
    package let variable: String
    package let expression: Expression
    /// Whether the expression looks at the record at all.
    let readsRecord: Bool
    /// Whether it looks at the instant, so that the answer may turn while a record stays as it is.
    let readsInstant: Bool

    package init(variable: String, expression: Expression) {
        self.variable = variable
        self.expression = expression
        let names = expression.freeVariables
        readsRecord = names.contains(variable)
        readsInstant = names.contains("at")
    }

    /// The expression as documents write it.
    package var text: String { expression.source }
}
