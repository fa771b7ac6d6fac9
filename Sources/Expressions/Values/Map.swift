internal import Formats

extension Value {
    /// Keys and values in the order given. Keys compare as CEL says: `1`, `1u` and `1.0` are the same key.
    package struct Map: Sendable {
        /// The pairs in order, keys with the type they were given.
        package private(set) var entries: [(key: Value, value: Value)] = []
        /// Where each key stands; kept only beyond a few entries, since a short list is scanned faster.
        private var places: [Key: Int] = [:]
        private static let scanned = 8

        package init() {}

        package var count: Int { entries.count }

        /// The value under a name; nil when there is none.
        package subscript(name: String) -> Value? {
            if places.isEmpty {
                for entry in entries {
                    if case .string(let key) = entry.key, key.hasSameBytes(as: name) { return entry.value }
                }
                return nil
            }
            return places[.string(Identifier(name))].map { entries[$0].value }
        }

        /// The value under a key of any type; nil when there is none or nothing can have such a key.
        package subscript(key: Value) -> Value? {
            place(of: key).map { entries[$0].value }
        }

        /// Adds a pair; false, and nothing added, when the key is there already.
        package mutating func insert(_ value: Value, for key: Value) throws(EvaluationError.Reason) -> Bool {
            guard let inserted = Key(literal: key) else { throw .unsupportedKey(key.typeName) }
            if place(of: key) != nil { return false }
            append(value, for: key, inserted)
            return true
        }

        /// Adds a pair with a text key; the first of two equal names stays.
        package mutating func insert(_ value: Value, named name: String) {
            if self[name] == nil { append(value, for: .string(name), .string(Identifier(name))) }
        }

        private mutating func append(_ value: Value, for key: Value, _ hashed: Key) {
            entries.append((key, value))
            if !places.isEmpty {
                places[hashed] = entries.count - 1
            } else if entries.count > Self.scanned {
                for (index, entry) in entries.enumerated() {
                    if let key = Key(literal: entry.key) { places[key] = index }
                }
            }
        }

        private func place(of key: Value) -> Int? {
            guard let wanted = Key(lookup: key) else { return nil }
            if !places.isEmpty { return places[wanted] }
            return entries.firstIndex { Key(literal: $0.key) == wanted }
        }
    }

    /// A key brought to one form for hashing: every whole number is the same whatever its type.
    private enum Key: Hashable {
        case bool(Bool)
        case integer(Int64)
        case large(UInt64)
        case string(Identifier)

        init?(literal value: Value) {
            switch value {
            case .bool(let flag): self = .bool(flag)
            case .int(let number): self = .integer(number)
            case .uint(let number): self = Int64(exactly: number).map { .integer($0) } ?? .large(number)
            case .string(let text): self = .string(Identifier(text))
            default: return nil
            }
        }

        /// A double may look a key up though it may not be one.
        init?(lookup value: Value) {
            if case .double(let number) = value {
                if let integer = Int64(exactly: number) {
                    self = .integer(integer)
                } else if let large = UInt64(exactly: number) {
                    self = .large(large)
                } else {
                    return nil
                }
            } else {
                self.init(literal: value)
            }
        }
    }
}
