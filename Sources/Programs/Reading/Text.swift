package import Formats

/// A text of a document that knows where it was written, so that a later finding can point into the file.
///
/// Two texts are equal when their bytes are; the place does not count.
package struct Text: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The text itself, escapes and folding resolved.
    package let value: String
    /// Where its scalar begins, quotes included.
    package let place: Place
    /// Where the text's own lines stand in the file; nil when escapes or folding tore the two apart.
    let inset: Inset?

    enum Inset: Sendable {
        /// On one line, from this column on.
        case line(column: Int)
        /// A literal block: the first line of the text is this line, each begins at this column.
        case block(line: Int, column: Int)
    }

    package init(_ value: String, at place: Place = .stored) {
        self.init(value, at: place, inset: nil)
    }

    init(_ value: String, at place: Place, inset: Inset?) {
        self.value = value
        self.place = place
        self.inset = inset
    }

    package init(stringLiteral value: String) {
        self.init(value)
    }

    /// The text as a name that is compared by bytes.
    package var id: Identifier { Identifier(value) }

    /// The place of a line and column (both from 1) counted inside the text.
    package func place(line: Int, column: Int) -> Place {
        switch inset {
        case .line(let start):
            return line == 1 ? Place(file: place.file, line: place.line, column: start + column - 1) : place
        case .block(let first, let start):
            return Place(file: place.file, line: first + line - 1, column: start + column - 1)
        case nil: return place
        }
    }

    /// The place of a byte of the text's UTF-8, counted from 0.
    package func place(offset: Int) -> Place {
        let before = value.utf8.prefix(max(0, offset))
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        // Continuation bytes do not begin a scalar.
        let column = before.reversed().prefix { $0 != UInt8(ascii: "\n") }.count { $0 & 0xC0 != 0x80 } + 1
        return place(line: line, column: column)
    }

    package static func == (left: Text, right: Text) -> Bool { left.id == right.id }

    package func hash(into hasher: inout Hasher) { id.hash(into: &hasher) }

    package var description: String { value }
}
