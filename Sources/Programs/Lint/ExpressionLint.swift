import Catalog
import Expressions
import Formats

/// One expression of a test against what it may name.
struct ExpressionLint {
    /// What may be done with `at`.
    enum At {
        /// It has no meaning here.
        case none
        /// Only comparisons that flip at a computable instant, because the expression holds over stretches of time.
        case flips
        /// It is a timestamp like any other.
        case free
    }

    private let text: Text
    private let variables: [String: Kind?]
    private let at: At

    /// - Parameter variables: by name; nil for a kind that is unknown and has been reported.
    init(_ text: Text, variables: [String: Kind?], at: At) {
        self.text = text
        self.variables = variables
        self.at = at
    }

    func check(_ lint: inout Lint) {
        do {
            let expression = try Expression(parsing: text.value)
            names(expression, &lint)
            fields(expression, &lint)
            if at == .flips { _ = try expression.temporalAtoms(of: "at") }
        } catch {
            let prefix = "line \(error.line), column \(error.column): "
            let whole = error.description
            let reason = whole.hasPrefix(prefix) ? String(whole.dropFirst(prefix.count)) : whole
            lint.error("expression", at: text.place(line: error.line, column: error.column), reason)
        }
    }

    private func names(_ expression: Expression, _ lint: inout Lint) {
        let known = Array(variables.keys).sorted() + (at == .none ? [] : ["at"])
        for name in expression.freeVariables where !known.contains(name) {
            let message =
                name == "at"
                ? "\"at\" has no meaning in this expression" : "unknown name \"\(name)\" in an expression"
            let advice = Spelling.advice(for: name, among: known)
            lint.error(
                "unknown-name", at: text.place(offset: offset(of: name)), message,
                remedy: advice.isEmpty || name == "at"
                    ? "known here: \(known.joined(separator: ", "))" : advice)
        }
    }

    private func fields(_ expression: Expression, _ lint: inout Lint) {
        for (variable, kind) in variables.sorted(by: { $0.key < $1.key }) {
            guard let kind else { continue }
            for use in expression.fields(of: variable) where kind.field(use.name) == nil {
                let names = kind.fields.map(\.name)
                let advice = Spelling.advice(for: use.name, among: names)
                lint.error(
                    "unknown-field", at: text.place(offset: use.offset),
                    "\(kind.name) has no field \"\(use.name)\"",
                    remedy: advice.isEmpty ? "its fields are \(names.joined(separator: ", "))" : advice)
            }
        }
    }

    /// Where a name first stands as a word of its own, in bytes; the parser does not tell.
    private func offset(of name: String) -> Int {
        let bytes = Array(text.value.utf8)
        let word = Array(name.utf8)
        guard !word.isEmpty, bytes.count >= word.count else { return 0 }
        for start in 0...(bytes.count - word.count)
        where bytes[start..<start + word.count].elementsEqual(word) {
            let before = start > 0 ? bytes[start - 1] : 0
            let after = start + word.count < bytes.count ? bytes[start + word.count] : 0
            if !isWord(before), before != UInt8(ascii: "."), !isWord(after) { return start }
        }
        return 0
    }

    private func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
