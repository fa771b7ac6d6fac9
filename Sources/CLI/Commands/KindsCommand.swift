import ArgumentParser
import Catalog
import Formats
import PackageCommands
import Programs
import Reports

/// `assay kinds [KIND]`
struct KindsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kinds",
        abstract: "List the kinds of evidence, or the fields of one.",
        discussion: """
            A kind says what a record of evidence may state, whichever tool it comes from. These come with the \
            program; kinds of your own are documents of your program. What fills a kind fills each of its fields, but \
            where a field names what fills it.
            """)

    @Argument(help: "A kind, such as idp.account, or the beginning of several, such as idp.")
    var kind: String?

    @Option(help: "How to print: table, json or markdown.")
    var format: Format = .table

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table, json, markdown
    }

    func run() throws {
        let catalog = try KindCatalog.builtin()
        if let kind, let found = catalog.kind(Identifier(kind)) {
            switch format {
            case .table: for line in Self.table(found) { Console.print(line) }
            case .json: try Console.print(KindReference.json(found))
            case .markdown: throw ValidationError("--format markdown prints all kinds; leave out \(kind)")
            }
            return
        }
        let chosen = catalog.kinds.filter { $0.name.text.hasPrefix(kind ?? "") }
        guard !chosen.isEmpty else {
            let advice = Self.advice(for: kind ?? "", among: catalog.kinds.map(\.name.text))
            throw ValidationError("there is no kind \"\(kind ?? "")\"; \(advice)")
        }
        switch format {
        case .table: for line in Self.list(chosen) { Console.print(line) }
        case .json:
            try Console.print(
                .object([
                    ("version", .string(catalog.version)), ("kinds", .array(chosen.map(KindReference.json))),
                ]))
        case .markdown:
            guard kind == nil else { throw ValidationError("--format markdown prints all kinds") }
            Console.print(String(KindReference(catalog).markdown.dropLast()))
        }
    }

    /// The kind that was meant, else those that begin alike.
    private static func advice(for name: String, among kinds: [String]) -> String {
        let near = Spelling.advice(for: name, among: kinds)
        if !near.isEmpty { return near }
        let family = name.prefix { $0 != "." }
        let kin = kinds.filter { $0.hasPrefix("\(family).") }.prefix(8)
        return kin.isEmpty
            ? "assay kinds lists them"
            : "of that name there are \(kin.joined(separator: ", ")); assay kinds \(family). lists them"
    }

    private static func list(_ kinds: [Kind]) -> [String] {
        var table = Columns(["kind", "mode", "what", "fields", "filled by"], whole: [0])
        for kind in kinds {
            table.add([
                kind.name.text, kind.mode.rawValue, kind.title, String(kind.fields.count),
                kind.filledBy.isEmpty ? "-" : kind.filledBy.joined(separator: ", "),
            ])
        }
        return table.lines + [
            "", "Native JSON Lines can fill every kind. The fields of one: assay kinds KIND",
        ]
    }

    private static func table(_ kind: Kind) -> [String] {
        var table = Columns(["field", "type", "", "meaning"], whole: [0, 1, 2])
        for field in kind.fields {
            let marks = [
                field.isRequired ? "required" : "", field.isPersonal ? "personal" : "",
                field.isPHI ? "PHI" : "",
            ]
            let meaning = KindReference.meaning(field, of: kind).wrapped(indent: 0, width: 50)
            table.add([
                field.name, field.type.description, marks.filter { !$0.isEmpty }.joined(separator: ", "),
                meaning[0],
            ])
            for line in meaning.dropFirst() { table.add(["", "", "", line]) }
        }
        return [
            "\(kind.name): \(kind.title) (\(kind.mode.rawValue))",
            "known by   \(kind.knownBy.joined(separator: ", "))",
            "filled by  \(KindReference.fillers(kind.filledBy))", "",
        ] + table.lines
    }
}
