/// A JSON value (RFC 8259) whose numbers are kept exactly as they were written.
///
/// Whole numbers that fit 64 bits are `.integer`; every other number is `.decimal` with its source text, because a
/// double would lose what the source said and cannot be signed (RFC 8785 is used here without floats).
package enum JSON: Sendable, Hashable {
    case null
    case bool(Bool)
    case integer(Int64)
    case decimal(String)
    case string(String)
    case array([JSON])
    case object(JSONObject)

    /// An object from name and value pairs, in the order given.
    package static func object(_ members: [(String, JSON)]) -> JSON {
        .object(JSONObject(members.map { JSONObject.Member(name: $0.0, value: $0.1) }))
    }
}

/// The members of a JSON object in source order. Names are compared byte by byte, never by Unicode equivalence.
package struct JSONObject: Sendable, Hashable {
    /// One `"name": value` pair.
    package struct Member: Sendable, Hashable {
        package let name: String
        package let value: JSON

        package init(name: String, value: JSON) {
            self.name = name
            self.value = value
        }

        package static func == (left: Member, right: Member) -> Bool {
            left.name.hasSameBytes(as: right.name) && left.value == right.value
        }
    }

    package private(set) var members: [Member]

    package init(_ members: [Member] = []) {
        self.members = members
    }

    /// Without members, and with room for so many.
    package init(capacity: Int) {
        members = []
        members.reserveCapacity(capacity)
    }

    /// The value of the first member with this name; nil when there is none.
    package subscript(name: String) -> JSON? {
        for index in members.indices where members[index].name.hasSameBytes(as: name) {
            return members[index].value
        }
        return nil
    }

    /// Appends a member. The caller sees to it that the name is new.
    package mutating func append(_ name: String, _ value: JSON) {
        members.append(Member(name: name, value: value))
    }

    /// Puts a member before the first whose name comes after its own, in the order of their bytes. The caller sees to it
    /// that the name is new.
    package mutating func insert(_ name: String, _ value: JSON) {
        let place = members.firstIndex { name.hasBytes(before: $0.name) } ?? members.endIndex
        members.insert(Member(name: name, value: value), at: place)
    }
}

extension JSON {
    package static func == (left: JSON, right: JSON) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.integer(let a), .integer(let b)): a == b
        case (.decimal(let a), .decimal(let b)): a == b
        case (.string(let a), .string(let b)): a.hasSameBytes(as: b)
        case (.array(let a), .array(let b)): a == b
        case (.object(let a), .object(let b)): a == b
        default: false
        }
    }

    /// The member of an object; nil for a missing member and for every other kind of value.
    package subscript(name: String) -> JSON? {
        if case .object(let object) = self { object[name] } else { nil }
    }

    package var string: String? { if case .string(let value) = self { value } else { nil } }
    package var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
    package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    package var array: [JSON]? { if case .array(let value) = self { value } else { nil } }
    package var object: JSONObject? { if case .object(let value) = self { value } else { nil } }
    package var isNull: Bool { self == .null }
}
