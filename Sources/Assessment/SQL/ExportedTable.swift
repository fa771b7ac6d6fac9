import Formats

/// A cell of an exported table.
package enum ExportedValue: Sendable, Hashable {
    case null
    case integer(Int64)
    case decimal(Double)
    case text(String)

    init(_ instant: Instant) { self = .integer(SQLText.microseconds(instant)) }

    init(_ span: TimeSpan) { self = .integer(span.microseconds) }

    /// As SQL writes it.
    var literal: String {
        switch self {
        case .null: "NULL"
        case .integer(let number): String(number)
        case .decimal(let number): "CAST('\(number)' AS DOUBLE)"
        case .text(let text): SQLText.quoted(text)
        }
    }

    /// As CSV writes it: an empty cell is NULL, an empty text stands in quotes (RFC 4180).
    var cell: String {
        switch self {
        case .null: return ""
        case .integer(let number): return String(number)
        case .decimal(let number): return "\(number)"
        case .text(let text):
            var quoted = "\""
            for scalar in text.unicodeScalars {
                if scalar == "\"" { quoted.unicodeScalars.append("\"") }
                quoted.unicodeScalars.append(scalar)
            }
            return quoted + "\""
        }
    }
}

/// A table of evidence or of what a test asks, as a script or a file carries it.
package struct ExportedTable: Sendable {
    /// A column by its name and its type in SQL.
    package struct Column: Sendable, Hashable {
        /// Without quotes.
        package let name: String
        /// BIGINT, DOUBLE or TEXT.
        package let type: String
    }

    /// Needs no quotes.
    package let name: String
    /// What its rows are, for people.
    package let meaning: String
    package let columns: [Column]
    package var rows: [[ExportedValue]]

    init(
        _ name: String, _ meaning: String, _ columns: KeyValuePairs<String, String>,
        rows: [[ExportedValue]] = []
    ) {
        self.init(name, meaning, columns.map { Column(name: $0.key, type: $0.value) }, rows: rows)
    }

    init(_ name: String, _ meaning: String, _ columns: [Column], rows: [[ExportedValue]] = []) {
        self.name = name
        self.meaning = meaning
        self.columns = columns
        self.rows = rows
    }

    /// `CREATE TABLE`, under a line that says what the rows are.
    package var definition: String {
        let columns = columns.map { "\(SQLText.name($0.name)) \($0.type)" }.joined(separator: ", ")
        return "-- \(meaning)\nCREATE TABLE \(name) (\(columns));\n"
    }

    /// `INSERT` statements of at most 200 rows; empty for an empty table.
    package var insertions: String {
        var text = ""
        for start in stride(from: 0, to: rows.count, by: 200) {
            let part = rows[start..<min(rows.count, start + 200)]
            let lines = part.map { "(\($0.map(\.literal).joined(separator: ", ")))" }
            text += "INSERT INTO \(name) VALUES\n\(lines.joined(separator: ",\n"));\n"
        }
        return text
    }

    /// A header line and a line a row.
    package var csv: String {
        var text = columns.map(\.name).joined(separator: ",") + "\n"
        for row in rows { text += row.map(\.cell).joined(separator: ",") + "\n" }
        return text
    }
}
