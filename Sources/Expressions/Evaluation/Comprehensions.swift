extension Evaluator {
    /// The macros over lists and maps. One variable is the element or the key; two are index and element, or key and
    /// value.
    mutating func run(
        _ comprehension: Syntax.Comprehension, at offset: Int
    ) throws(EvaluationError) -> Value {
        let items = try items(of: try value(of: comprehension.range), for: comprehension, at: offset)
        try charge(items.count + Self.built(by: comprehension.kind), at: offset)
        switch comprehension.kind {
        case .all: return .bool(try decided(comprehension, items, deciding: false))
        case .exists: return .bool(try decided(comprehension, items, deciding: true))
        case .existsOne: return .bool(try isOne(comprehension, items))
        case .filter, .map, .transformList: return .list(try collected(comprehension, items))
        case .transformMap, .transformMapEntry: return .map(try rebuilt(comprehension, items))
        }
    }

    /// What the collection takes that a macro builds.
    private static func built(by kind: Syntax.Comprehension.Kind) -> Int {
        switch kind {
        case .all, .exists, .existsOne: 0
        case .filter, .map, .transformList: listCost
        case .transformMap, .transformMapEntry: mapCost
        }
    }

    private typealias Item = (first: Value, second: Value?)

    private func items(
        of range: Value, for comprehension: Syntax.Comprehension, at offset: Int
    ) throws(EvaluationError) -> [Item] {
        switch range {
        case .list(let elements):
            if comprehension.second == nil { return elements.map { ($0, nil) } }
            return elements.enumerated().map { (.int(Int64($0.offset)), $0.element) }
        case .map(let map):
            return map.entries.map { ($0.key, comprehension.second == nil ? nil : $0.value) }
        default:
            throw EvaluationError(
                .noSuchOverload("\(comprehension.kind.rawValue)() on \(range.typeName)"), at: offset)
        }
    }

    private mutating func enter(_ comprehension: Syntax.Comprehension, _ item: Item) {
        locals.append((comprehension.first, item.first))
        if let name = comprehension.second, let value = item.second { locals.append((name, value)) }
    }

    private mutating func leave(_ comprehension: Syntax.Comprehension) {
        locals.removeLast(comprehension.second == nil ? 1 : 2)
    }

    private mutating func holds(
        _ comprehension: Syntax.Comprehension, _ item: Item
    ) throws(EvaluationError) -> Bool {
        guard let condition = comprehension.condition else { return true }
        enter(comprehension, item)
        defer { leave(comprehension) }
        return try truth(of: condition, in: "\(comprehension.kind.rawValue)()")
    }

    /// `all` and `exists`: like `&&` and `||`, one element that decides outvotes errors of the others.
    private mutating func decided(
        _ comprehension: Syntax.Comprehension, _ items: [Item], deciding: Bool
    ) throws(EvaluationError) -> Bool {
        var failure: EvaluationError?
        for item in items {
            do {
                if try holds(comprehension, item) == deciding { return deciding }
            } catch {
                guard error.isAbsorbable else { throw error }
                if failure == nil { failure = error }
            }
        }
        if let failure { throw failure }
        return !deciding
    }

    private mutating func isOne(
        _ comprehension: Syntax.Comprehension, _ items: [Item]
    ) throws(EvaluationError) -> Bool {
        var count = 0
        for item in items where try holds(comprehension, item) { count += 1 }
        return count == 1
    }

    private mutating func collected(
        _ comprehension: Syntax.Comprehension, _ items: [Item]
    ) throws(EvaluationError) -> [Value] {
        var values: [Value] = []
        for item in items where try holds(comprehension, item) {
            values.append(try result(comprehension, item) ?? item.first)
        }
        return values
    }

    private mutating func result(
        _ comprehension: Syntax.Comprehension, _ item: Item
    ) throws(EvaluationError) -> Value? {
        guard let result = comprehension.result else { return nil }
        enter(comprehension, item)
        defer { leave(comprehension) }
        return try value(of: result)
    }

    private mutating func rebuilt(
        _ comprehension: Syntax.Comprehension, _ items: [Item]
    ) throws(EvaluationError) -> Value.Map {
        var map = Value.Map()
        for item in items where try holds(comprehension, item) {
            guard let value = try result(comprehension, item), let body = comprehension.result else {
                continue
            }
            if comprehension.kind == .transformMap {
                try insert(value, for: item.first, into: &map, at: body.offset)
                continue
            }
            guard case .map(let entries) = value else {
                throw EvaluationError(
                    .noSuchOverload("transformMapEntry() of \(value.typeName)"), at: body.offset)
            }
            try charge(entries.count, at: body.offset)
            for entry in entries.entries {
                try insert(entry.value, for: entry.key, into: &map, at: body.offset)
            }
        }
        return map
    }
}
