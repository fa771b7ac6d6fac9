import Expressions
import Formats

/// How names, texts and times are written in SQL.
enum SQLText {
    /// "Until further notice": far beyond every instant, and far enough from the end of 64 bits to be added to.
    static let open: Int64 = 1 << 62

    /// "Always" and "open" become ± 2^62, so that no sum with a span leaves 64 bits.
    static func microseconds(_ instant: Instant) -> Int64 { max(-open, min(open, instant.microseconds)) }

    /// A text between single quotes, on one line whatever it holds.
    static func quoted(_ text: String) -> String { SQLLiteral.text(text) }

    static func quoted(_ name: Identifier) -> String { quoted(name.text) }

    /// A column's name between double quotes, the quotes inside it doubled.
    static func name(_ name: String) -> String {
        SQLLiteral.between("\"", name)
    }

    /// A name without quotes: what is neither a letter, a digit nor `_` becomes `_`.
    static func plain(_ name: String) -> String {
        String(
            name.unicodeScalars.map { scalar in
                let isPlain =
                    scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
                return isPlain ? Character(String(scalar).lowercased()) : "_"
            })
    }

    static func later(_ left: String, _ right: String) -> String {
        "CASE WHEN \(left) > \(right) THEN \(left) ELSE \(right) END"
    }

    static func earlier(_ left: String, _ right: String) -> String {
        "CASE WHEN \(left) < \(right) THEN \(left) ELSE \(right) END"
    }

    /// 1, 0, or NULL.
    static func number(_ condition: String) -> String { "CAST(\(condition) AS BIGINT)" }

    /// True where a condition holds or cannot be decided.
    static func notFalse(_ condition: String) -> String { "COALESCE(\(number(condition)), 1) = 1" }

    /// Lines of a comment.
    static func comment(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.isEmpty ? "--" : "-- \($0)" }.joined(separator: "\n") + "\n"
    }
}

/// A named step of a query: `name AS (sql)`.
struct SQLStep {
    let name: String
    /// What its rows are, for people.
    let meaning: String
    let sql: String
}

extension SQLStep {
    /// The stretches of a step that overlap or touch, joined into one, within each group.
    ///
    /// - Parameters:
    ///   - columns: what makes a group; may be empty.
    static func islands(_ name: String, _ meaning: String, of step: String, by columns: [String]) -> SQLStep {
        let list = columns.map { $0 + ", " }.joined()
        let partition = columns.isEmpty ? "" : "PARTITION BY \(columns.joined(separator: ", ")) "
        return SQLStep(
            name: name, meaning: meaning,
            sql: """
                SELECT \(list)MIN(a) AS a, MAX(b) AS b
                FROM (SELECT \(list)a, b, SUM(fresh) OVER (\(partition)ORDER BY a, b, n) AS island
                      FROM (SELECT \(list)a, b, n, CASE WHEN a <= MAX(b) OVER (\(partition)ORDER BY a, b, n
                                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) THEN 0 ELSE 1 END AS fresh
                            FROM (SELECT \(list)a, b, ROW_NUMBER() OVER (\(partition)ORDER BY a, b) AS n
                                  FROM \(step)) AS counted) AS marked) AS joined
                GROUP BY \(list)island
                """)
    }
}
