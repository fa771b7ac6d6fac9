internal import Formats

/// The math extension.
extension Function {
    func calculate(_ arguments: [Value]) throws(EvaluationError.Reason) -> Value {
        switch (self, arguments.count) {
        case (.greatest, _), (.least, _): return try extreme(arguments)
        case (.bitAnd, 2), (.bitOr, 2), (.bitXor, 2): return try combined(arguments)
        case (.bitShiftLeft, 2), (.bitShiftRight, 2): return try shifted(arguments)
        case (_, 1): break
        default: throw mismatch(arguments)
        }
        switch arguments[0] {
        case .int(let number): return try whole(number, arguments)
        case .uint(let number): return try whole(number, arguments)
        case .double(let number): return try rounded(number, arguments)
        default: throw mismatch(arguments)
        }
    }

    private func extreme(_ arguments: [Value]) throws(EvaluationError.Reason) -> Value {
        var values = arguments
        if values.count == 1, case .list(let elements) = values[0] { values = elements }
        guard var found = values.first, values.allSatisfy(\.isNumber) else { throw mismatch(arguments) }
        let wanted: Order = self == .greatest ? .greater : .less
        for value in values.dropFirst() where value.numericOrder(to: found) == wanted { found = value }
        return found
    }

    private func whole(_ number: Int64, _ arguments: [Value]) throws(EvaluationError.Reason) -> Value {
        switch self {
        case .abs:
            guard number != .min else { throw .overflow }
            return .int(Swift.abs(number))
        case .sign: return .int(number.signum())
        case .sqrt: return .double(Double(number).squareRoot())
        case .bitNot: return .int(~number)
        default: throw mismatch(arguments)
        }
    }

    private func whole(_ number: UInt64, _ arguments: [Value]) throws(EvaluationError.Reason) -> Value {
        switch self {
        case .abs: return .uint(number)
        case .sign: return .uint(number.signum())
        case .sqrt: return .double(Double(number).squareRoot())
        case .bitNot: return .uint(~number)
        default: throw mismatch(arguments)
        }
    }

    private func rounded(_ number: Double, _ arguments: [Value]) throws(EvaluationError.Reason) -> Value {
        switch self {
        case .ceil: return .double(number.rounded(.up))
        case .floor: return .double(number.rounded(.down))
        case .round: return .double(number.rounded(.toNearestOrAwayFromZero))
        case .trunc: return .double(number.rounded(.towardZero))
        case .abs: return .double(number.magnitude)
        case .sign: return .double(number.isNaN || number == 0 ? number : (number < 0 ? -1 : 1))
        case .sqrt: return .double(number.squareRoot())
        case .isNaN: return .bool(number.isNaN)
        case .isInf: return .bool(number.isInfinite)
        case .isFinite: return .bool(number.isFinite)
        default: throw mismatch(arguments)
        }
    }

    private func combined(_ arguments: [Value]) throws(EvaluationError.Reason) -> Value {
        switch (arguments[0], arguments[1]) {
        case (.int(let a), .int(let b)): return .int(bits(a, b))
        case (.uint(let a), .uint(let b)): return .uint(bits(a, b))
        default: throw mismatch(arguments)
        }
    }

    private func bits<I: FixedWidthInteger>(_ a: I, _ b: I) -> I {
        switch self {
        case .bitAnd: a & b
        case .bitOr: a | b
        default: a ^ b
        }
    }

    /// Shifting right fills with zeros, also for int; shifting by 64 or more leaves nothing.
    private func shifted(_ arguments: [Value]) throws(EvaluationError.Reason) -> Value {
        guard case .int(let distance) = arguments[1] else { throw mismatch(arguments) }
        if distance < 0 { throw .invalidArgument("a shift needs a distance of 0 or more") }
        switch arguments[0] {
        case .int(let number): return .int(Int64(bitPattern: moved(UInt64(bitPattern: number), distance)))
        case .uint(let number): return .uint(moved(number, distance))
        default: throw mismatch(arguments)
        }
    }

    private func moved(_ number: UInt64, _ distance: Int64) -> UInt64 {
        self == .bitShiftLeft ? number << distance : number >> distance
    }

    /// Base64 with or without padding.
    func recode(_ arguments: [Value]) throws(EvaluationError.Reason) -> Value {
        switch (self, arguments.first, arguments.count) {
        case (.encodeBase64, .bytes(let bytes), 1): return .string(Base64.encode(bytes))
        case (.decodeBase64, .string(let text), 1):
            let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
            guard let bytes = Base64.decode(text + padding) else {
                throw .invalidArgument("base64.decode() takes standard base64")
            }
            return .bytes(bytes)
        default: throw mismatch(arguments)
        }
    }
}
