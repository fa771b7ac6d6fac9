/// A spot in a program file, as editors count it.
package struct Place: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let file: String
    /// From 1.
    package let line: Int
    /// From 1, in Unicode scalars.
    package let column: Int

    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// Where documents come from that were not read from a file but from a store or a package.
    package static let stored = Place(file: "(stored)", line: 1, column: 1)

    package static func < (left: Place, right: Place) -> Bool {
        guard left.file.utf8.elementsEqual(right.file.utf8) else {
            return left.file.utf8.lexicographicallyPrecedes(right.file.utf8)
        }
        return (left.line, left.column) < (right.line, right.column)
    }

    package var description: String { "\(file):\(line):\(column)" }
}
