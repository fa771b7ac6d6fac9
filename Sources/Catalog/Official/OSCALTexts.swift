import Formats

extension OfficialTexts {
    /// Deeper than any catalogue is nested; deeper ones are refused.
    private static let deepest = 24

    /// Reads an OSCAL catalog (JSON, 1.0 and later): the controls at every depth with their statements, parameters put
    /// in by their labels. Withdrawn controls are left out.
    package init(oscal bytes: [UInt8], name: String) throws(OfficialTextError) {
        let root: JSON
        do {
            root = try JSON(parsing: bytes)
        } catch {
            throw OfficialTextError(file: name, line: 0, reason: error.description)
        }
        guard let catalog = root["catalog"], catalog.object != nil else {
            throw OfficialTextError(
                file: name, line: 0,
                reason:
                    "not an OSCAL catalog: the member \"catalog\" is missing; export the catalog, not a profile"
            )
        }
        try add(catalog, depth: 0, file: name)
        guard !isEmpty else {
            throw OfficialTextError(
                file: name, line: 0, reason: "the catalog holds no control with a statement")
        }
    }

    private mutating func add(_ node: JSON, depth: Int, file: String) throws(OfficialTextError) {
        guard depth <= Self.deepest else {
            throw OfficialTextError(
                file: file, line: 0,
                reason: "groups and controls are nested deeper than \(Self.deepest) levels")
        }
        for child in (node["groups"]?.array ?? []) + (node["controls"]?.array ?? []) {
            if let id = Self.label(child), !Self.isWithdrawn(child) {
                let text = Self.prose(child, labels: Self.labels(child), depth: depth)
                if !text.isEmpty {
                    set(Identifier(id), Entry(title: child["title"]?.string ?? "", text: text))
                }
            }
            try add(child, depth: depth + 1, file: file)
        }
    }

    /// The property `label` when it is an id, else the id.
    private static func label(_ node: JSON) -> String? {
        let label = property("label", node)
        if let label, !label.contains(" ") { return label }
        return node["id"]?.string
    }

    private static func property(_ name: String, _ node: JSON) -> String? {
        node["props"]?.array?.first { $0["name"]?.string == name && $0["class"] == nil }?["value"]?.string
    }

    private static func isWithdrawn(_ node: JSON) -> Bool {
        property("status", node)?.lowercased() == "withdrawn"
    }

    private static func labels(_ node: JSON) -> [Identifier: String] {
        var labels: [Identifier: String] = [:]
        for parameter in node["params"]?.array ?? [] {
            guard let id = parameter["id"]?.string else { continue }
            labels[Identifier(id)] = parameter["label"]?.string ?? parameter["values"]?.array?.first?.string
        }
        return labels
    }

    /// The prose of the statement and of the items in it, a line each.
    private static func prose(_ node: JSON, labels: [Identifier: String], depth: Int) -> String {
        let parts = node["parts"]?.array?.filter { $0["name"]?.string == "statement" } ?? []
        return parts.flatMap { lines($0, labels, depth) }.joined(separator: "\n")
    }

    private static func lines(_ part: JSON, _ labels: [Identifier: String], _ depth: Int) -> [String] {
        guard depth <= deepest else { return [] }
        let head = property("label", part).map { "\($0) " } ?? ""
        let own = part["prose"]?.string.map { [head + insert(labels, into: $0)] } ?? []
        return own + (part["parts"]?.array ?? []).flatMap { lines($0, labels, depth + 1) }
    }

    /// `{{ insert: param, ac-1_prm_1 }}` becomes `[label]`.
    private static func insert(_ labels: [Identifier: String], into prose: String) -> String {
        var text = ""
        var rest = Substring(prose)
        while let start = rest.firstRange(of: "{{"), let end = rest[start.upperBound...].firstRange(of: "}}")
        {
            text += rest[..<start.lowerBound]
            let words = rest[start.upperBound..<end.lowerBound].split { $0 == " " || $0 == "," }
            let id = words.last.map(String.init) ?? ""
            text += "[\(labels[Identifier(id)] ?? id)]"
            rest = rest[end.upperBound...]
        }
        return text + rest
    }
}
