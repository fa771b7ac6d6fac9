package import Formats

/// A criterion that does not apply to this organisation, and why. Its id is the criterion's.
package struct Exclusion: DocumentBody {
    package internal(set) var id: Identifier = ""
    package internal(set) var reason = ""

    static let schema = Schema<Exclusion>("an exclusion", Exclusion(), [.required("reason", .text, \.reason)])
}
