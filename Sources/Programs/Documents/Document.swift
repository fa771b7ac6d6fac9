package import Formats

/// One document of a program, with the form in which it is stored, compared and signed.
package struct Document: Sendable, Hashable {
    package let type: DocumentType
    package let id: Identifier
    /// Where it was written; does not take part in comparisons.
    package let place: Place
    /// What it says.
    package let body: Body
    /// `{"id":…,"type":…,…}` with defaults left out and members sorted: its canonical bytes are the identity of a
    /// version, and `init(canonical:)` rebuilds the document from it.
    package let canonical: JSON

    init(_ type: DocumentType, _ id: Identifier, _ body: Body, at place: Place) {
        self.type = type
        self.id = id
        self.place = place
        self.body = body
        let head = [("id", JSON.string(id.text)), ("type", .string(type.rawValue))]
        let members = head.map { JSONObject.Member(name: $0.0, value: $0.1) } + body.members.members
        canonical = JSON.object(JSONObject(members)).sorted
    }

    /// Reads what `canonical` has written.
    package init(canonical: JSON, at place: Place = .stored) throws(ProgramError) {
        var reading = Reading(source: nil)
        guard let type = canonical["type"]?.string.flatMap(DocumentType.init(rawValue:)),
            let id = canonical["id"]?.string, let object = canonical.object
        else {
            throw ProgramError([
                Finding(.error, "unknown-type", at: place, "not a stored document: its type or id is missing")
            ])
        }
        let rest = object.members.filter { !["type", "id"].contains($0.name) }
        guard canonical.isWritable, !rest.contains(where: { $0.name == type.rawValue }) else {
            throw ProgramError([
                Finding(
                    .error, "not-text", at: place, "not a stored document: it cannot be written as a file")
            ])
        }
        let first = Node.Entry(key: type.rawValue, place: place, value: Node(.string(id), at: place))
        let entries = rest.map { Node.Entry(key: $0.name, place: place, value: Node($0.value, at: place)) }
        guard let document = Document.read([first] + entries, at: place, &reading) else {
            throw ProgramError(reading.findings)
        }
        self = document
    }

    /// Reads a document whose first entry names its type and id; nil after at least one error has been noted.
    static func read(_ entries: [Node.Entry], at place: Place, _ reading: inout Reading) -> Document? {
        guard let first = entries.first else {
            reading.error("empty", at: place, "the document is empty", remedy: "remove it")
            return nil
        }
        guard let type = DocumentType(rawValue: first.key) else {
            let types = DocumentType.allCases.map(\.rawValue)
            let advice = Spelling.advice(for: first.key, among: types)
            reading.error(
                "unknown-type", at: first.place, "\"\(first.key.prefix(60))\" is not a type of document",
                remedy: advice.isEmpty
                    ? "begin the document with one of \(types.joined(separator: ", "))" : advice)
            return nil
        }
        // Both are looked at, so that a bad id does not hide what is wrong below it.
        let id = self.id(of: type, first, &reading)
        let body = Body.read(type, id: id ?? "", entries, at: first.place, &reading)
        guard let id, let body else { return nil }
        return Document(type, id, body, at: first.place)
    }

    private static func id(of type: DocumentType, _ first: Node.Entry, _ reading: inout Reading)
        -> Identifier?
    {
        let isUpper = type.hasUpperCaseIDs
        let form = isUpper ? "capitals, digits, - and ." : "lower-case letters, digits, - and ."
        guard case .scalar(let text, _) = first.value.content, !first.value.isEmpty else {
            reading.wrongType(first.value, key: first.key, expected: "an id of \(form)")
            return nil
        }
        guard isUpper ? Names.isUpperCase(text) : Names.isLowerCase(text) else {
            let joined = String(text.map { $0 == "_" || $0 == " " ? "-" : $0 })
            let other = isUpper ? joined.uppercased() : joined.lowercased()
            let isClose = isUpper ? Names.isUpperCase(other) : Names.isLowerCase(other)
            reading.error(
                "bad-id", at: first.value.place, "\"\(text.prefix(60))\" cannot be the id of \(type.phrase)",
                remedy: isClose ? "write \(other)" : "use \(form)")
            return nil
        }
        return Identifier(text)
    }

    package static func == (left: Document, right: Document) -> Bool {
        left.canonical == right.canonical
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(canonical)
    }
}

extension DocumentType {
    /// With its article.
    fileprivate var phrase: String {
        switch self {
        case .organization, .exclusion, .asset, .agreement: "an \(rawValue)"
        default: "a \(rawValue)"
        }
    }
}

extension JSON {
    /// Whether a file can say it: no reader of YAML keeps a byte order mark at the start of a text.
    fileprivate var isWritable: Bool {
        switch self {
        case .string(let text): text.unicodeScalars.first != "\u{FEFF}"
        case .array(let elements): elements.allSatisfy(\.isWritable)
        case .object(let object):
            object.members.allSatisfy { $0.name.unicodeScalars.first != "\u{FEFF}" && $0.value.isWritable }
        default: true
        }
    }

    /// With the members of all objects in the order of their names.
    fileprivate var sorted: JSON {
        switch self {
        case .array(let elements): .array(elements.map(\.sorted))
        case .object(let object):
            .object(
                JSONObject(
                    object.members.map { .init(name: $0.name, value: $0.value.sorted) }
                        .sorted { Identifier($0.name) < Identifier($1.name) }))
        default: self
        }
    }
}
