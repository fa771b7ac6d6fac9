extension SQLTranslator {
    /// `all`, `exists` and `exists_one` over a list that is written out: its condition once for each element.
    mutating func writtenOut(
        _ comprehension: Syntax.Comprehension, _ condition: Syntax, over items: [SQLTerm], at offset: Int
    ) throws(Failure) -> SQLTerm {
        let outer = scope
        var truths: [String] = []
        for item in items {
            if let construct = item.beyondElement { throw Failure(construct: construct, offset: offset) }
            scope.bind(comprehension.first, element: item)
            truths.append(try term(condition).condition)
        }
        scope = outer
        // A list with an element that has no value has none itself.
        let present = items.filter { !$0.isConstant }.map { "\($0.presence) IS NOT NULL" }
        let truth = Self.truth(of: truths, comprehension.kind)
        if present.isEmpty { return .condition(truth) }
        return .condition("(CASE WHEN \(present.joined(separator: " AND ")) THEN \(truth) END)")
    }

    /// The language's own words: `all` is an AND, `exists` an OR, and only `exists_one` has no value as soon as one
    /// condition has none.
    private static func truth(of conditions: [String], _ kind: Syntax.Comprehension.Kind) -> String {
        switch kind {
        case .all: return conditions.isEmpty ? "(1 = 1)" : "(\(conditions.joined(separator: " AND ")))"
        case .exists: return conditions.isEmpty ? "(1 = 0)" : "(\(conditions.joined(separator: " OR ")))"
        default:
            // A sum with NULL is NULL.
            let count = conditions.map { "CAST(\($0) AS BIGINT)" }.joined(separator: " + ")
            return conditions.isEmpty ? "(1 = 0)" : "((\(count)) = 1)"
        }
    }
}

extension SQLTerm {
    /// What is not named by a macro, in words; nil for single values.
    fileprivate var beyondElement: String? {
        if items != nil || elements != nil { return "a list of lists" }
        return switch form {
        case .value(.list): "a list of lists"
        case .record: "a list of records"
        case .optional: "a list of optional values"
        case .value, .null, .error: nil
        }
    }
}
