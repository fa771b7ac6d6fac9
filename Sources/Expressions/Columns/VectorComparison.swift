/// `== != < <= > >=` over columns.
extension Vector {
    /// Answers; nil for a pair of operands that only the tree walk compares.
    static func compare(_ infix: Syntax.Operator, _ left: Vector, _ right: Vector, _ rows: Int) -> [UInt8]? {
        if case .failed = left { return [UInt8](repeating: ColumnAnswer.undecidable, count: rows) }
        if case .failed = right { return [UInt8](repeating: ColumnAnswer.undecidable, count: rows) }
        guard let sort = left.sort, let other = right.sort else { return nil }
        guard sort == other else { return compareUnlike(infix, left, right, rows) }
        if case .constant = left {
            if case .constant = right { return nil }
            return compare(infix.turned, right, left, rows)
        }
        guard var mask = compareLike(infix, left, right, rows) else { return nil }
        Masks.limit(&mask, to: Masks.both(left.validity(rows), right.validity(rows)))
        return mask
    }

    /// Values of different sorts are unequal and stand in no order.
    private static func compareUnlike(
        _ infix: Syntax.Operator, _ left: Vector, _ right: Vector, _ rows: Int
    ) -> [UInt8] {
        guard infix == .equal || infix == .unequal else {
            return [UInt8](repeating: ColumnAnswer.undecidable, count: rows)
        }
        var mask = [UInt8](repeating: infix == .equal ? ColumnAnswer.no : ColumnAnswer.yes, count: rows)
        Masks.limit(&mask, to: Masks.both(left.validity(rows), right.validity(rows)))
        return mask
    }

    private static func compareLike(
        _ infix: Syntax.Operator, _ left: Vector, _ right: Vector, _ rows: Int
    ) -> [UInt8]? {
        switch (left, right) {
        case (.whole(let a, _), .whole(let b, _)), (.timestamps(let a, _), .timestamps(let b, _)),
            (.durations(let a, _), .durations(let b, _)):
            return compare(infix, a, b, rows)
        case (.decimals(let a, _), .decimals(let b, _)): return compare(infix, a, b, rows)
        case (.whole(let a, _), .decimals(let b, _)):
            return compare(infix, Loop.map(a, rows) { Double($0) }, b, rows)
        case (.decimals(let a, _), .whole(let b, _)):
            return compare(infix, a, Loop.map(b, rows) { Double($0) }, rows)
        case (.answers(let a), .answers(let b)) where infix == .equal || infix == .unequal:
            return compare(infix, a, b, rows)
        case (_, .constant(let value)): return compare(infix, left, with: value, rows)
        default: return nil
        }
    }

    private static func compare(
        _ infix: Syntax.Operator, _ left: Vector, with value: Value, _ rows: Int
    ) -> [UInt8]? {
        switch (left, value) {
        case (.whole(let a, _), .int(let b)): return compare(infix, a, with: b, rows)
        case (.whole(let a, _), .uint(let b)):
            return Int64(exactly: b).map { compare(infix, a, with: $0, rows) }
        case (.whole(let a, _), .double(let b)):
            return compare(infix, Loop.map(a, rows) { Double($0) }, with: b, rows)
        case (.decimals(let a, _), .double(let b)): return compare(infix, a, with: b, rows)
        case (.decimals(let a, _), .int(let b)): return compare(infix, a, with: Double(b), rows)
        case (.decimals(let a, _), .uint(let b)): return compare(infix, a, with: Double(b), rows)
        case (.timestamps(let a, _), .timestamp(let b)):
            return b.wholeMicroseconds.map { compare(infix, a, with: $0, rows) }
        case (.durations(let a, _), .duration(let b)): return compare(infix, a, with: b.nanoseconds, rows)
        case (.answers(let a), .bool(let b)) where infix == .equal || infix == .unequal:
            return compare(infix, a, with: b ? 1 : 0, rows)
        default: return nil
        }
    }

    static func compare<T: Comparable>(_ infix: Syntax.Operator, _ a: [T], _ b: [T], _ rows: Int) -> [UInt8] {
        switch infix {
        case .equal: Loop.zip(a, b, rows) { $0 == $1 ? 1 : 0 }
        case .unequal: Loop.zip(a, b, rows) { $0 == $1 ? 0 : 1 }
        case .less: Loop.zip(a, b, rows) { $0 < $1 ? 1 : 0 }
        case .lessOrEqual: Loop.zip(a, b, rows) { $0 <= $1 ? 1 : 0 }
        case .greater: Loop.zip(a, b, rows) { $0 > $1 ? 1 : 0 }
        default: Loop.zip(a, b, rows) { $0 >= $1 ? 1 : 0 }
        }
    }

    private static func compare<T: Comparable>(
        _ infix: Syntax.Operator, _ a: [T], with b: T, _ rows: Int
    ) -> [UInt8] {
        switch infix {
        case .equal: Loop.map(a, rows) { $0 == b ? 1 : 0 }
        case .unequal: Loop.map(a, rows) { $0 == b ? 0 : 1 }
        case .less: Loop.map(a, rows) { $0 < b ? 1 : 0 }
        case .lessOrEqual: Loop.map(a, rows) { $0 <= b ? 1 : 0 }
        case .greater: Loop.map(a, rows) { $0 > b ? 1 : 0 }
        default: Loop.map(a, rows) { $0 >= b ? 1 : 0 }
        }
    }
}

extension Syntax.Operator {
    var isComparison: Bool {
        switch self {
        case .equal, .unequal, .less, .lessOrEqual, .greater, .greaterOrEqual: true
        default: false
        }
    }

    /// The comparison with its sides exchanged.
    fileprivate var turned: Syntax.Operator {
        switch self {
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        default: self
        }
    }
}
