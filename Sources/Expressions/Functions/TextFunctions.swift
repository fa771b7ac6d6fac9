extension Function {
    /// Sizes and the searches of the standard library. `matches` is the evaluator's, which charges for its work.
    func applyToText(_ arguments: [Value]) throws(EvaluationError.Reason) -> Value {
        if self == .size, arguments.count == 1 {
            switch arguments[0] {
            case .string(let text): return .int(Int64(text.unicodeScalars.count))
            case .bytes(let bytes): return .int(Int64(bytes.count))
            case .list(let elements): return .int(Int64(elements.count))
            case .map(let map): return .int(Int64(map.count))
            default: throw mismatch(arguments)
            }
        }
        guard arguments.count == 2, case .string(let text) = arguments[0],
            case .string(let part) = arguments[1]
        else { throw mismatch(arguments) }
        switch self {
        case .contains: return .bool(text.contains(bytesOf: part))
        case .startsWith: return .bool(text.utf8.starts(with: part.utf8))
        case .endsWith: return .bool(text.utf8.reversed().starts(with: part.utf8.reversed()))
        default: throw mismatch(arguments)
        }
    }
}

extension String {
    /// Whether the text holds another one, byte by byte.
    func contains(bytesOf part: String) -> Bool {
        firstOffset(of: Array(part.utf8), in: Array(utf8), from: 0) != nil
    }
}
