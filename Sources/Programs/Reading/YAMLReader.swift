import Yams

/// YAML documents as nodes, without the parts of YAML that do harm: anchors, aliases, tags, duplicate keys, depth.
struct YAMLReader {
    static let deepest = 32

    private let source: SourceText

    init(_ source: SourceText) {
        self.source = source
    }

    /// The documents between two lines (from 1, the second not included), read one by one so that an error in one of
    /// them hides nothing in the others.
    func documents(from first: Int, to end: Int, findings: inout [Finding]) -> [Node] {
        var found: [Node] = []
        var start = first
        for line in first..<max(first, end) {
            if line > start, Self.isMarker(source.lines[line - 1]) {
                found += chunk(from: start, to: line, findings: &findings)
                start = line
            }
        }
        return found + chunk(from: start, to: end, findings: &findings)
    }

    /// A line `---` at the margin ends whatever stands before it, quoted text and blocks included (YAML 1.1 §4.5.1).
    static func isMarker(_ line: Substring.UTF8View) -> Bool {
        guard line.starts(with: "---".utf8) else { return false }
        guard let next = line.dropFirst(3).first else { return true }
        return next == UInt8(ascii: " ") || next == UInt8(ascii: "\t")
    }

    private func chunk(from start: Int, to end: Int, findings: inout [Finding]) -> [Node] {
        guard start < end else { return [] }
        if let place = AliasScan.firstAlias(in: source.lines[(start - 1)..<(end - 1)]) {
            let at = Place(file: source.file, line: start + place.line, column: place.column)
            findings.append(
                Finding(
                    .error, "alias", at: at, "aliases are not allowed in a program",
                    remedy: "repeat the value"))
            return []
        }
        var text = ""
        for line in source.lines[(start - 1)..<(end - 1)] {
            text += Substring(line)
            text += "\n"
        }
        var found: [Node] = []
        do {
            // Nodes hold their anchors weakly; the parser keeps them alive until the tree has been looked through.
            let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
            while let root = try parser.nextRoot() {
                var converter = Converter(file: source.file, above: start - 1)
                let node = withExtendedLifetime(parser) { converter.node(root, depth: 1) }
                findings += converter.findings
                if let node, !node.isEmpty { found.append(node) }
            }
        } catch {
            findings.append(finding(for: error, above: start - 1, end: end))
        }
        return found
    }

    private func finding(for error: any Error, above: Int, end: Int) -> Finding {
        func place(_ mark: Mark) -> Place {
            Place(file: source.file, line: above + max(1, mark.line), column: max(1, mark.column))
        }
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let during = context.map { " \($0.text)" } ?? ""
            let opening = context.flatMap { context in
                Self.opening(context.text).map { (remedy: $0, place: place(context.mark)) }
            }
            return Finding(
                .error, "not-yaml", at: opening?.place ?? place(mark), "not YAML: \(problem)\(during)",
                remedy: opening?.remedy ?? Self.remedy(for: problem))
        case .duplicatedKeysInMapping(let keys, let context):
            let key = keys.first ?? ""
            let first = place(context.mark)
            return Finding(
                .error, "duplicate-key", at: repetition(of: key, after: first, before: end),
                "the key \"\(key)\" occurs twice; first at line \(first.line)", remedy: "remove one of them")
        default:
            let start = Place(file: source.file, line: above + 1, column: 1)
            return Finding(.error, "not-yaml", at: start, "not YAML: the text cannot be read")
        }
    }

    /// The parser names only the first of two equal keys; in block style the second stands below it.
    private func repetition(of key: String, after first: Place, before end: Int) -> Place {
        let start = String(repeating: " ", count: first.column - 1) + key + ":"
        for number in (first.line + 1)..<max(first.line + 1, end) {
            if source.line(number)?.starts(with: start.utf8) == true {
                return Place(file: first.file, line: number, column: first.column)
            }
        }
        return first
    }

    private static func remedy(for problem: String) -> String {
        switch problem {
        case "mapping values are not allowed in this context":
            "check the indentation, and put a text that contains \": \" in quotes"
        case "found character that cannot start any token":
            "indent with spaces, and put a text that begins with a special character in quotes"
        case let problem where problem.contains("tab character"): "indent with spaces instead of the tab"
        default: "check indentation, quotes and brackets"
        }
    }

    /// What began somewhere and does not end: the parser notices it only at the end of the document.
    private static func opening(_ context: String) -> String? {
        if context.contains("quoted scalar") { return "close the quotes that open here" }
        if context.contains("flow sequence") { return "close the bracket [ that opens here" }
        if context.contains("flow mapping") { return "close the brace { that opens here" }
        return nil
    }
}

/// Turns the parser's tree into ours and refuses what a program has no use for.
private struct Converter {
    let file: String
    /// Lines of the file above the parsed text.
    let above: Int
    var findings: [Finding] = []

    init(file: String, above: Int) {
        self.file = file
        self.above = above
    }

    /// Nil when the value, or anything in it, was refused.
    mutating func node(_ node: Yams.Node, depth: Int) -> Node? {
        let place = Place(file: file, line: above + (node.mark?.line ?? 1), column: node.mark?.column ?? 1)
        guard depth <= YAMLReader.deepest else {
            return refuse("too-deep", place, "nested deeper than \(YAMLReader.deepest) levels", "flatten it")
        }
        guard node.anchor == nil else {
            return refuse(
                "anchor", place, "anchors are not allowed in a program", "delete it and repeat the value")
        }
        switch node {
        case .scalar(let scalar):
            guard isPlain(scalar.tag) else { return refuseTag(place) }
            return Node(.scalar(scalar.string, style(scalar.style)), at: place)
        case .sequence(let sequence):
            guard isPlain(sequence.tag) else { return refuseTag(place) }
            var elements: [Node] = []
            for element in sequence {
                guard let read = self.node(element, depth: depth + 1) else { return nil }
                elements.append(read)
            }
            return Node(.sequence(elements), at: place)
        case .mapping(let mapping):
            guard isPlain(mapping.tag) else { return refuseTag(place) }
            var entries: [Node.Entry] = []
            for (key, value) in mapping {
                guard let name = self.node(key, depth: depth + 1) else { return nil }
                guard case .scalar(let text, _) = name.content else {
                    return refuse("not-yaml", name.place, "a key must be a text, not \(name.noun)", "name it")
                }
                guard let read = self.node(value, depth: depth + 1) else { return nil }
                entries.append(Node.Entry(key: text, place: name.place, value: read))
            }
            return Node(.mapping(entries), at: place)
        case .alias: return refuse("alias", place, "aliases are not allowed in a program", "repeat the value")
        }
    }

    private mutating func refuseTag(_ place: Place) -> Node? {
        refuse("tag", place, "tags are not allowed in a program", "delete the word that begins with !")
    }

    private mutating func refuse(_ rule: String, _ place: Place, _ message: String, _ remedy: String) -> Node?
    {
        findings.append(Finding(.error, rule, at: place, message, remedy: remedy))
        return nil
    }

    private func isPlain(_ tag: Tag) -> Bool {
        ["", "tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map"].contains(
            tag.description)
    }

    private func style(_ style: Yams.Node.Scalar.Style) -> Node.Style {
        switch style {
        case .any, .plain: .plain
        case .singleQuoted, .doubleQuoted: .quoted
        case .literal: .literal
        case .folded: .folded
        }
    }
}
