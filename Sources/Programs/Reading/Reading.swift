/// What happens while one file is read: its source for exact places, and the findings so far.
struct Reading {
    /// Nil for documents that come from a store.
    let source: SourceText?
    private(set) var findings: [Finding] = []

    init(source: SourceText?) {
        self.source = source
    }

    mutating func error(_ rule: String, at place: Place, _ message: String, remedy: String = "") {
        findings.append(Finding(.error, rule, at: place, message, remedy: remedy))
    }

    mutating func add(_ others: [Finding]) {
        findings += others
    }

    /// The value has the wrong form altogether.
    mutating func wrongType(_ node: Node, key: String, expected: String, remedy: String = "") {
        if node.isEmpty {
            error(
                "empty", at: node.place, "\"\(key)\" has no value",
                remedy: "give \(expected) or leave the key out")
        } else {
            error(
                "wrong-type", at: node.place, "\"\(key)\" must be \(expected), not \(node.noun)",
                remedy: remedy)
        }
    }

    /// The value has the right form and the wrong contents.
    mutating func badValue(_ node: Node, key: String, found: String, expected: String, remedy: String = "") {
        let shown = found.unicodeScalars.count > 60 ? String(found.unicodeScalars.prefix(57)) + "..." : found
        error("bad-value", at: node.place, "\"\(key)\" must be \(expected), not \"\(shown)\"", remedy: remedy)
    }

    /// The text of a scalar with its place and, when it can be told, the place of every character in it.
    func text(_ value: String, _ style: Node.Style, at place: Place) -> Text {
        Text(value, at: place, inset: source?.inset(of: value, style, at: place))
    }
}
