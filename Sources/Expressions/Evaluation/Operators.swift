extension Evaluator {
    mutating func negated(_ operand: Syntax, at offset: Int) throws(EvaluationError) -> Value {
        let value = try value(of: operand)
        switch value {
        case .int(let number):
            guard number != .min else { throw EvaluationError(.overflow, at: offset) }
            return .int(-number)
        case .double(let number): return .double(-number)
        default: throw EvaluationError(.noSuchOverload("-\(value.typeName)"), at: offset)
        }
    }

    mutating func binary(
        _ infix: Syntax.Operator, _ left: Syntax, _ right: Syntax, at offset: Int
    ) throws(EvaluationError) -> Value {
        let left = try value(of: left)
        let right = try value(of: right)
        switch infix {
        case .equal: return .bool(try equal(left, right, at: offset))
        case .unequal: return .bool(!(try equal(left, right, at: offset)))
        case .isIn: return .bool(try contains(right, left, at: offset))
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            try charge(min(Self.weight(left), Self.weight(right)), at: offset)
            return .bool(try ordered(infix, left, right, at: offset))
        default:
            // Joined texts and lists are as long as both together; so is their cost.
            if infix == .add { try charge(Self.length(left) + Self.length(right), at: offset) }
            do {
                return try Arithmetic.apply(infix, left, right)
            } catch {
                throw EvaluationError(error, at: offset)
            }
        }
    }

    private static func length(_ value: Value) -> Int {
        if case .list(let elements) = value { elements.count } else { weight(value) }
    }

    /// Equality that pays for every element it looks at: shared lists can be exponentially larger than their source.
    mutating func equal(_ left: Value, _ right: Value, at offset: Int) throws(EvaluationError) -> Bool {
        try charge(1, at: offset)
        switch (left, right) {
        case (.list(let a), .list(let b)):
            if a.count != b.count { return false }
            for (x, y) in zip(a, b) where !(try equal(x, y, at: offset)) { return false }
            return true
        case (.map(let a), .map(let b)):
            if a.count != b.count { return false }
            for entry in a.entries {
                guard let other = b[entry.key], try equal(entry.value, other, at: offset) else {
                    return false
                }
            }
            return true
        case (.optional(let a?), .optional(let b?)): return try equal(a, b, at: offset)
        case (.optional(let a), .optional(let b)): return a == nil && b == nil
        default:
            try charge(min(Self.weight(left), Self.weight(right)), at: offset)
            return left.isScalarEqual(to: right)
        }
    }

    private mutating func contains(
        _ container: Value, _ element: Value, at offset: Int
    ) throws(EvaluationError) -> Bool {
        switch container {
        case .list(let elements):
            for candidate in elements where try equal(candidate, element, at: offset) { return true }
            return false
        case .map(let map): return map[element] != nil
        default:
            throw EvaluationError(
                .noSuchOverload("\(element.typeName) in \(container.typeName)"), at: offset)
        }
    }

    private func ordered(
        _ infix: Syntax.Operator, _ left: Value, _ right: Value, at offset: Int
    ) throws(EvaluationError) -> Bool {
        let order: Order?
        switch (left, right) {
        case (.bool(let a), .bool(let b)): order = Order(a ? 1 : 0, b ? 1 : 0)
        case (.string(let a), .string(let b)): order = Self.lexical(a.utf8, b.utf8)
        case (.bytes(let a), .bytes(let b)): order = Self.lexical(a, b)
        case (.timestamp(let a), .timestamp(let b)): order = Order(a, b)
        case (.duration(let a), .duration(let b)): order = Order(a, b)
        default:
            guard left.isNumber, right.isNumber else {
                throw EvaluationError(
                    .noSuchOverload("\(left.typeName) \(infix.rawValue) \(right.typeName)"), at: offset)
            }
            order = left.numericOrder(to: right)
        }
        // NaN stands in no order to anything.
        guard let order else { return false }
        switch infix {
        case .less: return order == .less
        case .lessOrEqual: return order != .greater
        case .greater: return order == .greater
        default: return order != .less
        }
    }

    private static func lexical(_ left: some Sequence<UInt8>, _ right: some Sequence<UInt8>) -> Order {
        if left.elementsEqual(right) { return .equal }
        return left.lexicographicallyPrecedes(right) ? .less : .greater
    }
}
