package import Catalog
package import Formats

/// Why a record does not fit its kind. Names fields, never values.
package struct TypingError: Error, Hashable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// A record in the one form that is stored and hashed.
package struct TypedRecord: Sendable {
    /// Declared fields only, in canonical order; absent and null fields are left out.
    package let value: JSONObject
    /// Names that the kind does not declare and that were therefore not kept.
    package let dropped: [String]
}

extension Kind {
    /// Reads a record as this kind: timestamps become UTC, decimals become text, undeclared fields are dropped.
    package func typed(_ record: JSONObject) throws(TypingError) -> TypedRecord {
        var members: [JSONObject.Member] = []
        // A record that has the stored form already, as ours mostly do, is taken as it is.
        var isStored = true
        var found = 0
        // Where the next field stands in a record whose members are in canonical order, as ours are.
        var next = 0
        for index in canonicalOrder {
            let given: JSON?
            let isInOrder =
                next < record.members.count && record.members[next].name.hasSameBytes(as: fields[index].name)
            if isInOrder {
                given = record.members[next].value
                next += 1
            } else {
                given = record[fields[index].name]
            }
            guard let given else {
                if fields[index].isRequired { throw misfit(record) }
                continue
            }
            if isStored, isInOrder, found == next - 1, fields[index].type.isStored(given) {
                found += 1
                continue
            }
            if isStored {
                isStored = false
                members.reserveCapacity(record.members.count)
                members.append(contentsOf: record.members[..<found])
            }
            found += 1
            if given.isNull {
                if fields[index].isRequired { throw misfit(record) }
                continue
            }
            guard let typed = fields[index].type.typed(given) else { throw misfit(record) }
            members.append(JSONObject.Member(name: fields[index].name, value: typed))
        }
        // Names occur once in a record, so that as many as were found are all.
        if found == record.members.count {
            return TypedRecord(value: isStored ? record : JSONObject(members), dropped: [])
        }
        return TypedRecord(
            value: JSONObject(isStored ? Array(record.members[..<found]) : members),
            dropped: record.members.map(\.name).filter { field($0) == nil })
    }

    /// What is wrong with a record, by the first field that does not fit in the order of declaration.
    private func misfit(_ record: JSONObject) -> TypingError {
        for field in fields {
            guard let given = record[field.name], !given.isNull else {
                if field.isRequired {
                    return TypingError("\(name): the required field \"\(field.name)\" is missing")
                }
                continue
            }
            if field.type.typed(given) == nil {
                return TypingError("\(name): the field \"\(field.name)\" is not a \(field.type)")
            }
        }
        return TypingError("\(name): the record does not fit")
    }
}

/// Reads records as one kind that mostly have the same fields in the same order: where each field stands is found once.
struct RecordTyping {
    /// A field that the record has.
    private struct Slot {
        let field: Int
        let type: FieldType
        let member: Int
    }

    let kind: Kind
    /// Of the record that was read last.
    private var names: [String] = []
    /// In canonical order.
    private var slots: [Slot] = []
    private var lacksRequired = false
    /// There are no other fields, and these stand in canonical order.
    private var isInOrder = false

    init(_ kind: Kind) {
        self.kind = kind
    }

    /// Whether `Kind.typed` would give the very record.
    mutating func isTyped(_ record: JSONObject) -> Bool {
        if !hasKnownNames(record) { learn(record) }
        return !lacksRequired && isInOrder && isStored(record)
    }

    /// What `Kind.typed` gives.
    mutating func typed(_ record: JSONObject) throws(TypingError) -> JSONObject {
        if isTyped(record) { return record }
        // Whatever does not fit, only a look at the whole record explains.
        if lacksRequired { return try kind.typed(record).value }
        var members: [JSONObject.Member] = []
        members.reserveCapacity(slots.count)
        for slot in slots {
            if slot.type.isStored(record.members[slot.member].value) {
                members.append(record.members[slot.member])
            } else if let value = slot.type.typed(record.members[slot.member].value) {
                members.append(.init(name: kind.fields[slot.field].name, value: value))
            } else {
                return try kind.typed(record).value
            }
        }
        return JSONObject(members)
    }

    private func isStored(_ record: JSONObject) -> Bool {
        for index in slots.indices
        where !slots[index].type.isStored(record.members[slots[index].member].value) { return false }
        return true
    }

    private func hasKnownNames(_ record: JSONObject) -> Bool {
        guard record.members.count == names.count, !names.isEmpty else { return false }
        for index in names.indices where !names[index].hasSameBytes(as: record.members[index].name) {
            return false
        }
        return true
    }

    private mutating func learn(_ record: JSONObject) {
        names = record.members.map(\.name)
        slots = []
        lacksRequired = false
        for field in kind.canonicalOrder {
            if let member = names.firstIndex(where: { $0.hasSameBytes(as: kind.fields[field].name) }) {
                slots.append(Slot(field: field, type: kind.fields[field].type, member: member))
            } else if kind.fields[field].isRequired {
                lacksRequired = true
            }
        }
        isInOrder = slots.map(\.member).elementsEqual(names.indices)
    }
}

extension FieldType {
    /// Whether a value has the stored form, as far as that is told at a glance.
    fileprivate func isStored(_ value: JSON) -> Bool {
        switch (self, value) {
        case (.text, .string), (.flag, .bool): true
        case (.whole, .integer(let number)): number.magnitude < 1 << 53
        case (.timestamp, .string(let text)): Instant.isDescription(text)
        case (.list(.text), .array(let items)):
            items.allSatisfy { if case .string = $0 { true } else { false } }
        default: false
        }
    }

    /// The value in its stored form; nil when it is of another type.
    func typed(_ value: JSON) -> JSON? {
        switch (self, value) {
        case (.text, .string), (.flag, .bool): return value
        case (.whole, .integer(let number)):
            // Canonical JSON carries whole numbers up to 2^53 - 1 (RFC 8785 section 3.2.2.3).
            return number.magnitude < 1 << 53 ? value : nil
        case (.decimal, .integer(let number)): return .string(String(number))
        case (.decimal, .decimal(let text)), (.decimal, .string(let text)):
            return Double(text)?.isFinite == true ? .string(text) : nil
        case (.timestamp, .string(let text)): return Instant(text).map { .string($0.description) }
        case (.duration, .string(let text)): return TimeSpan(text).map { .string($0.description) }
        case (.list(let element), .array(let items)):
            var typed: [JSON] = []
            for item in items {
                guard let item = element.typed(item) else { return nil }
                typed.append(item)
            }
            return .array(typed)
        default: return nil
        }
    }
}
