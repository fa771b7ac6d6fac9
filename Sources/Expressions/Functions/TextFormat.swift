internal import Formats

/// `"%d of %s".format([1, "x"])`: the clauses %s %d %f %e %b %o %x %X, and %% for a percent sign.
enum TextFormat {
    private static let mostPlaces = 1_000
    private static let longest = 1 << 20

    static func apply(_ template: String, _ arguments: [Value]) throws(EvaluationError.Reason) -> String {
        let scalars = Array(template.unicodeScalars)
        var text = String.UnicodeScalarView()
        // In bytes, counted along: to count the text at each clause would take its square.
        var length = 0
        var at = 0
        var used = 0
        while at < scalars.count {
            let scalar = scalars[at]
            at += 1
            guard scalar == "%" else {
                text.append(scalar)
                length += UTF8.width(scalar)
                continue
            }
            if at < scalars.count, scalars[at] == "%" {
                text.append("%")
                length += 1
                at += 1
                continue
            }
            let places = try precision(scalars, &at)
            guard at < scalars.count else { throw .invalidArgument("format() ends in an unfinished clause") }
            guard used < arguments.count else {
                throw .invalidArgument("format() has more clauses than arguments")
            }
            let printed = try clause(scalars[at], places, arguments[used])
            length += printed.utf8.count
            guard length <= longest else {
                throw .invalidArgument("the text would be longer than \(longest) bytes")
            }
            text.append(contentsOf: printed.unicodeScalars)
            at += 1
            used += 1
        }
        return String(text)
    }

    private static func precision(
        _ scalars: [Unicode.Scalar], _ at: inout Int
    ) throws(EvaluationError.Reason) -> Int? {
        guard at < scalars.count, scalars[at] == "." else { return nil }
        at += 1
        var digits = ""
        while at < scalars.count, ("0"..."9").contains(scalars[at]), digits.utf8.count < 6 {
            digits.unicodeScalars.append(scalars[at])
            at += 1
        }
        guard let places = Int(digits), places <= mostPlaces else {
            throw .invalidArgument("a precision in format() is a number up to \(mostPlaces)")
        }
        return places
    }

    private static func clause(
        _ letter: Unicode.Scalar, _ places: Int?, _ value: Value
    ) throws(EvaluationError.Reason) -> String {
        let text: String? =
            switch letter {
            case "s": try plain(value)
            case "d": decimal(value)
            case "f": number(value).map { real($0) { $0.fixed(places ?? 6) } }
            case "e": number(value).map { real($0) { $0.scientific(places ?? 6) } }
            case "b": whole(value, radix: 2)
            case "o": if case .bool = value { nil } else { whole(value, radix: 8) }
            case "x": hexadecimal(value)
            case "X": hexadecimal(value)?.uppercased()
            default: throw .invalidArgument("format() knows %s %d %f %e %b %o %x %X and %%")
            }
        guard let text else { throw .noSuchOverload("format() of %\(letter) with \(value.typeName)") }
        return text
    }

    private static func decimal(_ value: Value) -> String? {
        switch value {
        case .int, .uint: whole(value, radix: 10)
        case .double(let number): number.isFinite ? Doubles.text(number) : Doubles.shortest(number)
        default: nil
        }
    }

    private static func whole(_ value: Value, radix: Int) -> String? {
        switch value {
        case .int(let number): String(number, radix: radix)
        case .uint(let number): String(number, radix: radix)
        case .bool(let flag): flag ? "1" : "0"
        default: nil
        }
    }

    private static func hexadecimal(_ value: Value) -> String? {
        switch value {
        case .string(let text): Hex.encode(text.utf8)
        case .bytes(let bytes): Hex.encode(bytes)
        case .bool: nil
        default: whole(value, radix: 16)
        }
    }

    private static func number(_ value: Value) -> Double? {
        switch value {
        case .double(let number): number
        case .int(let number): Double(number)
        case .uint(let number): Double(number)
        default: nil
        }
    }

    private static func real(_ number: Double, _ write: (ExactDecimal) -> String) -> String {
        if !number.isFinite { return Doubles.shortest(number) }
        return (number.sign == .minus ? "-" : "") + write(ExactDecimal(number))
    }

    /// What %s prints: lists in brackets, maps in braces with their keys in the order of their text.
    private static func plain(_ value: Value) throws(EvaluationError.Reason) -> String {
        switch value {
        case .null: return "null"
        case .type(let name): return name
        case .double(let number): return number.isFinite ? Doubles.text(number) : Doubles.shortest(number)
        case .list(let elements):
            var parts: [String] = []
            var length = 0
            for element in elements { parts.append(try counted(plain(element), &length)) }
            return "[" + parts.joined(separator: ", ") + "]"
        case .map(let map):
            var parts: [(key: String, value: String)] = []
            var length = 0
            for entry in map.entries {
                parts.append((try plain(entry.key), try counted(plain(entry.value), &length)))
            }
            parts.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            return "{" + parts.map { "\($0.key): \($0.value)" }.joined(separator: ", ") + "}"
        default:
            guard case .string(let text) = try Function.toString.apply([value]) else {
                throw .noSuchOverload("format() of %s with \(value.typeName)")
            }
            return text
        }
    }

    /// Lists that share their parts can be exponentially larger than they look, so the text is stopped as it grows.
    private static func counted(_ text: String, _ length: inout Int) throws(EvaluationError.Reason) -> String
    {
        length += text.utf8.count
        guard length <= longest else {
            throw .invalidArgument("the text would be longer than \(longest) bytes")
        }
        return text
    }
}
