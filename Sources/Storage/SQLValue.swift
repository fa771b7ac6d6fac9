/// What a column or a parameter can hold in every database we run on: BIGINT, TEXT, BYTEA, or nothing.
package enum SQLValue: Sendable, Hashable {
    case null
    case integer(Int64)
    case text(String)
    case bytes([UInt8])

    /// Text and numbers are compared by their bytes, as the database does; Swift's `String` would not.
    package static func == (left: SQLValue, right: SQLValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.integer(let a), .integer(let b)): a == b
        case (.text(let a), .text(let b)): a.utf8.elementsEqual(b.utf8)
        case (.bytes(let a), .bytes(let b)): a == b
        default: false
        }
    }

    /// The SQL name of the kind, for messages.
    package var kind: String {
        switch self {
        case .null: "NULL"
        case .integer: "BIGINT"
        case .text: "TEXT"
        case .bytes: "BYTEA"
        }
    }
}

extension SQLValue: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
    package init(integerLiteral value: Int64) {
        self = .integer(value)
    }

    package init(stringLiteral value: String) {
        self = .text(value)
    }
}

extension SQLValue {
    /// A whole number, or NULL.
    package init(_ value: Int64?) {
        self = value.map(SQLValue.integer) ?? .null
    }

    /// A text, or NULL.
    package init(_ value: String?) {
        self = value.map(SQLValue.text) ?? .null
    }

    /// Bytes, or NULL.
    package init(_ value: [UInt8]?) {
        self = value.map(SQLValue.bytes) ?? .null
    }
}
