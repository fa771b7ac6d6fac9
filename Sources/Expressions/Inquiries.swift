internal import Formats

/// A selection `.name` made directly on a variable.
package struct FieldUse: Sendable, Hashable {
    package let name: String
    /// Place of the field's name in the source, in bytes of UTF-8 from 0.
    package let offset: Int
}

extension Expression {
    /// The root names that bindings must supply, sorted by bytes: neither a macro's variables nor names of types.
    package var freeVariables: [String] {
        var names: Set<Identifier> = []
        syntax.visitNames(bound: []) { name, _, _ in names.insert(Identifier(name)) }
        return names.sorted().map(\.text)
    }

    /// Why parts of it fail whatever the variables are, in the order of the source: those that name nothing, as large as
    /// they come, computed here and now. What would take long is left out.
    package var certainFailures: [EvaluationError] {
        // One meter for all parts: a long text may hold many of them.
        let cost = CostAllowance(each: 100_000, meter: CostMeter(limit: 100_000))
        var failures: [EvaluationError] = []
        syntax.visitConstants { part in
            do throws(EvaluationError) {
                _ = try Expression(part, cost: cost).evaluate(Bindings())
            } catch {
                if error.isAbsorbable { failures.append(error) }
            }
        }
        return failures.sorted { $0.offset < $1.offset }
    }

    /// Whether it looks at a variable otherwise than by fields that it names, or by whether it is null: then it may read
    /// any of them.
    package func readsWhole(_ variable: String) -> Bool {
        var isWhole = false
        syntax.visitNames(bound: []) { name, parent, isSelected in
            guard name.hasSameBytes(as: variable) else { return }
            switch parent?.form {
            case .select, .has: break
            case .index(_, let key, _) where isSelected:
                if case .literal(.string) = key.form { break }
                isWhole = true
            case .binary(let infix, let left, let right) where infix == .equal || infix == .unequal:
                if !left.isNull, !right.isNull { isWhole = true }
            default: isWhole = true
            }
        }
        return isWhole
    }

    /// Whether it asks of a variable nothing but that fields of it do not hold: `!x.f`, `x.f == false`, `x.f != true`, or
    /// several of these joined by `&&`.
    package func onlyNegatesFields(of variable: String) -> Bool { syntax.negatesFields(of: variable) }

    /// The fields read or tested with `has()` straight on a variable, in the order of the source. A macro's variable
    /// of the same name is another variable.
    package func fields(of variable: String) -> [FieldUse] {
        var uses: [FieldUse] = []
        syntax.visitNames(bound: []) { name, parent, isSelected in
            guard isSelected, name.hasSameBytes(as: variable), let parent else { return }
            switch parent.form {
            case .select(_, let field, _), .has(_, let field, _):
                uses.append(FieldUse(name: field, offset: parent.offset))
            case .index(_, let key, _):
                if case .literal(.string(let field)) = key.form {
                    uses.append(FieldUse(name: field, offset: key.offset))
                }
            default: break
            }
        }
        return uses.sorted { $0.offset < $1.offset }
    }
}

extension Syntax {
    /// Calls back for every name that is no macro variable and no type, with the node around it and whether that node
    /// selects from the name.
    func visitNames(
        bound: [String], parent: Syntax? = nil, isSelected: Bool = false,
        _ visit: (_ name: String, _ parent: Syntax?, _ isSelected: Bool) -> Void
    ) {
        func below(_ child: Syntax, bound inner: [String] = bound, isSelected: Bool = false) {
            child.visitNames(bound: inner, parent: self, isSelected: isSelected, visit)
        }
        switch form {
        case .name(let name, let absolute):
            let isBound = !absolute && bound.contains { $0.hasSameBytes(as: name) }
            if !isBound, !Value.typeNames.contains(name) { visit(name, parent, isSelected) }
        case .select(let operand, _, _), .has(let operand, _, _): below(operand, isSelected: true)
        case .index(let operand, let key, _):
            below(operand, isSelected: true)
            below(key)
        case .comprehension(let comprehension):
            below(comprehension.range)
            let inner = bound + [comprehension.first] + (comprehension.second.map { [$0] } ?? [])
            for part in [comprehension.condition, comprehension.result].compactMap({ $0 }) {
                below(part, bound: inner)
            }
        case .bind(let name, let value, let body), .optionalMap(let value, let name, let body, _):
            below(value)
            below(body, bound: bound + [name])
        default: for child in form.children { below(child) }
        }
    }

    /// Calls back for the largest parts that name nothing outside themselves, literals left out.
    fileprivate func visitConstants(_ visit: (Syntax) -> Void) {
        if case .literal = form { return }
        if case .name = form { return }
        var isConstant = true
        visitNames(bound: []) { _, _, _ in isConstant = false }
        if isConstant {
            visit(self)
        } else {
            for child in form.children { child.visitConstants(visit) }
        }
    }

    fileprivate func negatesFields(of variable: String) -> Bool {
        switch form {
        case .not(let operand): operand.isField(of: variable)
        case .binary(.equal, let left, let right):
            left.isField(of: variable) && right.isFlag(false)
                || left.isFlag(false) && right.isField(of: variable)
        case .binary(.unequal, let left, let right):
            left.isField(of: variable) && right.isFlag(true)
                || left.isFlag(true) && right.isField(of: variable)
        case .and(let parts): parts.allSatisfy { $0.negatesFields(of: variable) }
        default: false
        }
    }

    /// Whether it is a field selected straight from a variable.
    private func isField(of variable: String) -> Bool {
        guard case .select(let operand, _, _) = form, case .name(let name, _) = operand.form else {
            return false
        }
        return name.hasSameBytes(as: variable)
    }

    private func isFlag(_ flag: Bool) -> Bool {
        if case .literal(.bool(let value)) = form { value == flag } else { false }
    }

    fileprivate var isNull: Bool {
        if case .literal(.null) = form { true } else { false }
    }

    /// Whether a variable occurs anywhere in here.
    func mentions(_ variable: String) -> Bool {
        var found = false
        visitNames(bound: []) { name, _, _ in if name.hasSameBytes(as: variable) { found = true } }
        return found
    }
}
