import Formats

/// The keys of one document type or of a mapping inside it, declared once: reading, errors, defaults, writing and
/// suggestions all follow from this.
struct Schema<Value: Sendable>: Sendable {
    /// With its article, as in "a state test".
    let name: String
    let keys: [Key]
    /// The value before any key is read; what an optional key leaves out stays as it is here.
    let blank: Value
    /// Checks that need more than one key, and brings the value into its normal form.
    let settle: @Sendable (inout Value, Place, inout Reading) -> Void

    /// One key, tied to one property.
    struct Key: Sendable {
        let name: String
        let isRequired: Bool
        /// The form of its value in words.
        let form: String
        /// False after an error has been noted.
        let read: @Sendable (Node, String, inout Value, inout Reading) -> Bool
        /// From the value and the blank; nil when the property is as in the blank.
        let write: @Sendable (Value, Value) -> JSON?
        /// The keys of the mapping that it is, where they belong to the same value.
        var inner: [String] = []
    }

    init(
        _ name: String, _ blank: Value, _ keys: [Key],
        settle: @escaping @Sendable (inout Value, Place, inout Reading) -> Void = { _, _, _ in }
    ) {
        self.name = name
        self.blank = blank
        self.keys = keys
        self.settle = settle
    }

    /// The names of the keys, in the order in which they are written.
    var keyNames: [String] { keys.map(\.name) }

    /// Reads all keys of a mapping; nil after at least one error has been noted.
    ///
    /// - Parameter others: keys that another schema reads from the same mapping.
    func read(
        _ entries: [Node.Entry], at place: Place, besides others: [String] = [], _ reading: inout Reading
    ) -> Value? {
        var value = blank
        var isWhole = true
        var meant: Set<String> = []
        for entry in entries where !others.contains(entry.key) {
            guard let key = keys.first(where: { $0.name == entry.key }) else {
                reading.error(
                    "unknown-key", at: entry.place, "unknown key \"\(entry.key.prefix(60))\" in \(name)",
                    remedy: advice(
                        for: entry.key, among: keyNames + others.filter { DocumentType(rawValue: $0) == nil })
                )
                if let near = Spelling.nearest(to: entry.key, among: keyNames) { meant.insert(near) }
                isWhole = false
                continue
            }
            if !key.read(entry.value, key.name, &value, &reading) { isWhole = false }
        }
        // A key that is misspelt is not missing besides.
        for key in keys
        where key.isRequired && !meant.contains(key.name) && !entries.contains(where: { $0.key == key.name })
        {
            reading.error(
                "missing-key", at: place, "\(name) needs the key \"\(key.name)\"",
                remedy: "add it; it is \(key.form)")
            isWhole = false
        }
        guard isWhole else { return nil }
        let before = reading.findings.count
        settle(&value, place, &reading)
        return reading.findings.count == before ? value : nil
    }

    /// What to do about an unknown key: where it belongs, what it may have been meant to be, or which keys there are.
    private func advice(for key: String, among known: [String]) -> String {
        if let group = keys.first(where: { $0.inner.contains(key) }) {
            return "write it under \(group.name):, as in \(group.name): { \(key): … }"
        }
        let advice = Spelling.advice(for: key, among: known)
        if !advice.isEmpty { return advice }
        let near = keys.lazy.compactMap { group in
            Spelling.nearest(to: key, among: group.inner).map { "\(group.name): { \($0): … }" }
        }
        if let near = near.first { return "did you mean \(near)?" }
        return known.isEmpty ? "" : "its keys are \(known.joined(separator: ", "))"
    }

    /// The keys that differ from their defaults, in the order of declaration.
    func write(_ value: Value) -> JSONObject {
        Key.write(keys, of: value, blank: blank)
    }
}

extension Schema.Key {
    static func required<Property: Sendable>(
        _ name: String, _ shape: Shape<Property>, _ path: any WritableKeyPath<Value, Property> & Sendable
    ) -> Schema.Key {
        Schema.Key(
            name: name, isRequired: true, form: shape.name, read: store(shape, path),
            write: { value, _ in shape.write(value[keyPath: path]) })
    }

    /// A key that must be there, of a property for which no value can stand before it is read.
    static func required<Property: Sendable>(
        _ name: String, _ shape: Shape<Property>, _ path: any WritableKeyPath<Value, Property?> & Sendable
    ) -> Schema.Key {
        let optional = optional(name, shape, path)
        return Schema.Key(
            name: name, isRequired: true, form: shape.name, read: optional.read, write: optional.write)
    }

    /// A key whose default is the property of the blank.
    static func optional<Property: Sendable & Equatable>(
        _ name: String, _ shape: Shape<Property>, _ path: any WritableKeyPath<Value, Property> & Sendable
    ) -> Schema.Key {
        Schema.Key(
            name: name, isRequired: false, form: shape.name, read: store(shape, path),
            write: { value, blank in
                value[keyPath: path] == blank[keyPath: path] ? nil : shape.write(value[keyPath: path])
            })
    }

    /// A key that may be absent.
    static func optional<Property: Sendable>(
        _ name: String, _ shape: Shape<Property>, _ path: any WritableKeyPath<Value, Property?> & Sendable
    ) -> Schema.Key {
        Schema.Key(
            name: name, isRequired: false, form: shape.name,
            read: { node, key, value, reading in
                guard let property = shape.read(node, key, &reading) else { return false }
                value[keyPath: path] = property
                return true
            },
            write: { value, _ in value[keyPath: path].map(shape.write) })
    }

    /// A mapping whose keys belong to the same value, such as `params`.
    static func group(_ name: String, _ keys: [Schema.Key]) -> Schema.Key {
        let form = "a mapping with \(keys.map(\.name).joined(separator: ", "))"
        return Schema.Key(
            name: name, isRequired: keys.contains(where: \.isRequired), form: form,
            read: { node, path, value, reading in
                guard case .mapping(let entries) = node.content else {
                    reading.wrongType(node, key: path, expected: form)
                    return false
                }
                let inner = Schema("\"\(path)\"", value, keys)
                guard let read = inner.read(entries, at: node.place, &reading) else { return false }
                value = read
                return true
            },
            write: { value, blank in
                let object = write(keys, of: value, blank: blank)
                return object.members.isEmpty ? nil : .object(object)
            }, inner: keys.map(\.name))
    }

    fileprivate static func write(_ keys: [Schema.Key], of value: Value, blank: Value) -> JSONObject {
        var object = JSONObject()
        for key in keys {
            if let json = key.write(value, blank) { object.append(key.name, json) }
        }
        return object
    }

    private static func store<Property: Sendable>(
        _ shape: Shape<Property>, _ path: any WritableKeyPath<Value, Property> & Sendable
    ) -> @Sendable (Node, String, inout Value, inout Reading) -> Bool {
        { node, key, value, reading in
            guard let property = shape.read(node, key, &reading) else { return false }
            value[keyPath: path] = property
            return true
        }
    }
}
