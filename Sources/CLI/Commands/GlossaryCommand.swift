import ArgumentParser
import Catalog
import Formats
import PackageCommands

/// `assay glossary [TERM]`
struct GlossaryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "glossary",
        abstract: "Explain a term of SOC 2, of HIPAA or of Assay in plain words.",
        discussion: "Without a term, lists all. What is no term is looked for in names and explanations.")

    @Argument(help: "A term such as BAA, \"type 2\" or population.")
    var words: [String] = []

    @OptionGroup var output: FormatOptions

    func run() throws {
        let glossary = try Glossary.builtin()
        let wanted = words.joined(separator: " ")
        let found = glossary.term(wanted).map { [$0] } ?? glossary.search(wanted)
        guard !found.isEmpty else {
            throw ValidationError(
                "the glossary does not know \"\(wanted)\"; \"assay glossary\" lists all terms")
        }
        switch output.format {
        case .table where words.isEmpty:
            for term in found { Console.print(term.heading) }
            Console.print("\(found.count) terms; \"assay glossary TERM\" explains one")
        case .table:
            for term in found {
                Console.print(term.heading)
                Console.print(Wrapped.lines(term.meaning, indent: 2))
                if !term.related.isEmpty {
                    Console.print(
                        Wrapped.lines("See also: " + term.related.joined(separator: ", "), indent: 2))
                }
            }
        case .json:
            try Console.print(.object([("terms", .array(found.map(\.json)))]))
        }
    }
}

extension GlossaryTerm {
    fileprivate var heading: String {
        aliases.isEmpty ? term : "\(term) (\(aliases.joined(separator: ", ")))"
    }

    fileprivate var json: JSON {
        .object([
            ("term", .string(term)), ("aliases", .array(aliases.map { .string($0) })),
            ("meaning", .string(meaning)), ("related", .array(related.map { .string($0) })),
        ])
    }
}
