package import Formats

extension Value {
    /// JSON as CEL sees it: whole numbers are int, other numbers double, objects maps with text keys.
    package init(json: JSON) {
        switch json {
        case .null: self = .null
        case .bool(let flag): self = .bool(flag)
        case .integer(let number): self = .int(number)
        case .decimal(let text): self = .double(Double(text) ?? .nan)
        case .string(let text): self = .string(text)
        case .array(let elements): self = .list(elements.map { Value(json: $0) })
        case .object(let object):
            var map = Map()
            for member in object.members { map.insert(Value(json: member.value), named: member.name) }
            self = .map(map)
        }
    }

    /// The value for printing: timestamps, durations, addresses and types as text, bytes as base64, keys as text.
    ///
    /// NaN and the infinities become text, as JSON has no number for them; an empty optional becomes null.
    package func json() -> JSON {
        switch self {
        case .null: .null
        case .bool(let flag): .bool(flag)
        case .int(let number): .integer(number)
        case .uint(let number): Int64(exactly: number).map { .integer($0) } ?? .decimal(String(number))
        case .double(let number):
            number.isFinite ? .decimal(Doubles.shortest(number)) : .string(Doubles.shortest(number))
        case .string(let text): .string(text)
        case .bytes(let bytes): .string(Base64.encode(bytes))
        case .list(let elements): .array(elements.map { $0.json() })
        case .map(let map):
            .object(map.entries.map { entry in (Self.name(of: entry.key), entry.value.json()) })
        case .timestamp(let timestamp): .string(timestamp.text)
        case .duration(let duration): .string(duration.text)
        case .type(let name): .string(name)
        case .optional(let value): value?.json() ?? .null
        case .network(let network): .string(network.description)
        }
    }

    private static func name(of key: Value) -> String {
        switch key {
        case .bool(let flag): String(flag)
        case .int(let number): String(number)
        case .uint(let number): String(number)
        case .string(let text): text
        default: ""
        }
    }
}
