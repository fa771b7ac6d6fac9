package import Catalog
package import Expressions
package import Formats

extension Kind {
    /// A stored record as the value that expressions see: a map whose fields have the types that the kind declares.
    package func expressionValue(of record: JSONObject) -> Value {
        var map = Value.Map()
        for member in record.members {
            guard let field = field(member.name), let value = field.type.expressionValue(of: member.value)
            else {
                continue
            }
            map.insert(value, named: member.name)
        }
        return .map(map)
    }
}

extension FieldType {
    /// The expression value of a stored field; nil when the stored form is not of this type.
    func expressionValue(of value: JSON) -> Value? {
        switch (self, value) {
        case (.text, .string(let text)): .string(text)
        case (.flag, .bool(let flag)): .bool(flag)
        case (.whole, .integer(let number)): .int(number)
        case (.decimal, .string(let text)): Double(text).map(Value.double)
        case (.timestamp, .string(let text)): Instant(text).map { .timestamp(Value.Timestamp($0)) }
        case (.duration, .string(let text)): TimeSpan(text).map { .duration(Value.Duration($0)) }
        case (.list(let element), .array(let items)):
            .list(items.compactMap { element.expressionValue(of: $0) })
        default: nil
        }
    }
}
