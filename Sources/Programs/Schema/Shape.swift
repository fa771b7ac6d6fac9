import Catalog
import Formats

/// How one value is written in a document: its name for people, and both directions between text and value.
struct Shape<Value: Sendable>: Sendable {
    /// With its article, as in "a duration such as 24h".
    let name: String
    /// Nil after an error has been noted. The text is the key, for messages.
    let read: @Sendable (Node, String, inout Reading) -> Value?
    let write: @Sendable (Value) -> JSON
}

extension Shape {
    /// A value that is written as one word or text and parsed by its own type.
    static func word(
        _ name: String, parse: @escaping @Sendable (String) -> Value?,
        print: @escaping @Sendable (Value) -> String
    ) -> Shape {
        Shape(
            name: name,
            read: { node, key, reading in
                guard case .scalar(let text, _) = node.content, !node.isEmpty else {
                    reading.wrongType(node, key: key, expected: name)
                    return nil
                }
                guard let value = parse(text) else {
                    reading.badValue(node, key: key, found: text, expected: name)
                    return nil
                }
                return value
            },
            write: { .string(print($0)) })
    }

    /// One of a closed set of words.
    static func choice() -> Shape
    where Value: RawRepresentable & CaseIterable & Sendable, Value.RawValue == String {
        let words = Value.allCases.map(\.rawValue)
        let name = "one of \(words.joined(separator: ", "))"
        return Shape(
            name: name,
            read: { node, key, reading in
                guard case .scalar(let text, _) = node.content, !node.isEmpty else {
                    reading.wrongType(node, key: key, expected: name)
                    return nil
                }
                guard let value = Value(rawValue: text) else {
                    reading.badValue(
                        node, key: key, found: text, expected: name,
                        remedy: Spelling.advice(for: text, among: words))
                    return nil
                }
                return value
            },
            write: { .string($0.rawValue) })
    }

    /// Values of one shape in their order.
    static func list<Element: Sendable>(of element: Shape<Element>) -> Shape where Value == [Element] {
        let name = "a list, each entry \(element.name)"
        return Shape(
            name: name,
            read: { node, key, reading in
                guard case .sequence(let nodes) = node.content else {
                    var remedy = ""
                    if case .scalar(let text, _) = node.content { remedy = "write [\(text.prefix(40))]" }
                    reading.wrongType(node, key: key, expected: name, remedy: remedy)
                    return nil
                }
                var values: [Element] = []
                for (index, node) in nodes.enumerated() {
                    guard let value = element.read(node, "\(key)[\(index)]", &reading) else { continue }
                    values.append(value)
                }
                return values.count == nodes.count ? values : nil
            },
            write: { .array($0.map(element.write)) })
    }

    /// A mapping with the keys of another schema.
    static func record(_ schema: Schema<Value>) -> Shape {
        Shape(
            name: schema.name,
            read: { node, key, reading in
                guard case .mapping(let entries) = node.content else {
                    reading.wrongType(node, key: key, expected: "a mapping with the keys of \(schema.name)")
                    return nil
                }
                return schema.read(entries, at: node.place, &reading)
            },
            write: { .object(schema.write($0)) })
    }

    /// A mapping from names to records of one schema; in memory a list in the order of the names.
    ///
    /// - Parameter short: how a record may be written as a single word.
    static func named<Element: Sendable>(
        _ schema: Schema<Element>, by name: any WritableKeyPath<Element, String> & Sendable,
        short: Shape<Element>? = nil
    ) -> Shape where Value == [Element] {
        Shape(
            name: "a mapping from names to \(schema.name)",
            read: { node, key, reading in
                guard case .mapping(let entries) = node.content else {
                    reading.wrongType(node, key: key, expected: "a mapping from names to \(schema.name)")
                    return nil
                }
                var values: [Element] = []
                for entry in entries {
                    guard Names.isFieldName(entry.key) else {
                        reading.error(
                            "bad-id", at: entry.place,
                            "\"\(entry.key.prefix(40))\" cannot be used in expressions",
                            remedy: "use letters, digits and _, a letter first")
                        continue
                    }
                    var record = Shape<Element>.record(schema)
                    if let short, case .scalar = entry.value.content { record = short }
                    guard var value = record.read(entry.value, "\(key).\(entry.key)", &reading) else {
                        continue
                    }
                    value[keyPath: name] = entry.key
                    values.append(value)
                }
                guard values.count == entries.count else { return nil }
                return values.sorted { Identifier($0[keyPath: name]) < Identifier($1[keyPath: name]) }
            },
            write: { values in
                .object(
                    JSONObject(
                        values.map { .init(name: $0[keyPath: name], value: .object(schema.write($0))) }))
            })
    }
}
