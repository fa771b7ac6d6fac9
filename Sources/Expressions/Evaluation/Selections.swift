extension Evaluator {
    /// Selections, `has` and indices.
    mutating func member(_ syntax: Syntax) throws(EvaluationError) -> Value {
        if bindings.hasQualifiedNames, let value = qualified(syntax) { return value }
        switch syntax.form {
        case .select(let operand, let field, let optional):
            return try select(field, of: try value(of: operand), optional: optional, at: syntax.offset)
        case .has(let operand, let field, let optional):
            return .bool(try has(field, in: try value(of: operand), optional: optional, at: syntax.offset))
        case .index(let operand, let key, let optional):
            let container = try value(of: operand)
            return try index(container, try value(of: key), optional: optional, at: syntax.offset)
        default: throw EvaluationError(.invalidArgument("this is no selection"), at: syntax.offset)
        }
    }

    /// The value bound to the whole dotted path as one name. Shorter names are found on the way down, so that the
    /// longest one wins; a macro's variable wins over all of them.
    private func qualified(_ syntax: Syntax) -> Value? {
        guard case .select = syntax.form, let path = syntax.path, let root = path.names.first,
            path.absolute || local(root) == nil
        else { return nil }
        return bindings.resolve(path.names.joined(separator: "."), absolute: path.absolute)
    }

    private func select(
        _ field: String, of value: Value, optional: Bool, at offset: Int
    ) throws(EvaluationError) -> Value {
        switch value {
        case .map(let map):
            if let found = map[field] { return optional ? .optional(found) : found }
            if optional { return .optional(nil) }
            throw EvaluationError(.noSuchField(field), at: offset)
        case .optional(let content):
            guard let content else { return .optional(nil) }
            return try select(field, of: content, optional: true, at: offset)
        default:
            throw EvaluationError(.noSuchOverload("selecting '\(field)' from \(value.typeName)"), at: offset)
        }
    }

    private func has(
        _ field: String, in value: Value, optional: Bool, at offset: Int
    ) throws(EvaluationError) -> Bool {
        switch value {
        case .map(let map): return map[field] != nil
        case .optional(let content):
            guard let content else { return false }
            return try has(field, in: content, optional: true, at: offset)
        default:
            throw EvaluationError(.noSuchOverload("has() of '\(field)' in \(value.typeName)"), at: offset)
        }
    }

    private func index(
        _ container: Value, _ key: Value, optional: Bool, at offset: Int
    ) throws(EvaluationError) -> Value {
        switch container {
        case .list(let elements):
            guard let place = Self.position(key) else {
                throw EvaluationError(.noSuchOverload("list[\(key.typeName)]"), at: offset)
            }
            if elements.indices.contains(place) {
                return optional ? .optional(elements[place]) : elements[place]
            }
            if optional { return .optional(nil) }
            throw EvaluationError(.noSuchKey, at: offset)
        case .map(let map):
            if let found = map[key] { return optional ? .optional(found) : found }
            if optional { return .optional(nil) }
            throw EvaluationError(.noSuchKey, at: offset)
        case .optional(let content):
            guard let content else { return .optional(nil) }
            return try index(content, key, optional: true, at: offset)
        default:
            throw EvaluationError(.noSuchOverload("\(container.typeName)[\(key.typeName)]"), at: offset)
        }
    }

    /// A list position: a whole number of any numeric type. One that does not fit is no place of any list.
    private static func position(_ key: Value) -> Int? {
        switch key {
        case .int(let number): Int(number)
        case .uint(let number): Int(exactly: number) ?? -1
        case .double(let number): Int(exactly: number)
        default: nil
        }
    }
}
