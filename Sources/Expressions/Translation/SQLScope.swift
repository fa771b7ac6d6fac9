package import Formats

/// The type of a value as the generated SQL carries it.
///
/// Flags are 0 and 1, timestamps whole microseconds since 1970, durations whole microseconds.
package indirect enum SQLType: Sendable, Hashable {
    case flag, whole, decimal, text, timestamp, duration
    /// A list: its own column holds the number of elements, the elements are rows of another table.
    case list(SQLType)
}

/// Where an expression finds a field in SQL.
package struct SQLColumn: Sendable, Hashable {
    /// The column, with the name its row goes by: `r."encrypted"`. NULL stands for an absent field.
    package let sql: String
    package let type: SQLType
    /// For a list, where its elements are.
    package let elements: SQLElements?

    package init(_ sql: String, _ type: SQLType, elements: SQLElements? = nil) {
        self.sql = sql
        self.type = type
        self.elements = elements
    }
}

/// The rows that hold a list's elements, in columns `row_id`, `place` (from 0) and `value`.
package struct SQLElements: Sendable, Hashable {
    package let table: String
    /// The number of the record the list belongs to: `r.row_id`.
    package let owner: String

    package init(table: String, owner: String) {
        self.table = table
        self.owner = owner
    }
}

/// What the names of an expression stand for in SQL.
package struct SQLScope: Sendable {
    enum Variable: Sendable {
        /// A record. `found` is a column that is NULL when there is none, as after a join that found nothing.
        case record(fields: [Identifier: SQLColumn], found: String?)
        case instant(String)
        case element(SQLTerm)
    }

    private var variables: [Identifier: Variable] = [:]

    package init() {}

    /// Names a record; a nil `found` says that it is always there.
    package mutating func bind(_ name: String, fields: [Identifier: SQLColumn], found: String? = nil) {
        variables[Identifier(name)] = .record(fields: fields, found: found)
    }

    /// Names an instant: a column or number of microseconds.
    package mutating func bind(_ name: String, instant sql: String) {
        variables[Identifier(name)] = .instant(sql)
    }

    mutating func bind(_ name: String, element: SQLTerm) {
        variables[Identifier(name)] = .element(element)
    }

    func variable(_ name: String) -> Variable? { variables[Identifier(name)] }
}

/// An expression's value in SQL.
package struct SQLValueText: Sendable, Hashable {
    /// NULL where the expression has no value.
    package let sql: String
    /// Nil when it has no value for any record.
    package let type: SQLType?

    package init(sql: String, type: SQLType?) {
        self.sql = sql
        self.type = type
    }
}
