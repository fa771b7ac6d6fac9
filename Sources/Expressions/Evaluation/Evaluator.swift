import Formats

/// Walks the tree and computes its value: the reference against which every faster way is tested.
struct Evaluator {
    let bindings: Bindings
    /// The variables of the macros entered, innermost last.
    var locals: [(name: String, value: Value)] = []
    private var remaining: Int
    private let limit: Int

    private init(_ bindings: Bindings, limit: Int) {
        self.bindings = bindings
        remaining = limit
        self.limit = limit
    }

    /// One evaluation, paid for from an allowance.
    static func evaluate(
        _ bindings: Bindings, cost: CostAllowance,
        _ body: (inout Evaluator) throws(EvaluationError) -> Value
    ) throws(EvaluationError) -> Value {
        if let meter = cost.meter, meter.isExhausted {
            throw EvaluationError(.meterExhausted(limit: meter.limit), at: 0)
        }
        var evaluator = Evaluator(bindings, limit: cost.each)
        defer { cost.meter?.spend(evaluator.limit - max(0, evaluator.remaining)) }
        return try body(&evaluator)
    }

    /// The value, its size paid for.
    mutating func result(of syntax: Syntax) throws(EvaluationError) -> Value {
        let value = try value(of: syntax)
        try chargeSize(of: value, at: 0)
        return value
    }

    /// Takes steps from the budget.
    mutating func charge(_ steps: Int, at offset: Int) throws(EvaluationError) {
        remaining -= steps
        if remaining < 0 { throw EvaluationError(.costExceeded(limit: limit), at: offset) }
    }

    mutating func value(of syntax: Syntax) throws(EvaluationError) -> Value {
        try charge(1, at: syntax.offset)
        switch syntax.form {
        case .literal(let value): return value
        case .name(let name, let absolute): return try named(name, absolute: absolute, at: syntax.offset)
        case .select, .has, .index: return try member(syntax)
        case .call(let function, let arguments): return try call(function, arguments, at: syntax.offset)
        case .matches(let text, let pattern):
            return try match(try value(of: text), pattern, at: syntax.offset)
        case .unknownCall(let name, _): throw EvaluationError(.unknownFunction(name), at: syntax.offset)
        case .negate(let operand): return try negated(operand, at: syntax.offset)
        case .not(let operand): return .bool(!(try truth(of: operand, in: "!")))
        case .binary(let infix, let left, let right): return try binary(infix, left, right, at: syntax.offset)
        case .and(let operands): return .bool(try joined(operands, deciding: false))
        case .or(let operands): return .bool(try joined(operands, deciding: true))
        case .conditional(let condition, let yes, let no):
            return try value(of: try truth(of: condition, in: "?:") ? yes : no)
        case .list(let elements):
            try charge(Self.listCost, at: syntax.offset)
            return try list(elements)
        case .map(let entries):
            try charge(Self.mapCost, at: syntax.offset)
            return try map(entries)
        case .comprehension(let comprehension): return try run(comprehension, at: syntax.offset)
        case .bind(let name, let bound, let body):
            let bound = try value(of: bound)
            return try value(of: body, with: name, bound)
        case .optionalMap(let operand, let name, let body, let flat):
            return try optionalMap(operand, name, body, flat: flat)
        }
    }

    /// The value of a body in which one more variable is known.
    mutating func value(of body: Syntax, with name: String, _ value: Value) throws(EvaluationError) -> Value {
        locals.append((name, value))
        defer { locals.removeLast() }
        return try self.value(of: body)
    }

    func local(_ name: String) -> Value? {
        for local in locals.reversed() where local.name.hasSameBytes(as: name) { return local.value }
        return nil
    }

    private func named(_ name: String, absolute: Bool, at offset: Int) throws(EvaluationError) -> Value {
        if !absolute, let value = local(name) { return value }
        if let value = bindings.resolve(name, absolute: absolute) { return value }
        if Value.typeNames.contains(name) { return .type(name) }
        throw EvaluationError(.undeclared(name), at: offset)
    }

    mutating func truth(of syntax: Syntax, in context: String) throws(EvaluationError) -> Bool {
        let value = try value(of: syntax)
        guard case .bool(let flag) = value else {
            throw EvaluationError(.noSuchOverload("\(context) on \(value.typeName)"), at: syntax.offset)
        }
        return flag
    }

    /// `&&` and `||`: one operand that decides settles the whole, whatever errors stand before or after it.
    private mutating func joined(_ operands: [Syntax], deciding: Bool) throws(EvaluationError) -> Bool {
        var failure: EvaluationError?
        for operand in operands {
            do {
                if try truth(of: operand, in: deciding ? "||" : "&&") == deciding { return deciding }
            } catch {
                guard error.isAbsorbable else { throw error }
                if failure == nil { failure = error }
            }
        }
        if let failure { throw failure }
        return !deciding
    }

    private mutating func call(
        _ function: Function, _ arguments: [Syntax], at offset: Int
    ) throws(EvaluationError) -> Value {
        var values: [Value] = []
        values.reserveCapacity(arguments.count)
        for argument in arguments {
            let value = try value(of: argument)
            if function.readsElements {
                try chargeSize(of: value, at: offset)
            } else {
                try charge(Self.weight(value), at: offset)
            }
            values.append(value)
        }
        if function == .matches, values.count == 2, case .string(let source) = values[1] {
            return try match(values[0], try pattern(source, at: offset), at: offset)
        }
        let result: Value
        do {
            result = try function.apply(values)
        } catch {
            throw EvaluationError(error, at: offset)
        }
        if !function.handsOn { try chargeSize(of: result, at: offset) }
        return result
    }

    private func pattern(_ source: String, at offset: Int) throws(EvaluationError) -> Pattern {
        do {
            return try Pattern(source)
        } catch {
            throw EvaluationError(
                .invalidArgument("the regular expression cannot be used: \(error.problem)"), at: offset)
        }
    }

    private mutating func match(
        _ subject: Value, _ pattern: Pattern, at offset: Int
    ) throws(EvaluationError) -> Value {
        guard case .string(let text) = subject else {
            throw EvaluationError(Function.matches.mismatch([subject, .string("")]), at: offset)
        }
        let steps = (text.utf8.count / 10 + 1).multipliedReportingOverflow(by: pattern.size / 4 + 1)
        try charge(steps.overflow ? .max : steps.partialValue, at: offset)
        return .bool(pattern.matches(text))
    }

    /// Takes a step for every element of a value, and a tenth for every byte. Shared lists can be exponentially
    /// larger than their source.
    mutating func chargeSize(of value: Value, at offset: Int) throws(EvaluationError) {
        switch value {
        case .list(let elements):
            try charge(elements.count, at: offset)
            for element in elements { try chargeSize(of: element, at: offset) }
        case .map(let map):
            try charge(map.count, at: offset)
            for entry in map.entries {
                try chargeSize(of: entry.key, at: offset)
                try chargeSize(of: entry.value, at: offset)
            }
        case .optional(let content?): try chargeSize(of: content, at: offset)
        default: try charge(Self.weight(value), at: offset)
        }
    }

    /// What building a list or a map takes besides its elements.
    static let listCost = 10
    static let mapCost = 30

    /// A tenth of a step for every byte that a function may have to read, or has built.
    static func weight(_ value: Value) -> Int {
        switch value {
        case .string(let text): text.utf8.count / 10
        case .bytes(let bytes): bytes.count / 10
        default: 0
        }
    }

    private mutating func list(_ elements: [Syntax.Element]) throws(EvaluationError) -> Value {
        var values: [Value] = []
        values.reserveCapacity(elements.count)
        for element in elements {
            let value = try value(of: element.value)
            if element.optional {
                if let present = try content(of: value, at: element.value.offset) { values.append(present) }
            } else {
                values.append(value)
            }
        }
        return .list(values)
    }

    private mutating func map(_ entries: [Syntax.Entry]) throws(EvaluationError) -> Value {
        var map = Value.Map()
        for entry in entries {
            let key = try value(of: entry.key)
            var value = try value(of: entry.value)
            if entry.optional {
                guard let present = try content(of: value, at: entry.value.offset) else { continue }
                value = present
            }
            try insert(value, for: key, into: &map, at: entry.key.offset)
        }
        return .map(map)
    }

    func insert(
        _ value: Value, for key: Value, into map: inout Value.Map, at offset: Int
    ) throws(EvaluationError) {
        let isNew: Bool
        do {
            isNew = try map.insert(value, for: key)
        } catch {
            throw EvaluationError(error, at: offset)
        }
        if !isNew { throw EvaluationError(.duplicateKey, at: offset) }
    }

    /// What an optional holds; an error for anything that is no optional.
    func content(of value: Value, at offset: Int) throws(EvaluationError) -> Value? {
        guard case .optional(let content) = value else {
            throw EvaluationError(
                .noSuchOverload("an optional element of type \(value.typeName)"), at: offset)
        }
        return content
    }

    private mutating func optionalMap(
        _ operand: Syntax, _ name: String, _ body: Syntax, flat: Bool
    ) throws(EvaluationError) -> Value {
        guard let content = try content(of: try value(of: operand), at: operand.offset) else {
            return .optional(nil)
        }
        let result = try value(of: body, with: name, content)
        return flat ? result : .optional(result)
    }
}
