/// Why catalogue data cannot be used: which file, where in it, and what is wrong there.
package struct CatalogError: Error, Hashable, CustomStringConvertible {
    /// What is wrong there.
    package enum Reason: Hashable, Sendable {
        /// The program was built without this file.
        case missing
        case notJSON(String)
        case wrongShape(expected: String)
        case unknownWord(String, expected: String)
        case duplicate(String)
    }

    /// Name of the catalogue file, or of the source that declared a kind.
    package let file: String
    /// Where in the file, as names and positions from the root: `kinds[3].fields[0].type`.
    package let path: String
    package let reason: Reason

    package init(_ reason: Reason, file: String, path: String = "") {
        self.reason = reason
        self.file = file
        self.path = path
    }

    package var description: String {
        let what =
            switch reason {
            case .missing: "is not part of this program; build it again from complete sources"
            case .notJSON(let detail): detail
            case .wrongShape(let expected): "expected \(expected)"
            case .unknownWord(let word, let expected): "\"\(word)\" is unknown; use \(expected)"
            case .duplicate(let name): "\"\(name)\" is declared twice; rename or remove one of them"
            }
        return path.isEmpty ? "catalogue \(file): \(what)" : "catalogue \(file), \(path): \(what)"
    }
}
