/// Why an expression has no twin in the SQL that every database understands, and where.
package struct SQLTranslationError: Error, Hashable, CustomStringConvertible {
    /// What stands there, in words: `a regular expression`.
    package let construct: String
    /// Line from 1.
    package let line: Int
    /// Column from 1, in code points.
    package let column: Int
    /// The expression itself.
    package let source: String

    init(_ construct: String, at offset: Int, in source: String) {
        self.construct = construct
        self.source = source
        let place = SourcePlace(offset: offset, in: source)
        line = place.line
        column = place.column
    }

    package var description: String {
        "\(construct) at line \(line), column \(column) of \"\(source)\" has no portable SQL form"
    }
}
