import ArgumentParser
import Catalog
import Formats
import Foundation
import PackageCommands
import Workspaces

/// `assay catalog …`
struct CatalogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "catalog",
        abstract:
            "Look up criteria, HIPAA standards and specifications, and what they have to do with each other.",
        discussion: """
            Texts are our own paraphrases; law is cited. With "catalog import" an organization that may use a \
            publisher's wording brings it along: it is then shown instead, in this workspace only.
            """,
        subcommands: [
            CatalogListCommand.self, CatalogShowCommand.self, CatalogCrosswalkCommand.self,
            CatalogPresetsCommand.self, CatalogVersionsCommand.self, CatalogImportCommand.self,
            CatalogMapCommand.self,
        ])
}

extension Framework: ExpressibleByArgument {}

/// `assay catalog list`
struct CatalogListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List requirements, of one framework or of all.")

    @Option(help: "tsc, hipaa, csf, hitrust or laws; else all.")
    var framework: Framework?

    @OptionGroup var workspace: WorkspaceOptions
    @OptionGroup var output: FormatOptions

    func run() throws {
        let library = try Library.builtin(official: workspace.officialTexts())
        let items = framework.map { library.items(of: $0) } ?? library.items
        switch output.format {
        case .table:
            for item in items { Console.print(item.line) }
            Console.print("\(items.count) requirements")
        case .json: try Console.print(.object([("items", .array(items.map(\.json)))]))
        }
    }
}

/// `assay catalog show ID`
struct CatalogShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one requirement and what it is related to.")

    @Argument(help: "A criterion (CC6.2), a citation (\"164.308(a)(3)(ii)(C)\"), a subcategory (PR.AA-05).")
    var id: Identifier

    @OptionGroup var workspace: WorkspaceOptions
    @OptionGroup var output: FormatOptions

    func run() throws {
        let library = try Library.builtin(official: workspace.officialTexts())
        let item = try library.expect(id)
        let links = library.links(from: item)
        switch output.format {
        case .table:
            Console.print("\(item.id)  \(item.title)")
            Console.print(Wrapped.lines(item.text, indent: 2))
            Console.print("  wording: \(item.isOfficial ? "of the publisher, imported here" : "paraphrase")")
            for fact in item.facts { Console.print(Wrapped.lines("\(fact.name): \(fact.value)", indent: 2)) }
            if !links.isEmpty { Console.print("Related (~ in part):") }
            for link in links { Console.print(library.line(link)) }
        case .json:
            try Console.print(
                .object(item.members + [("related", .array(links.map { library.json($0) }))]))
        }
    }
}

/// `assay catalog crosswalk [ID]`
struct CatalogCrosswalkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "crosswalk",
        abstract: "Print relations between frameworks, from one table read both ways.",
        discussion: """
            A relation lets evidence be used again; it never makes one requirement met by the conclusion about \
            another. Without an id, all criteria; with --by, the other end.
            """)

    @Argument(help: "A requirement of any framework; else all.")
    var id: Identifier?

    @Option(name: .customLong("by"), help: "Without an id: list by the requirements of this framework.")
    var framework: Framework = .tsc

    @OptionGroup var output: FormatOptions

    func run() throws {
        let library = try Library.builtin()
        let items = try id.map { [try library.expect($0)] } ?? library.items(of: framework)
        switch output.format {
        case .table:
            for item in items {
                let links = library.links(from: item)
                let ends = links.map { $0.id.text + ($0.strength == .partial ? "~" : "") }
                let head = item.id.text.padding(
                    toLength: max(22, item.id.text.count), withPad: " ", startingAt: 0)
                let text = ends.isEmpty ? "no counterpart" : ends.joined(separator: " ")
                Console.print(Wrapped.lines(text, first: head + "  ", indent: 24))
            }
            let edition = library.crosswalk.edition
            Console.print(Wrapped.lines("\(edition.version), ~ in part: \(edition.source)", indent: 0))
        case .json:
            let rows = items.map { item in
                JSON.object([
                    ("id", .string(item.id.text)),
                    ("related", .array(library.links(from: item).map { library.json($0) })),
                ])
            }
            try Console.print(
                .object([("edition", library.crosswalk.edition.json), ("relations", .array(rows))]))
        }
    }
}

/// `assay catalog presets`
struct CatalogPresetsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "presets",
        abstract: "List presets of parameters; a preset is a choice, never an obligation.")

    @OptionGroup var output: FormatOptions

    func run() throws {
        let presets = try ParameterPreset.builtin()
        switch output.format {
        case .table:
            for preset in presets {
                Console.print("\(preset.id)  \(preset.title)")
                Console.print(
                    Wrapped.lines(
                        "\(preset.notice) Source: \(preset.source); status checked \(preset.checked).",
                        indent: 2))
                for value in preset.values {
                    let control = value.control.text.padding(toLength: 8, withPad: " ", startingAt: 0)
                    let limit = value.limit.description.padding(toLength: 6, withPad: " ", startingAt: 0)
                    Console.print("  \(control)\(limit)\(value.matter)")
                }
            }
        case .json:
            try Console.print(.object([("presets", .array(presets.map(\.json)))]))
        }
    }
}

/// `assay catalog versions`
struct CatalogVersionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "versions", abstract: "Say which editions the catalogues are, with their dates.")

    @OptionGroup var output: FormatOptions

    func run() throws {
        let editions = try Library.builtin().editions
        switch output.format {
        case .table:
            for edition in editions {
                Console.print("\(edition.version)  \(edition.title), \(edition.publisher), \(edition.date)")
                Console.print(Wrapped.lines(edition.source, indent: 2))
            }
        case .json: try Console.print(.object([("editions", .array(editions.map(\.json)))]))
        }
    }
}

/// `assay catalog import FILE`
struct CatalogImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract:
            "Bring along a publisher's wording that you may use: an OSCAL catalog (JSON) or CSV (id,text,title).",
        discussion: """
            The texts are shown in place of our paraphrases, in this workspace only. They lie in its folder "texts", \
            which version control passes over, and are part of no log entry, export or package.
            """)

    @Argument(help: "The file; its ending .json means OSCAL, every other CSV.", completion: .file())
    var file: String

    @OptionGroup var workspace: WorkspaceOptions
    @OptionGroup var output: FormatOptions

    func run() throws {
        let texts = try OfficialTextFile.read(file)
        let library = try Library.builtin()
        var known = OfficialTexts()
        for id in texts.ids {
            if let item = library.item(id), let entry = texts[id] { known.set(item.id, entry) }
        }
        let unknown = texts.ids.filter { library.item($0) == nil }
        if !known.isEmpty { try OfficialTextStore(workspace: workspace.path).add(known) }
        switch output.format {
        case .table:
            Console.print("\(known.ids.count) texts are now shown in \(workspace.path)")
            if !unknown.isEmpty {
                let some = unknown.prefix(5).map(\.text).joined(separator: ", ")
                Console.print(
                    "\(unknown.count) set aside: no requirement of the catalogue has these ids (\(some)\(unknown.count > 5 ? ", …" : ""))"
                )
            }
        case .json:
            try Console.print(
                .object([
                    ("imported", .integer(Int64(known.ids.count))),
                    ("set_aside", .array(unknown.map { .string($0.text) })),
                ]))
        }
        if known.isEmpty { throw ExitStatus.findings }
    }
}

extension WorkspaceOptions {
    /// The publishers' texts of the workspace; none when there is no workspace.
    func officialTexts() throws -> OfficialTexts {
        try OfficialTextStore(workspace: path).load()
    }
}

extension Library {
    func expect(_ id: Identifier) throws -> CatalogItem {
        if let item = item(id) { return item }
        let near = items.filter { $0.id.text.hasPrefix(id.text) }.prefix(8).map(\.id.text)
        let advice =
            near.isEmpty ? "\"assay catalog list\" lists all" : "there are \(near.joined(separator: ", "))"
        throw ValidationError("the catalogue has no requirement \"\(id)\"; \(advice)")
    }

    fileprivate func line(_ link: Crosswalk.Link) -> String {
        let head = link.id.text + (link.strength == .partial ? "~" : "")
        let text = item(link.id).map { $0.framework == .tsc ? $0.text : "\($0.title): \($0.text)" } ?? ""
        return Wrapped.lines(
            text,
            first: "  " + head.padding(toLength: max(22, head.count), withPad: " ", startingAt: 0) + " ",
            indent: 25)
    }

    fileprivate func json(_ link: Crosswalk.Link) -> JSON {
        .object([
            ("id", .string(link.id.text)), ("framework", .string(item(link.id)?.framework.rawValue ?? "")),
            ("strength", .string(link.strength.rawValue)),
        ])
    }
}

extension CatalogItem {
    /// `CC6.2                   Users are registered …`, cut at 100 columns.
    fileprivate var line: String {
        let head = id.text.padding(toLength: max(22, id.text.count), withPad: " ", startingAt: 0) + " "
        let words = framework == .tsc ? text : "\(title): \(text)"
        let line = head + words
        return line.count <= 100 ? line : line.prefix(99) + "…"
    }

    fileprivate var members: [(String, JSON)] {
        [
            ("id", .string(id.text)), ("framework", .string(framework.rawValue)), ("group", .string(group)),
            ("title", .string(title)), ("text", .string(text)),
            ("wording", .string(isOfficial ? "official" : "paraphrase")),
        ] + facts.map { ($0.name.replacing(" ", with: "_").lowercased(), .string($0.value)) }
    }

    fileprivate var json: JSON { .object(members) }
}

extension Edition {
    fileprivate var json: JSON {
        .object([
            ("version", .string(version)), ("title", .string(title)), ("publisher", .string(publisher)),
            ("date", .string(date)), ("source", .string(source)), ("wording", .string(wording)),
        ])
    }
}

extension ParameterPreset {
    /// What the values are worth.
    fileprivate var notice: String {
        switch status {
        case .practice: "Usual practice, not law."
        case .proposed: "A proposed rule: not in force, and no obligation."
        }
    }

    fileprivate var json: JSON {
        .object([
            ("id", .string(id.text)), ("title", .string(title)), ("status", .string(status.rawValue)),
            ("obligation", .bool(false)), ("source", .string(source)), ("date", .string(date)),
            ("checked", .string(checked)),
            (
                "values",
                .array(
                    values.map {
                        .object([
                            ("control", .string($0.control.text)), ("matter", .string($0.matter)),
                            ("limit", .string($0.limit.description)),
                        ])
                    })
            ),
        ])
    }
}

/// Text broken into lines of at most 100 columns.
enum Wrapped {
    /// - Parameters:
    ///   - first: what stands before the text on the first line; else the indent.
    ///   - indent: blanks before every other line.
    static func lines(_ text: String, first: String? = nil, indent: Int) -> String {
        let blank = String(repeating: " ", count: indent)
        var lines: [String] = []
        var line = first ?? blank
        var isEmpty = true
        for word in text.split(whereSeparator: \.isWhitespace) {
            if !isEmpty, line.count + 1 + word.count > 100 {
                lines.append(line)
                (line, isEmpty) = (blank, true)
            }
            line += (isEmpty ? "" : " ") + word
            isEmpty = false
        }
        return (lines + [line]).joined(separator: "\n")
    }
}
