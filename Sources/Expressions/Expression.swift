/// A CEL expression, parsed once and evaluated any number of times.
///
///     let leaver = try Expression(parsing: "a.enabled && a.roles.exists(r, r == 'admin')")
///
/// The language is cel-spec's, without protobuf messages: standard operators, functions and macros, optionals,
/// two-variable macros, `cel.bind`, IP addresses and blocks, and one function of our own, `days(n)`. There is no clock.
package struct Expression: Sendable {
    /// The text it was parsed from.
    package let source: String
    let syntax: Syntax
    let limits: ExpressionLimits
    /// What evaluations are charged to, beside those of other expressions.
    var meter: CostMeter?

    /// Parses with the standard limits.
    package init(parsing source: String) throws(ExpressionError) {
        try self.init(parsing: source, limits: .standard)
    }

    package init(parsing source: String, limits: ExpressionLimits) throws(ExpressionError) {
        do {
            syntax = try Parser.parse(source, limits: limits)
        } catch {
            throw ExpressionError(error.reason, at: error.offset, in: source)
        }
        self.source = source
        self.limits = limits
    }

    /// A part of another expression, for evaluation only.
    init(_ part: Syntax, cost: CostAllowance) {
        syntax = part
        source = ""
        limits = ExpressionLimits(cost: cost.each)
        meter = cost.meter
    }

    /// The value under these bindings. Equal bindings give equal values, always.
    ///
    /// The elements of the result count as steps too, so that whoever prints it has as little to fear.
    package func evaluate(_ bindings: Bindings) throws(EvaluationError) -> Value {
        try Evaluator.evaluate(bindings, cost: allowance) { evaluator throws(EvaluationError) in
            try evaluator.result(of: syntax)
        }
    }
}
