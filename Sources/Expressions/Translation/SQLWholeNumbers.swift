/// Arithmetic on whole numbers. Beyond 64 bits the language has no value, one database goes on with a decimal and another
/// gives up: where a result may lie there, it is asked before it is computed.
extension SQLTranslator {
    /// The lowest number has no opposite that could be negated.
    static let lowest = "(-9223372036854775807 - 1)"
    private static let highest = "9223372036854775807"

    func whole(
        _ infix: Syntax.Operator, _ left: SQLTerm, _ right: SQLTerm, at offset: Int
    ) throws(Failure) -> SQLTerm {
        let isUnbounded = left.isUnbounded || right.isUnbounded
        switch infix {
        case .add, .subtract:
            let (bound, overflow) = left.bound.addingReportingOverflow(right.bound)
            if overflow || isUnbounded { return guardedSum(infix, left.sql, right.sql) }
            return .value("(\(left.sql) \(infix.rawValue) \(right.sql))", .whole, bound: bound)
        case .multiply:
            let (bound, overflow) = left.bound.multipliedReportingOverflow(by: right.bound)
            if overflow || isUnbounded { return try guardedProduct(left, right, at: offset) }
            return .value("(\(left.sql) * \(right.sql))", .whole, bound: bound)
        case .remainder:
            guard !left.isUnbounded else { throw overflow(offset) }
            return .value(
                "(CASE WHEN \(right.sql) <> 0 THEN \(left.sql) % \(right.sql) END)", .whole, bound: left.bound
            )
        default:
            // One database's division of whole numbers is another's division of decimals: divide what divides evenly.
            guard left.bound <= Self.largestField else { throw overflow(offset) }
            return .value(
                "(CASE WHEN \(right.sql) <> 0 THEN CAST((\(left.sql) - \(left.sql) % \(right.sql)) / \(right.sql) AS BIGINT) END)",
                .whole, bound: left.bound)
        }
    }

    /// NULL where the sum or the difference leaves 64 bits. A branch of a choice is computed only where it is taken.
    private func guardedSum(_ infix: Syntax.Operator, _ left: String, _ right: String) -> SQLTerm {
        let isSum = infix == .add
        let result = "\(left) \(infix.rawValue) \(right)"
        // How far from the end the left may be, where the right is not negative, and where it is.
        let (most, least) = ("\(left) <= \(Self.highest)", "\(left) >= \(Self.lowest)")
        let up = isSum ? "\(most) - \(right)" : "\(least) + \(right)"
        let down = isSum ? "\(least) - \(right)" : "\(most) + \(right)"
        return .value(
            "(CASE WHEN \(right) >= 0 THEN CASE WHEN \(up) THEN \(result) END "
                + "ELSE CASE WHEN \(down) THEN \(result) END END)",
            .whole, bound: .max)
    }

    /// NULL where the product leaves 64 bits; only of a constant, for of two fields no database says beforehand alike
    /// whether it does.
    private func guardedProduct(
        _ left: SQLTerm, _ right: SQLTerm, at offset: Int
    ) throws(Failure) -> SQLTerm {
        let (factor, number) = left.number == nil ? (left, right.number) : (right, left.number)
        guard let number, number != 0 else { throw overflow(offset) }
        // The lowest number divided by -1 is one too many.
        let ends = [Int64.min, .max].map { $0.dividedReportingOverflow(by: number) }
            .map { $0.overflow ? Int64.max : $0.partialValue }
        let (low, high) = number > 0 ? (ends[0], ends[1]) : (ends[1], ends[0])
        let lower = low == .min ? Self.lowest : "(\(low))"
        return .value(
            "(CASE WHEN \(factor.sql) BETWEEN \(lower) AND \(high) THEN \(left.sql) * \(right.sql) END)",
            .whole, bound: .max)
    }

    private func overflow(_ offset: Int) -> Failure {
        Failure(construct: "a whole number that may leave 64 bits", offset: offset)
    }
}

extension SQLTerm {
    /// Whether a whole number may be any of 64 bits, the lowest included.
    var isUnbounded: Bool { bound == .max && number == nil }
}
