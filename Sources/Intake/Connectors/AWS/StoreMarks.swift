import Formats

/// Which stores hold protected health information, as the source's parameters say it.
///
/// AWS does not know. Of a store that neither a name nor a tag tells of, nothing is said: what hangs on it is then
/// unknown, never "no".
struct StoreMarks: Sendable {
    private let holding: [String]
    private let without: [String]
    /// Name of the tag that tells; nil where none does.
    let tag: String?
    /// The value of the tag that says yes; every other value says no.
    private let value: String

    /// - Parameter request: its settings `phi` and `no_phi`, names or ARNs with spaces between, `*` at the end of one standing for
    ///   any rest; `phi_tag`, `NAME=VALUE`.
    init(_ request: CollectionRequest) throws(ReadingFailure) {
        holding = request.words("phi")
        without = request.words("no_phi")
        guard let text = request.parameters["phi_tag"] else {
            (tag, value) = (nil, "")
            return
        }
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2 else {
            throw ReadingFailure("parameters", "\"phi_tag\" is NAME=VALUE, such as data-class=phi")
        }
        (tag, value) = (parts[0], parts[1])
    }

    /// Whether a store holds such data; nil where nobody has said. Names count before tags, and yes before no.
    func holdsPHI(_ names: [String], tags: [(name: String, value: String)]) -> JSON? {
        if names.contains(where: { Self.matches($0, holding) }) { return .bool(true) }
        if names.contains(where: { Self.matches($0, without) }) { return .bool(false) }
        return tags.first { $0.name == tag }.map { .bool($0.value == value) }
    }

    private static func matches(_ name: String, _ patterns: [String]) -> Bool {
        patterns.contains { $0.hasSuffix("*") ? name.hasPrefix($0.dropLast()) : name == $0 }
    }
}
