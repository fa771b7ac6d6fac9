package import Formats

/// The reference page of all kinds, made from the catalogue so that it cannot drift from it (docs/kinds.md).
package struct KindReference {
    private let catalog: KindCatalog

    package init(_ catalog: KindCatalog) {
        self.catalog = catalog
    }

    /// Markdown, ending in a line feed.
    package var markdown: String {
        var lines = [
            "# Kinds of evidence", "",
            "Version `\(catalog.version)`: \(catalog.kinds.count) kinds that belong to no vendor. This page is what",
            "`assay kinds --format markdown` prints. Types, native JSON Lines and personal fields are explained in",
            "[evidence.md](evidence.md).", "",
            "**Bold** fields are required. `◊` marks a field about a person, `⚕` protected health information. *Filled by*",
            "names the importers and connectors of this program; native JSON Lines can fill every kind, and where nothing",
            "else is named they are the only way in so far.", "",
        ]
        for kind in catalog.kinds { lines += section(kind) }
        while lines.last == "" { lines.removeLast() }
        return lines.joined(separator: "\n") + "\n"
    }

    private func section(_ kind: Kind) -> [String] {
        let mode = kind.mode == .state ? "state" : "event"
        let known = kind.knownBy.isEmpty ? "" : " Known by: \(kind.knownBy.joined(separator: ", "))."
        return [
            "## \(kind.name)", "",
            "\(kind.title) (\(mode)).\(known) Filled by: \(Self.fillers(kind.filledBy)).", "",
            "| field | type | meaning |", "|---|---|---|",
        ] + kind.fields.map { row($0, of: kind) } + [""]
    }

    private func row(_ field: Field, of kind: Kind) -> String {
        let name = field.isRequired ? "**`\(field.name)`**" : "`\(field.name)`"
        let marks = (field.isPersonal ? " ◊" : "") + (field.isPHI ? " ⚕" : "")
        return "| \(name)\(marks) | \(field.type) | \(Self.meaning(field, of: kind)) |"
    }

    /// What a field means, and what fills it where that is not what fills its kind.
    package static func meaning(_ field: Field, of kind: Kind) -> String {
        guard let own = field.filledBy, own != kind.filledBy else { return field.meaning }
        return "\(field.meaning) (filled by: \(fillers(own)))"
    }

    /// The importers and connectors in words.
    package static func fillers(_ names: [String]) -> String {
        names.isEmpty ? "native JSON Lines only" : names.joined(separator: ", ")
    }

    /// One kind, or all of them, for programs.
    package static func json(_ kind: Kind) -> JSON {
        .object([
            ("kind", .string(kind.name.text)), ("title", .string(kind.title)),
            ("mode", .string(kind.mode.rawValue)), ("knownBy", .array(kind.knownBy.map(JSON.string))),
            ("filledBy", .array(kind.filledBy.map(JSON.string))),
            (
                "fields",
                .array(
                    kind.fields.map { field in
                        .object([
                            ("name", .string(field.name)), ("type", .string(field.type.description)),
                            ("required", .bool(field.isRequired)), ("personal", .bool(field.isPersonal)),
                            ("phi", .bool(field.isPHI)), ("meaning", .string(field.meaning)),
                            (
                                "filledBy",
                                .array((field.filledBy ?? kind.filledBy).map(JSON.string))
                            ),
                        ])
                    })
            ),
        ])
    }
}
