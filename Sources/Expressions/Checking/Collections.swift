extension Checker {
    /// List and map literals. Elements of different types make a `list(dyn)`.
    mutating func collection(_ syntax: Syntax) throws(TypeProblem) -> CheckedType {
        switch syntax.form {
        case .list(let elements):
            var element: CheckedType?
            for part in elements {
                let type = try content(of: part.value, optional: part.optional)
                element =
                    try element.map { known throws(TypeProblem) in
                        try joined("a list", known, type, at: part.value.offset)
                    } ?? type
            }
            return .list(element ?? unifier.open())
        case .map(let entries):
            var key: CheckedType?
            var value: CheckedType?
            for entry in entries {
                let keyType = try type(of: entry.key)
                let valueType = try content(of: entry.value, optional: entry.optional)
                key =
                    try key.map { known throws(TypeProblem) in
                        try joined("a map", known, keyType, at: entry.key.offset)
                    } ?? keyType
                value =
                    try value.map { known throws(TypeProblem) in
                        try joined("a map", known, valueType, at: entry.value.offset)
                    } ?? valueType
            }
            return .map(key ?? unifier.open(), value ?? unifier.open())
        default: return .dyn
        }
    }

    private mutating func joined(
        _ noun: String, _ known: CheckedType, _ type: CheckedType, at offset: Int
    ) throws(TypeProblem) -> CheckedType {
        let joined = unifier.joined(known, type)
        let isMixed = joined == .dyn && unifier.shallow(known) != .dyn && unifier.shallow(type) != .dyn
        if isStrict, isMixed { throw mixed(noun, known, type, at: offset) }
        return joined
    }

    private mutating func content(of syntax: Syntax, optional: Bool) throws(TypeProblem) -> CheckedType {
        let type = try type(of: syntax)
        if !optional { return type }
        let content = unifier.open()
        guard unifier.accepts(.optional(content), type) else {
            throw failure("an element marked '?' must be an optional", at: syntax.offset)
        }
        return content
    }

    mutating func comprehended(
        _ comprehension: Syntax.Comprehension, at offset: Int
    ) throws(TypeProblem) -> CheckedType {
        let range = try type(of: comprehension.range)
        var key: CheckedType
        var value: CheckedType
        switch unifier.shallow(range) {
        case .applied("list", let parameters): (key, value) = (.int, parameters[0])
        case .applied("map", let parameters): (key, value) = (parameters[0], parameters[1])
        case .dyn, .open: (key, value) = (.dyn, .dyn)
        default:
            throw failure(
                "\(comprehension.kind.rawValue)() runs over a list or a map, not \(unifier.resolved(range))",
                at: offset)
        }
        var variables = [(name: comprehension.first, type: key)]
        if let second = comprehension.second {
            variables.append((second, value))
        } else if case .applied("list", _) = unifier.shallow(range) {
            key = value
            variables = [(comprehension.first, value)]
        }
        var result: CheckedType?
        try inLoop(at: offset) { checker throws(TypeProblem) in
            if let condition = comprehension.condition {
                try checker.test(condition, of: comprehension, with: variables)
            }
            if let body = comprehension.result { result = try checker.type(of: body, with: variables) }
        }
        switch comprehension.kind {
        case .all, .exists, .existsOne: return .bool
        case .filter: return .list(key)
        case .map, .transformList: return .list(result ?? .dyn)
        case .transformMap: return .map(key, result ?? .dyn)
        case .transformMapEntry: return result ?? .dyn
        }
    }

    private mutating func test(
        _ condition: Syntax, of comprehension: Syntax.Comprehension,
        with variables: [(name: String, type: CheckedType)]
    ) throws(TypeProblem) {
        let given = try type(of: condition, with: variables)
        if !unifier.accepts(.bool, given) {
            throw failure(
                "the condition of \(comprehension.kind.rawValue)() is \(unifier.resolved(given)), not bool",
                at: condition.offset)
        }
    }
}
