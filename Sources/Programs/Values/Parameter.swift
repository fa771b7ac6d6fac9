/// One setting of a source: YAML's plain words `true` and `12` are a flag and a number, everything else is a text.
package enum Parameter: Sendable, Hashable, CustomStringConvertible {
    case text(String)
    case flag(Bool)
    case whole(Int64)

    /// What a plain, unquoted word means.
    init(plain word: String) {
        switch word {
        case "true": self = .flag(true)
        case "false": self = .flag(false)
        default:
            // Only the spelling that would be written back: 007 and +1 are texts.
            if let number = Int64(word), String(number) == word, number.magnitude < 1 << 53 {
                self = .whole(number)
            } else {
                self = .text(word)
            }
        }
    }

    package var description: String {
        switch self {
        case .text(let text): text
        case .flag(let flag): flag ? "true" : "false"
        case .whole(let number): String(number)
        }
    }
}
