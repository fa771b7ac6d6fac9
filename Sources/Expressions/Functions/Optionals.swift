extension Function {
    /// Making and opening optionals.
    func applyToOptional(_ arguments: [Value]) throws(EvaluationError.Reason) -> Value {
        switch (self, arguments.count) {
        case (.optionalNone, 0): return .optional(nil)
        case (.optionalOf, 1): return .optional(arguments[0])
        case (.optionalOfNonZeroValue, 1): return .optional(arguments[0].isZero ? nil : arguments[0])
        default: break
        }
        guard case .optional(let content)? = arguments.first else { throw mismatch(arguments) }
        switch (self, arguments.count) {
        case (.hasValue, 1): return .bool(content != nil)
        case (.value, 1):
            guard let content else { throw .emptyOptional }
            return content
        case (.orValue, 2): return content ?? arguments[1]
        case (.or, 2):
            guard case .optional = arguments[1] else { throw mismatch(arguments) }
            return content == nil ? arguments[1] : arguments[0]
        default: throw mismatch(arguments)
        }
    }
}

extension Value {
    /// Whether it is the value its type starts from: 0, false, empty, null.
    fileprivate var isZero: Bool {
        switch self {
        case .null: true
        case .bool(let flag): !flag
        case .int(let number): number == 0
        case .uint(let number): number == 0
        case .double(let number): number == 0
        case .string(let text): text.isEmpty
        case .bytes(let bytes): bytes.isEmpty
        case .list(let elements): elements.isEmpty
        case .map(let map): map.count == 0
        case .duration(let duration): duration.nanoseconds == 0
        case .optional(let content): content == nil
        case .timestamp, .type, .network: false
        }
    }
}
