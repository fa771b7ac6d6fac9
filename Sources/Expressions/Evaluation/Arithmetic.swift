/// `+ - * / %`, with an error where a whole number would leave its 64 bits.
enum Arithmetic {
    static func apply(
        _ infix: Syntax.Operator, _ left: Value, _ right: Value
    ) throws(EvaluationError.Reason) -> Value {
        switch (left, right) {
        case (.int(let a), .int(let b)): return .int(try whole(infix, a, b))
        case (.uint(let a), .uint(let b)): return .uint(try whole(infix, a, b))
        case (.double(let a), .double(let b)):
            switch infix {
            case .add: return .double(a + b)
            case .subtract: return .double(a - b)
            case .multiply: return .double(a * b)
            case .divide: return .double(a / b)
            default: throw mismatch(infix, left, right)
            }
        default:
            switch infix {
            case .add: return try sum(left, right)
            case .subtract: return try difference(left, right)
            default: throw mismatch(infix, left, right)
            }
        }
    }

    private static func whole<I: FixedWidthInteger>(
        _ infix: Syntax.Operator, _ a: I, _ b: I
    ) throws(EvaluationError.Reason) -> I {
        if b == 0, infix == .divide || infix == .remainder { throw .divisionByZero }
        let (result, overflow) =
            switch infix {
            case .add: a.addingReportingOverflow(b)
            case .subtract: a.subtractingReportingOverflow(b)
            case .multiply: a.multipliedReportingOverflow(by: b)
            case .divide: a.dividedReportingOverflow(by: b)
            default: a.remainderReportingOverflow(dividingBy: b)
            }
        if overflow { throw .overflow }
        return result
    }

    private static func sum(_ left: Value, _ right: Value) throws(EvaluationError.Reason) -> Value {
        switch (left, right) {
        case (.string(let a), .string(let b)): return .string(a + b)
        case (.bytes(let a), .bytes(let b)): return .bytes(a + b)
        case (.list(let a), .list(let b)): return .list(a + b)
        case (.timestamp(let a), .duration(let b)): return .timestamp(try a.adding(b))
        case (.duration(let a), .timestamp(let b)): return .timestamp(try b.adding(a))
        case (.duration(let a), .duration(let b)):
            let (sum, overflow) = a.nanoseconds.addingReportingOverflow(b.nanoseconds)
            if overflow { throw .outOfRange }
            return .duration(Value.Duration(nanoseconds: sum))
        default: throw mismatch(.add, left, right)
        }
    }

    private static func difference(_ left: Value, _ right: Value) throws(EvaluationError.Reason) -> Value {
        switch (left, right) {
        case (.timestamp(let a), .timestamp(let b)): return .duration(try a.distance(from: b))
        case (.timestamp(let a), .duration(let b)): return .timestamp(try a.subtracting(b))
        case (.duration(let a), .duration(let b)):
            let (difference, overflow) = a.nanoseconds.subtractingReportingOverflow(b.nanoseconds)
            if overflow { throw .outOfRange }
            return .duration(Value.Duration(nanoseconds: difference))
        default: throw mismatch(.subtract, left, right)
        }
    }

    private static func mismatch(
        _ infix: Syntax.Operator, _ left: Value, _ right: Value
    ) -> EvaluationError.Reason {
        .noSuchOverload("\(left.typeName) \(infix.rawValue) \(right.typeName)")
    }
}
