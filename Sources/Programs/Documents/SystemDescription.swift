package import Formats

/// A system under examination, and in prose what belongs to it.
package struct SystemDescription: DocumentBody {
    package internal(set) var id: Identifier = ""
    package internal(set) var title = ""
    package internal(set) var description = ""

    static let schema = Schema<SystemDescription>(
        "a system", SystemDescription(),
        [.required("title", .line, \.title), .required("description", .text, \.description)])
}
