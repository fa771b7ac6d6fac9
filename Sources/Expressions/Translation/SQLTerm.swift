import Formats

/// A translated part of an expression.
struct SQLTerm: Sendable {
    enum Form: Sendable, Hashable {
        case value(SQLType)
        /// The null of the language, which is a value: it is written as 0 and never compared by its text.
        case null
        /// A record as a whole; the text is NULL when there is none, and nil in place of it says it is always there.
        case record(found: String?)
        /// No value, whatever the record.
        case error
        /// An optional field, opened by `orValue`.
        case optional(SQLType)
    }

    let sql: String
    let form: Form
    /// Whether the text is a truth value of SQL and not a number.
    var isCondition = false
    /// Whether it is a value written out, which is never NULL.
    var isConstant = false
    /// No whole number here is larger than this, sign aside; the largest of 64 bits says that there is no telling.
    var bound: Int64 = 0
    /// The whole number that is written out.
    var number: Int64?
    /// Where the elements of a list are.
    var elements: SQLElements?
    /// The elements, when it is a list written out.
    var items: [SQLTerm]?
    /// Of an optional: NULL where there is none, not even an empty one, because there was no record to select from.
    /// Nil says that there always is one.
    var found: String?

    static let error = SQLTerm(sql: "NULL", form: .error)

    static func condition(_ sql: String) -> SQLTerm {
        SQLTerm(sql: sql, form: .value(.flag), isCondition: true)
    }

    static func value(_ sql: String, _ type: SQLType, bound: Int64 = 0) -> SQLTerm {
        SQLTerm(sql: sql, form: .value(type), bound: bound)
    }

    var type: SQLType? { if case .value(let type) = form { type } else { nil } }

    /// As a truth value: NULL for an error, and for what is no truth value, which is an error too.
    var condition: String {
        guard type == .flag else { return "(NULL = 1)" }
        return isCondition ? sql : "(\(sql) = 1)"
    }

    /// As a value to be compared or stored.
    var value: String { isCondition ? "CAST(\(sql) AS BIGINT)" : sql }

    /// SQL that is NULL exactly where this has no value.
    var presence: String {
        switch form {
        case .error: "NULL"
        case .null, .record: "0"
        case .optional: found ?? "0"
        case .value: value
        }
    }
}

extension SQLTerm {
    /// A constant; nil for a type that has no form here.
    init?(constant: Value) {
        switch constant {
        case .null: self.init(sql: "0", form: .null)
        case .bool(let flag): self.init(sql: flag ? "1" : "0", form: .value(.flag))
        case .int(let number):
            // The lowest number has no opposite, and is read as an unlike type by some databases.
            guard number != .min else { return nil }
            self.init(sql: Self.number(number), form: .value(.whole), bound: abs(number), number: number)
        case .double(let number):
            guard number.isFinite else { return nil }
            self.init(sql: "CAST('\(number)' AS DOUBLE)", form: .value(.decimal))
        case .string(let text):
            guard !text.utf8.contains(0) else { return nil }
            self.init(sql: SQLLiteral.text(text), form: .value(.text))
        case .timestamp(let timestamp):
            guard timestamp.nanoseconds.isMultiple(of: 1_000) else { return nil }
            self.init(sql: Self.number(timestamp.instant.microseconds), form: .value(.timestamp))
        case .duration(let duration):
            guard duration.nanoseconds.isMultiple(of: 1_000) else { return nil }
            self.init(sql: Self.number(duration.span.microseconds), form: .value(.duration))
        case .list(let elements):
            let items = elements.compactMap { SQLTerm(constant: $0) }
            guard items.count == elements.count else { return nil }
            self.init(sql: "NULL", form: .null)
            self.items = items
        default: return nil
        }
        isConstant = true
    }

    private static func number(_ number: Int64) -> String { number < 0 ? "(\(number))" : "\(number)" }
}
