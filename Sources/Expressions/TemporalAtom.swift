package import Formats

/// A comparison of a moving instant with what does not depend on it: `at - k.created < days(90)`.
///
/// Its truth changes once, at a moment that can be computed, so a state test need not sample days.
package struct TemporalAtom: Sendable {
    /// Computes the moment on which the comparison turns.
    let turn: Syntax
    /// Whether the old truth still holds at that very moment and the new one begins right after it.
    let includesTurn: Bool
    private let cost: CostAllowance
    /// Place of the comparison in the source, in bytes of UTF-8 from 0.
    package let offset: Int

    init(turn: Syntax, includesTurn: Bool, cost: CostAllowance, offset: Int) {
        self.turn = turn
        self.includesTurn = includesTurn
        self.cost = cost
        self.offset = offset
    }

    /// The first microsecond at which the atom's new truth holds.
    ///
    /// `at - k.created < days(90)` flips at `k.created + 90 days`; with `<=` one microsecond later.
    package func flip(_ bindings: Bindings) throws(EvaluationError) -> Instant {
        let value = try Evaluator.evaluate(bindings, cost: cost) { evaluator throws(EvaluationError) in
            try evaluator.value(of: turn)
        }
        guard case .timestamp(let timestamp) = value else {
            throw EvaluationError(.noSuchOverload("comparing the instant with \(value.typeName)"), at: offset)
        }
        return flip(at: timestamp)
    }

    private func flip(at turn: Value.Timestamp) -> Instant {
        let isWhole = turn.nanoseconds.isMultiple(of: 1_000)
        return Instant(microseconds: turn.instant.microseconds + (includesTurn || !isWhole ? 1 : 0))
    }

    /// `flip` for every row of a block, computed a column at a time; nil where it cannot be computed.
    package func flips(over block: ColumnBlock) -> [Instant?] {
        var evaluation = ColumnEvaluation(Expression(turn, cost: cost))
        return evaluation.values(over: block).map { value in
            if case .timestamp(let timestamp)? = value { flip(at: timestamp) } else { nil }
        }
    }
}

extension Expression {
    /// The comparisons in which a variable takes part, in the order of the source.
    ///
    /// Allowed is what flips at one computable moment: `<`, `<=`, `>` or `>=` with the variable on one side only, there
    /// added to or subtracted from what is free of it. Any other use is an error that says what to write instead.
    package func temporalAtoms(of variable: String) throws(ExpressionError) -> [TemporalAtom] {
        var search = TemporalSearch(variable: variable, cost: allowance)
        do {
            try search.visit(syntax)
        } catch {
            throw ExpressionError(error.reason, at: error.offset, in: source)
        }
        return search.atoms
    }
}

private struct TemporalSearch {
    let variable: String
    let cost: CostAllowance
    var atoms: [TemporalAtom] = []

    mutating func visit(_ syntax: Syntax) throws(Lexer.Failure) {
        guard syntax.mentions(variable) else { return }
        switch syntax.form {
        case .binary(let infix, let left, let right) where infix.isOrder:
            let (side, other) = left.mentions(variable) ? (left, right) : (right, left)
            if other.mentions(variable) {
                throw failure(
                    "'\(variable)' stands on both sides; keep it on one side of the comparison", syntax)
            }
            atoms.append(try atom(infix, side, other, isLeft: left.mentions(variable), at: syntax.offset))
        case .binary(.equal, _, _), .binary(.unequal, _, _):
            throw failure(
                "'\(variable)' cannot be compared with == or !=, which hold for a single moment; use <= and >=",
                syntax)
        case .comprehension, .bind, .optionalMap:
            throw failure(
                "'\(variable)' cannot be used inside a macro; compare it outside, against a value computed in the macro",
                syntax)
        case .and, .or, .not, .conditional: for child in syntax.form.children { try visit(child) }
        default:
            throw failure(
                "'\(variable)' may only be compared by <, <=, >, >= after adding or subtracting, such as "
                    + "\(variable) - x.created < days(90)", syntax)
        }
    }

    private func failure(_ problem: String, _ syntax: Syntax) -> Lexer.Failure {
        Lexer.Failure(reason: .temporal(problem), offset: syntax.offset)
    }

    /// Solves `side OP other` for the variable by moving everything else to the other side.
    private func atom(
        _ infix: Syntax.Operator, _ side: Syntax, _ other: Syntax, isLeft: Bool, at offset: Int
    ) throws(Lexer.Failure) -> TemporalAtom {
        var side = side
        var turn = other
        var rises = isLeft
        while true {
            guard case .binary(let inner, let left, let right) = side.form,
                inner == .add || inner == .subtract
            else { break }
            let isInLeft = left.mentions(variable)
            if isInLeft && right.mentions(variable) {
                throw failure("'\(variable)' stands twice in one comparison; keep it once", side)
            }
            let form: Syntax.Form =
                switch (inner, isInLeft) {
                case (.add, true): .binary(.subtract, turn, right)
                case (.add, false): .binary(.subtract, turn, left)
                case (_, true): .binary(.add, turn, right)
                case (_, false): .binary(.subtract, left, turn)
                }
            if inner == .subtract && !isInLeft { rises.toggle() }
            turn = Syntax(form, at: side.offset)
            side = isInLeft ? left : right
        }
        guard case .name = side.form else {
            throw failure(
                "'\(variable)' may only be added to or subtracted from here, such as \(variable) - x.created < days(90)",
                side)
        }
        // Brought to the form `variable OP turn`: a rise turns at the moment itself for < and >=, after it for <= and >.
        let isStrict = infix == .less || infix == .greater
        let isLess = (infix == .less || infix == .lessOrEqual) == rises
        return TemporalAtom(
            turn: turn, includesTurn: isLess != isStrict, cost: cost, offset: offset
        )
    }
}

extension Syntax.Operator {
    fileprivate var isOrder: Bool {
        switch self {
        case .less, .lessOrEqual, .greater, .greaterOrEqual: true
        default: false
        }
    }
}
