internal import Formats

extension Value {
    /// Reads the typed values of the conformance files: `{"int":"1"}`, `{"list":[...]}`; nil for anything else.
    init?(conformance json: JSON) {
        guard let member = json.object?.members.first, json.object?.members.count == 1 else { return nil }
        let text = member.value.string
        let read: Value?
        switch member.name {
        case "null": read = .null
        case "bool": read = member.value.bool.map { .bool($0) }
        case "int": read = text.flatMap { Int64($0) }.map { .int($0) }
        case "uint": read = text.flatMap { UInt64($0) }.map { .uint($0) }
        case "double": read = text.flatMap { Double($0) }.map { .double($0) }
        case "string": read = text.map { .string($0) }
        case "bytes": read = text.flatMap { Base64.decode($0) }.map { .bytes($0) }
        case "timestamp": read = text.flatMap { Timestamp($0) }.map { .timestamp($0) }
        case "duration": read = text.flatMap { Duration($0) }.map { .duration($0) }
        case "type": read = text.map { .type($0) }
        case "list":
            let elements = (member.value.array ?? []).compactMap { Value(conformance: $0) }
            read = elements.count == member.value.array?.count ? .list(elements) : nil
        case "map": read = Self.map(member.value)
        default: read = nil
        }
        guard let read else { return nil }
        self = read
    }

    private static func map(_ json: JSON) -> Value? {
        var map = Map()
        for pair in json.array ?? [] {
            guard let pair = pair.array, pair.count == 2, let key = Value(conformance: pair[0]),
                let value = Value(conformance: pair[1]), (try? map.insert(value, for: key)) == true
            else { return nil }
        }
        return .map(map)
    }

    /// The value in the form of the conformance files. The files have no optionals, which become null or their
    /// content, and no addresses, which become text.
    func conformance() -> JSON {
        switch self {
        case .null: .object([("null", .bool(true))])
        case .bool(let flag): .object([("bool", .bool(flag))])
        case .int(let number): .object([("int", .string(String(number)))])
        case .uint(let number): .object([("uint", .string(String(number)))])
        case .double(let number): .object([("double", .string(Doubles.shortest(number)))])
        case .string(let text): .object([("string", .string(text))])
        case .bytes(let bytes): .object([("bytes", .string(Base64.encode(bytes)))])
        case .list(let elements): .object([("list", .array(elements.map { $0.conformance() }))])
        case .map(let map):
            .object([
                ("map", .array(map.entries.map { .array([$0.key.conformance(), $0.value.conformance()]) }))
            ])
        case .timestamp(let timestamp): .object([("timestamp", .string(timestamp.text))])
        case .duration(let duration): .object([("duration", .string(duration.text))])
        case .type(let name): .object([("type", .string(name))])
        case .optional(let content): content?.conformance() ?? Value.null.conformance()
        case .network(let network): .object([("string", .string(network.description))])
        }
    }

    /// Whether this is the answer wanted: kinds exactly alike at every depth, NaN like NaN, maps in any order.
    func answers(_ wanted: Value) -> Bool {
        guard typeName == wanted.typeName else { return false }
        switch (self, wanted) {
        case (.double(let a), .double(let b)): return a == b || (a.isNaN && b.isNaN)
        case (.list(let a), .list(let b)):
            return a.count == b.count && zip(a, b).allSatisfy { $0.answers($1) }
        case (.map(let a), .map(let b)):
            return a.count == b.count
                && a.entries.allSatisfy { entry in
                    b.entries.contains { $0.key.answers(entry.key) && entry.value.answers($0.value) }
                }
        default: return self == wanted
        }
    }
}
