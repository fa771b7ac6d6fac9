/// `+ - * / %` over columns, with an error where the tree walk has one.
extension Vector {
    /// Nil for operands that only the tree walk computes. Rows whose exact result does not fit the columns' units are
    /// added to `hard`: they are for the tree walk as well.
    static func compute(
        _ infix: Syntax.Operator, _ left: Vector, _ right: Vector, _ rows: Int, hard: inout [Int]
    ) -> Vector? {
        if case .failed = left { return .failed }
        if case .failed = right { return .failed }
        if case (.constant, .constant) = (left, right) { return nil }
        guard let left = left.spread(rows), let right = right.spread(rows) else { return nil }
        let valid = Masks.both(left.validity(rows), right.validity(rows))
        switch (infix, left, right) {
        case (_, .whole(let a, _), .whole(let b, _)):
            let (numbers, valid) = whole(infix, a, b, valid, rows)
            return .whole(numbers, valid: valid)
        case (_, .decimals(let a, _), .decimals(let b, _)):
            return decimals(infix, a, b, rows).map { .decimals($0, valid: valid) }
        case (.subtract, .timestamps(let a, _), .timestamps(let b, _)):
            return .durations(distances(a, b, valid, rows, &hard), valid: valid)
        case (.add, .timestamps(let a, _), .durations(let b, _)),
            (.add, .durations(let b, _), .timestamps(let a, _)):
            return moved(a, by: b, valid, rows, &hard)
        case (.subtract, .timestamps(let a, _), .durations(let b, _)):
            // The lowest number has no opposite; its rows are not whole microseconds, so they are hard either way.
            return moved(a, by: Loop.map(b, rows) { 0 &- $0 }, valid, rows, &hard)
        case (.add, .durations(let a, _), .durations(let b, _)),
            (.subtract, .durations(let a, _), .durations(let b, _)):
            let (lengths, valid) = whole(infix, a, b, valid, rows)
            return .durations(lengths, valid: valid)
        default: return nil
        }
    }

    static func negated(_ operand: Vector, _ rows: Int) -> Vector? {
        switch operand {
        case .failed: .failed
        case .whole(let a, let valid):
            .whole(
                Loop.map(a, rows) { 0 &- $0 },
                valid: Masks.both(valid, failures(Loop.map(a, rows) { $0 == .min ? 0 : 1 })))
        case .decimals(let a, let valid): .decimals(Loop.map(a, rows) { -$0 }, valid: valid)
        default: nil
        }
    }

    /// Nil when no row failed, which is the rule.
    private static func failures(_ valid: [UInt8]) -> [UInt8]? {
        Loop.contains(valid, valid.count) { $0 == 0 } ? valid : nil
    }

    private static func whole(
        _ infix: Syntax.Operator, _ a: [Int64], _ b: [Int64], _ valid: [UInt8]?, _ rows: Int
    ) -> ([Int64], [UInt8]?) {
        switch infix {
        case .add: results(a, b, valid, rows) { $0.addingReportingOverflow($1) }
        case .subtract: results(a, b, valid, rows) { $0.subtractingReportingOverflow($1) }
        case .multiply: results(a, b, valid, rows) { $0.multipliedReportingOverflow(by: $1) }
        case .divide: results(a, b, valid, rows) { $0.dividedReportingOverflow(by: $1) }
        default: results(a, b, valid, rows) { $0.remainderReportingOverflow(dividingBy: $1) }
        }
    }

    /// Division by zero reports an overflow, too.
    @inline(__always)
    private static func results(
        _ a: [Int64], _ b: [Int64], _ valid: [UInt8]?, _ rows: Int,
        _ body: (Int64, Int64) -> (partialValue: Int64, overflow: Bool)
    ) -> ([Int64], [UInt8]?) {
        let numbers = Loop.zip(a, b, rows) { body($0, $1).partialValue }
        let fits = Loop.zip(a, b, rows) { body($0, $1).overflow ? 0 : 1 as UInt8 }
        return (numbers, Masks.both(valid, failures(fits)))
    }

    private static func decimals(
        _ infix: Syntax.Operator, _ a: [Double], _ b: [Double], _ rows: Int
    ) -> [Double]? {
        switch infix {
        case .add: Loop.zip(a, b, rows) { $0 + $1 }
        case .subtract: Loop.zip(a, b, rows) { $0 - $1 }
        case .multiply: Loop.zip(a, b, rows) { $0 * $1 }
        case .divide: Loop.zip(a, b, rows) { $0 / $1 }
        default: nil
        }
    }

    /// Farther apart than this, in microseconds, a distance may leave the 64 bits of its nanoseconds.
    private static let far: Int64 = 9_223_372_000_000_000

    private static func distances(
        _ a: [Int64], _ b: [Int64], _ valid: [UInt8]?, _ rows: Int, _ hard: inout [Int]
    ) -> [Int64] {
        let (far, last) = (far, afterLatest)
        let isHard = Loop.zip(a, b, rows) { a, b in
            let gap = a &- b
            return (gap > far ? 1 : 0) | (gap < -far ? 1 : 0) | (a == last ? 1 : 0) | (b == last ? 1 : 0)
                as UInt8
        }
        collect(&hard, valid, rows, isHard)
        return Loop.zip(a, b, rows) { ($0 &- $1) &* 1_000 }
    }

    private static func moved(
        _ times: [Int64], by lengths: [Int64], _ valid: [UInt8]?, _ rows: Int, _ hard: inout [Int]
    ) -> Vector {
        let (first, last) = (earliest, afterLatest)
        let spans = Loop.map(lengths, rows) { $0 / 1_000 }
        let isHard = Loop.zip(times, Loop.zip(lengths, spans, rows) { $0 &- $1 &* 1_000 }, rows) {
            ($0 == last ? 1 : 0) | ($1 != 0 ? 1 : 0) as UInt8
        }
        collect(&hard, valid, rows, isHard)
        let sums = Loop.zip(times, spans, rows) { $0 &+ $1 }
        let inside = Loop.map(sums, rows) { ($0 >= first ? 1 : 0) & ($0 < last ? 1 : 0) as UInt8 }
        return .timestamps(sums, valid: Masks.both(valid, failures(inside)))
    }

    private static func collect(_ hard: inout [Int], _ valid: [UInt8]?, _ rows: Int, _ isHard: [UInt8]) {
        guard Loop.contains(isHard, rows, { $0 != 0 }) else { return }
        for row in 0..<rows where isHard[row] != 0 && valid?[row] != 0 { hard.append(row) }
    }
}
