import Formats

extension Lint {
    /// A clock needs a number: what a policy calls "immediately" nobody can test, and a contract may put a number on it.
    mutating func vagueWording() {
        for document in program.documents {
            switch document.body {
            case .policy(let policy): vague(policy.text)
            case .procedure(let procedure): vague(procedure.text)
            case .commitment(let commitment): vague(commitment.statement)
            default: break
            }
        }
    }

    private static let vague = [
        "immediately", "promptly", "as soon as possible", "without delay", "in a timely manner",
        "without undue delay",
        "as soon as practicable", "regularly", "periodically", "from time to time",
    ]

    private mutating func vague(_ text: Text) {
        for line in ProseLine.lines(of: text) {
            // A number on the same line says what is meant.
            guard !line.words.contains(where: \.isNumber),
                let word = Self.vague.first(where: line.words.contains)
            else { continue }
            warn(
                "vague-term", at: line.place(of: word), "\"\(word)\" says no number, so nothing can test it",
                remedy: "write within how many hours or days, or how often")
        }
    }
}

/// One line of prose, in lower case, that knows where it stands.
struct ProseLine {
    let text: Text
    /// From 1.
    let number: Int
    let words: String

    static func lines(of text: Text) -> [ProseLine] {
        text.value.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
            .map {
                ProseLine(text: text, number: $0 + 1, words: String(Substring($1)).lowercased())
            }
    }

    /// Where a part of the line stands.
    func place(of part: String) -> Place {
        guard let found = words.firstRange(of: part) else { return text.place(line: number, column: 1) }
        let scalars = words.unicodeScalars
        return text.place(
            line: number, column: scalars.distance(from: scalars.startIndex, to: found.lowerBound) + 1)
    }

    /// Whether at least one of the stems of each group occurs.
    func mentions(_ groups: [String]...) -> Bool {
        groups.allSatisfy { $0.contains(where: words.contains) }
    }
}
