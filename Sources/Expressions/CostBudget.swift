/// What all evaluations of one test may take together, so that many rows of moderate cost are bounded as well as one
/// row of great cost. Pass one budget through all rows of a test.
///
/// The unit is that of `ExpressionLimits.cost`, about a tenth of a microsecond.
package struct CostBudget: Sendable, Hashable {
    /// In units.
    package let limit: Int
    /// What has been taken so far; never more than the limit.
    package private(set) var spent = 0

    /// - Parameter limit: in units. The default is enough for 50 million rows of an ordinary condition, about two
    ///   minutes of evaluation.
    package init(limit: Int = 1_000_000_000) {
        self.limit = limit
    }

    package var remaining: Int { limit - spent }

    mutating func spend(_ cost: Int) {
        spent = min(limit, spent + cost)
    }
}

extension Expression {
    /// The value under these bindings, paid for from a budget shared with other evaluations.
    ///
    /// Running out of it is an error of its own, `budgetExceeded`, which `&&` and `||` do not outvote; so is every later
    /// evaluation from the same budget.
    package func evaluate(_ bindings: Bindings, budget: inout CostBudget) throws(EvaluationError) -> Value {
        let isShort = budget.remaining < limits.cost
        var evaluator = Evaluator(bindings, cost: isShort ? budget.remaining : limits.cost)
        defer { budget.spend(evaluator.spent) }
        do throws(EvaluationError) {
            return try evaluator.result(of: syntax)
        } catch {
            if isShort, case .costExceeded = error.reason {
                throw EvaluationError(.budgetExceeded(limit: budget.limit), at: error.offset)
            }
            throw error
        }
    }
}
