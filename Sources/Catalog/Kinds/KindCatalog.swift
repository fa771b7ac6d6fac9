package import Formats

/// The kinds of evidence that are known: those that come with the program, and an organisation's own.
package struct KindCatalog: Sendable, Hashable {
    /// Of the kinds that come with the program, such as `kinds-2026.11`.
    package let version: String
    private let byName: [Identifier: Kind]

    /// The kinds that come with the program.
    package static func builtin() throws(CatalogError) -> KindCatalog {
        try KindCatalog(file: CatalogFile(named: "kinds.json"))
    }

    /// Reads a catalogue in the form of the program's own.
    package init(parsing bytes: [UInt8], name: String) throws(CatalogError) {
        try self.init(file: CatalogFile(name: name, bytes: bytes))
    }

    private init(file: CatalogFile) throws(CatalogError) {
        version = try file.root.text("version")
        var kinds: [Identifier: Kind] = [:]
        for entry in try file.root.list("kinds") {
            let kind = try Kind(entry)
            guard kinds.updateValue(kind, forKey: kind.name) == nil else {
                throw CatalogError(.duplicate(kind.name.text), file: file.name, path: entry.path)
            }
        }
        byName = kinds
    }

    private init(version: String, byName: [Identifier: Kind]) {
        self.version = version
        self.byName = byName
    }

    /// A catalogue of these kinds alone.
    package init(version: String, _ kinds: [Kind]) throws(CatalogError) {
        self = try KindCatalog(version: version, byName: [:]).merging(kinds)
    }

    /// With an organisation's kinds added. A name that is taken is an error: redefining a kind would change what
    /// sealed evidence means.
    package func merging(_ own: [Kind]) throws(CatalogError) -> KindCatalog {
        var all = byName
        for kind in own {
            guard all.updateValue(kind, forKey: kind.name) == nil else {
                throw CatalogError(.duplicate(kind.name.text), file: "kinds of the organisation")
            }
        }
        return KindCatalog(version: version, byName: all)
    }

    /// The same kinds, their fields also marked as personal or protected where kinds of their names mark them so.
    package func marked(as others: [Kind]) -> KindCatalog {
        let marks = Dictionary(grouping: others, by: \.name)
        return KindCatalog(
            version: version,
            byName: byName.mapValues { kind in marks[kind.name].map { kind.marked(as: $0) } ?? kind })
    }

    package func kind(_ name: Identifier) -> Kind? {
        byName[name]
    }

    /// All kinds by name, in byte order.
    package var kinds: [Kind] {
        byName.values.sorted { $0.name < $1.name }
    }
}

extension Kind {
    fileprivate func marked(as others: [Kind]) -> Kind {
        let marks = Dictionary(grouping: others.flatMap(\.fields)) { Identifier($0.name) }
        return Kind(
            name: name, title: title, mode: mode,
            fields: fields.map { $0.marked(as: marks[Identifier($0.name)] ?? []) }, knownBy: knownBy,
            filledBy: filledBy)
    }

    fileprivate init(_ entry: CatalogFile.Entry) throws(CatalogError) {
        var fields: [Field] = []
        for element in try entry.list("fields") {
            let field = try Field(element)
            if fields.contains(where: { $0.name.utf8.elementsEqual(field.name.utf8) }) {
                throw CatalogError(.duplicate(field.name), file: element.file, path: element.path)
            }
            fields.append(field)
        }
        self.init(
            name: Identifier(try entry.text("kind")), title: try entry.text("title"),
            mode: try entry.word("mode", as: Kind.Mode.self), fields: fields,
            knownBy: try entry.texts("knownBy") ?? [], filledBy: try entry.texts("filledBy") ?? [])
    }
}

extension Field {
    fileprivate func marked(as others: [Field]) -> Field {
        Field(
            name: name, type: type, isRequired: isRequired,
            isPersonal: isPersonal || others.contains { $0.isPersonal },
            isPHI: isPHI || others.contains { $0.isPHI }, meaning: meaning, filledBy: filledBy)
    }

    fileprivate init(_ entry: CatalogFile.Entry) throws(CatalogError) {
        let written = try entry.text("type")
        guard let type = FieldType(written) else {
            throw CatalogError(
                .unknownWord(
                    written, expected: "string, bool, int, decimal, timestamp, duration or list(string)"),
                file: entry.file, path: entry.below("type"))
        }
        self.init(
            name: try entry.text("name"), type: type, isRequired: try entry.flag("required"),
            isPersonal: try entry.flag("personal"), isPHI: try entry.flag("phi"),
            meaning: try entry.optionalText("meaning"), filledBy: try entry.texts("filledBy"))
    }
}
