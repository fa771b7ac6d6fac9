extension Program {
    /// Reads what can be read and tells what cannot: every error of every file, in the order of files and lines.
    package static func read(_ files: [ProgramFile]) -> (program: Program, findings: [Finding]) {
        var documents: [Document] = []
        var findings: [Finding] = []
        var unread: Set<Program.Key> = []
        // The order in which a folder lists its files must not show.
        for file in files.sorted(by: { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }) {
            guard let source = SourceText(file, findings: &findings) else { continue }
            var reading = Reading(source: source)
            switch ProgramFile.Form(path: file.path) {
            case .yaml: documents += yaml(source, &reading)
            case .markdown: documents += PolicyFile(source).documents(&reading)
            case nil:
                reading.error(
                    "unknown-file", at: Place(file: file.path, line: 1, column: 1), "not a file of a program",
                    remedy: "name it .yaml, or .md for a policy")
            }
            findings += reading.findings
            if !reading.findings.isEmpty { unread.formUnion(source.keys(of: reading.findings)) }
        }
        var program = Program(documents)
        program.unread = unread
        return (program, findings.sorted())
    }

    private static func yaml(_ source: SourceText, _ reading: inout Reading) -> [Document] {
        var findings: [Finding] = []
        let nodes = YAMLReader(source).documents(from: 1, to: source.lines.count + 1, findings: &findings)
        reading.add(findings)
        return nodes.compactMap { node in
            guard case .mapping(let entries) = node.content else {
                reading.error(
                    "wrong-type", at: node.place, "a document must be a mapping, not \(node.noun)",
                    remedy: "begin with its type and id, such as control: IAM-02")
                return nil
            }
            return Document.read(entries, at: node.place, &reading)
        }
    }
}

/// A Markdown file with the head of a document between two lines of three hyphens.
struct PolicyFile {
    /// What a Markdown file may hold.
    static let types: [DocumentType] = [.policy, .procedure, .standard]

    private let source: SourceText

    init(_ source: SourceText) {
        self.source = source
    }

    /// The policy; nothing after an error, or for a README, which belongs to the reader and not to the program.
    func documents(_ reading: inout Reading) -> [Document] {
        let start = Place(file: source.file, line: 1, column: 1)
        guard let first = source.lines.first, isFence(first) else {
            let name = source.file.split(separator: "/").last ?? ""
            if name.lowercased() != "readme.md" {
                reading.error(
                    "no-front-matter", at: start, "a policy begins with a line --- and its id and title",
                    remedy: "add them above the text and close them with another line ---")
            }
            return []
        }
        guard let end = source.lines.dropFirst().firstIndex(where: isFence) else {
            reading.error(
                "no-front-matter", at: start, "the head of the policy does not end",
                remedy: "close it with a line ---")
            return []
        }
        var findings: [Finding] = []
        let nodes = YAMLReader(source).documents(from: 2, to: end + 1, findings: &findings)
        reading.add(findings)
        guard findings.isEmpty else { return [] }
        guard nodes.count == 1, case .mapping(var entries) = nodes[0].content else {
            reading.error(
                "no-front-matter", at: start, "the head of a policy must be one mapping",
                remedy: "see policy:")
            return []
        }
        if let other = entries.first, !Self.types.contains(where: { $0.rawValue == other.key }) {
            reading.error(
                "unknown-type", at: other.place,
                "a Markdown file holds a policy, procedure or standard, not \"\(other.key.prefix(60))\"",
                remedy: "begin with policy: and its id, or move the document into a .yaml file")
            return []
        }
        if let text = entries.first(where: { $0.key == "text" }) {
            reading.error(
                "unknown-key", at: text.place, "the text stands below its head",
                remedy: "move it there and remove the key")
            return []
        }
        let body = self.body(below: end)
        if !body.isEmpty {
            let place = Place(file: source.file, line: end + 2, column: 1)
            entries.append(Node.Entry(key: "text", place: place, value: Node(.scalar(body, .raw), at: place)))
        }
        return Document.read(entries, at: nodes[0].place, &reading).map { [$0] } ?? []
    }

    private func isFence(_ line: Substring.UTF8View) -> Bool {
        line.elementsEqual("---".utf8)
    }

    /// Byte by byte what follows the line (from 0) that closes the head.
    private func body(below line: Int) -> String {
        guard source.lines.indices.contains(line + 1) else { return "" }
        return String(Substring(source.text.utf8[source.lines[line + 1].startIndex...]))
    }
}
