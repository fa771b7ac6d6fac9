extension Function {
    /// The conversions between types.
    func convert(_ arguments: [Value]) throws(EvaluationError.Reason) -> Value {
        guard arguments.count == 1 else { throw mismatch(arguments) }
        let value = arguments[0]
        let converted: Value? =
            switch self {
            case .toBool: try Self.bool(value)
            case .toInt: try Self.int(value)
            case .toUInt: try Self.uint(value)
            case .toDouble: try Self.double(value)
            case .toString: try Self.string(value)
            case .toBytes: Self.bytes(value)
            case .toTimestamp: try Self.timestamp(value)
            case .toDuration: try Self.duration(value)
            case .typeOf: .type(value.typeName)
            case .dyn: value
            default: nil
            }
        guard let converted else { throw mismatch(arguments) }
        return converted
    }

    private static func bool(_ value: Value) throws(EvaluationError.Reason) -> Value? {
        switch value {
        case .bool: return value
        case .string(let text):
            if ["1", "t", "T", "true", "TRUE", "True"].contains(text) { return .bool(true) }
            if ["0", "f", "F", "false", "FALSE", "False"].contains(text) { return .bool(false) }
            throw .invalidArgument("bool() takes 'true', 'false', 't', 'f', '1' or '0'")
        default: return nil
        }
    }

    private static func int(_ value: Value) throws(EvaluationError.Reason) -> Value? {
        switch value {
        case .int: return value
        case .uint(let number):
            guard let converted = Int64(exactly: number) else { throw .outOfRange }
            return .int(converted)
        case .double(let number):
            // Both ends are excluded, as the reference has it: the doubles there stand for a range of integers.
            guard number > -0x1p63, number < 0x1p63 else { throw .outOfRange }
            return .int(Int64(number.rounded(.towardZero)))
        case .string(let text):
            guard let number = Int64(text) else {
                throw .invalidArgument("int() takes a whole number in decimal")
            }
            return .int(number)
        case .timestamp(let timestamp): return .int(timestamp.seconds)
        default: return nil
        }
    }

    private static func uint(_ value: Value) throws(EvaluationError.Reason) -> Value? {
        switch value {
        case .uint: return value
        case .int(let number):
            guard let converted = UInt64(exactly: number) else { throw .outOfRange }
            return .uint(converted)
        case .double(let number):
            guard number >= 0, number < 0x1p64 else { throw .outOfRange }
            return .uint(UInt64(number.rounded(.towardZero)))
        case .string(let text):
            guard !text.hasPrefix("+"), let number = UInt64(text) else {
                throw .invalidArgument("uint() takes a whole number without sign")
            }
            return .uint(number)
        default: return nil
        }
    }

    private static func double(_ value: Value) throws(EvaluationError.Reason) -> Value? {
        switch value {
        case .double: return value
        case .int(let number): return .double(Double(number))
        case .uint(let number): return .double(Double(number))
        case .string(let text):
            guard let number = Double(text) else { throw .invalidArgument("double() takes a decimal number") }
            // Digits that come to no finite number are too large; the names of infinity have none.
            if number.isInfinite, text.utf8.contains(where: { (0x30...0x39).contains($0) }) {
                throw .outOfRange
            }
            return .double(number)
        default: return nil
        }
    }

    private static func string(_ value: Value) throws(EvaluationError.Reason) -> Value? {
        switch value {
        case .string: return value
        case .bool(let flag): return .string(flag ? "true" : "false")
        case .int(let number): return .string(String(number))
        case .uint(let number): return .string(String(number))
        case .double(let number): return .string(Doubles.text(number))
        case .bytes(let bytes):
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw .invalidArgument("string() takes bytes that are UTF-8")
            }
            return .string(text)
        case .timestamp(let timestamp): return .string(timestamp.text)
        case .duration(let duration): return .string(duration.text)
        case .network(let network): return .string(network.description)
        default: return nil
        }
    }

    private static func bytes(_ value: Value) -> Value? {
        switch value {
        case .bytes: value
        case .string(let text): .bytes(Array(text.utf8))
        default: nil
        }
    }

    private static func timestamp(_ value: Value) throws(EvaluationError.Reason) -> Value? {
        switch value {
        case .timestamp: return value
        case .int(let seconds):
            guard let timestamp = Value.Timestamp(seconds: seconds) else { throw .outOfRange }
            return .timestamp(timestamp)
        case .string(let text):
            // Evidence may have a blank for the T; who writes an expression keeps to the standard.
            guard !text.utf8.contains(UInt8(ascii: " ")), let timestamp = Value.Timestamp(text) else {
                throw .invalidArgument(
                    "timestamp() takes RFC 3339, such as '2026-03-01T09:00:00Z', of the years 1 to 9999")
            }
            return .timestamp(timestamp)
        default: return nil
        }
    }

    private static func duration(_ value: Value) throws(EvaluationError.Reason) -> Value? {
        switch value {
        case .duration: return value
        case .string(let text):
            guard let duration = Value.Duration(text) else {
                throw .invalidArgument(
                    "duration() takes numbers with the units h, m, s, ms, us, ns, such as '1h30m', within 292 years; "
                        + "for days write days(n)")
            }
            return .duration(duration)
        default: return nil
        }
    }

    /// `days(n)`: n times 24 hours. CEL's durations have no unit above the hour.
    static func days(_ arguments: [Value]) throws(EvaluationError.Reason) -> Value {
        guard arguments.count == 1, case .int(let count) = arguments[0] else {
            throw Function.days.mismatch(arguments)
        }
        let (product, overflow) = count.multipliedReportingOverflow(by: 86_400_000_000_000)
        if overflow { throw .outOfRange }
        return .duration(Value.Duration(nanoseconds: product))
    }
}
