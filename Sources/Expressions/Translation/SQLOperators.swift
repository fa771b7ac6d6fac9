import Formats

extension SQLTranslator {
    /// Whole numbers in evidence stay below this (RFC 8785 section 3.2.2.3).
    static let largestField: Int64 = 1 << 53

    mutating func binary(
        _ infix: Syntax.Operator, _ left: SQLTerm, _ right: SQLTerm, at offset: Int
    ) throws(Failure) -> SQLTerm {
        switch infix {
        case .equal: return .condition(try equal(left, right, at: offset))
        case .unequal: return .condition("(NOT \(try equal(left, right, at: offset)))")
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            return .condition(try ordered(infix.rawValue, left, right, at: offset))
        default: return try arithmetic(infix, left, right, at: offset)
        }
    }

    /// Values of unlike types are unequal, not an error; an error on either side is one.
    func equal(_ left: SQLTerm, _ right: SQLTerm, at offset: Int) throws(Failure) -> String {
        if left.items != nil || right.items != nil || left.elements != nil || right.elements != nil {
            throw Failure(construct: "comparing whole lists", offset: offset)
        }
        switch (left.form, right.form) {
        case (.error, _), (_, .error): return "(NULL = 1)"
        case (.null, .null): return "(1 = 1)"
        case (.record(let found), .null), (.null, .record(let found)):
            return found.map { "(\($0) IS NULL)" } ?? "(1 = 0)"
        case (.record, _), (_, .record): throw Failure(construct: "comparing whole records", offset: offset)
        case (.value(let a), .value(let b)) where a == b: return "(\(left.value) = \(right.value))"
        case (.value(let a), .value(let b)) where a.isNumber && b.isNumber:
            return "(CAST(\(left.value) AS DOUBLE) = CAST(\(right.value) AS DOUBLE))"
        case (.optional, _), (_, .optional):
            throw Failure(construct: "comparing optional values", offset: offset)
        default:
            return "(CASE WHEN \(left.presence) IS NOT NULL AND \(right.presence) IS NOT NULL THEN 1 = 0 END)"
        }
    }

    private func ordered(
        _ infix: String, _ left: SQLTerm, _ right: SQLTerm, at offset: Int
    ) throws(Failure) -> String {
        guard let a = left.type, let b = right.type else { return "(NULL = 1)" }
        if case .list = a { return "(NULL = 1)" }
        if a == b { return "(\(left.value) \(infix) \(right.value))" }
        guard a.isNumber, b.isNumber else { return "(NULL = 1)" }
        return "(CAST(\(left.value) AS DOUBLE) \(infix) CAST(\(right.value) AS DOUBLE))"
    }

    // MARK: Arithmetic

    private func arithmetic(
        _ infix: Syntax.Operator, _ left: SQLTerm, _ right: SQLTerm, at offset: Int
    ) throws(Failure) -> SQLTerm {
        if infix == .add, left.items != nil || right.items != nil {
            throw Failure(construct: "joining lists", offset: offset)
        }
        guard let a = left.type, let b = right.type else { return .error }
        switch (infix, a, b) {
        case (_, .whole, .whole): return try whole(infix, left, right, at: offset)
        case (.add, .text, .text): return .value("(\(left.sql) || \(right.sql))", .text)
        case (_, .decimal, .decimal): throw Failure(construct: "arithmetic on decimals", offset: offset)
        case (.add, .list, .list): throw Failure(construct: "joining lists", offset: offset)
        case (.add, .timestamp, .duration), (.add, .duration, .timestamp),
            (.subtract, .timestamp, .duration):
            return .value(within(Self.timestamps, left, infix, right), .timestamp)
        case (.subtract, .timestamp, .timestamp), (.add, .duration, .duration),
            (.subtract, .duration, .duration):
            return .value(within(Self.durations, left, infix, right), .duration)
        default: return .error
        }
    }

    /// The years 1 to 9999, in microseconds.
    private static let timestamps = "-62135596800000000 AND 253402300799999999"
    /// What 64 bits of nanoseconds hold, in microseconds.
    private static let durations = "-9223372036854775 AND 9223372036854775"

    /// Beyond its range a value is an error.
    private func within(_ range: String, _ left: SQLTerm, _ infix: Syntax.Operator, _ right: SQLTerm)
        -> String
    {
        let result = "\(left.sql) \(infix.rawValue) \(right.sql)"
        return "(CASE WHEN \(result) BETWEEN \(range) THEN \(result) END)"
    }

    func negated(_ operand: SQLTerm, at offset: Int) throws(Failure) -> SQLTerm {
        switch operand.type {
        case .whole where operand.isUnbounded:
            .value(
                "(CASE WHEN \(operand.sql) > \(Self.lowest) THEN -(\(operand.sql)) END)", .whole, bound: .max)
        case .whole, .decimal:
            .value("(-(\(operand.sql)))", operand.type ?? .whole, bound: operand.bound)
        default: .error
        }
    }
}

extension SQLType {
    var isNumber: Bool { self == .whole || self == .decimal }
}
