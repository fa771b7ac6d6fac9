import Formats

/// A word of the trade, or one of Assay's own, in plain language.
package struct GlossaryTerm: Sendable, Hashable {
    package let term: String
    /// Other ways of saying it.
    package let aliases: [String]
    package let meaning: String
    /// Terms to read next.
    package let related: [String]
}

/// The glossary that comes with the program.
package struct Glossary: Sendable, Hashable {
    package let edition: Edition
    /// In alphabetical order.
    package let terms: [GlossaryTerm]

    /// The terms that come with the program.
    package static func builtin() throws(CatalogError) -> Glossary {
        let file = try CatalogFile(named: "glossary.json")
        var terms: [GlossaryTerm] = []
        for entry in try file.root.list("terms") {
            terms.append(
                GlossaryTerm(
                    term: try entry.text("term"), aliases: try entry.texts("aliases") ?? [],
                    meaning: try entry.text("meaning"), related: try entry.texts("related") ?? []))
        }
        return Glossary(edition: try Edition(file.root), terms: terms)
    }

    /// The term with this name or alias, whatever its capitals.
    package func term(_ name: String) -> GlossaryTerm? {
        let wanted = Identifier(name.lowercased())
        return terms.first { term in
            ([term.term] + term.aliases).contains { Identifier($0.lowercased()) == wanted }
        }
    }

    /// Terms in whose name, aliases or meaning the words occur.
    package func search(_ words: String) -> [GlossaryTerm] {
        let wanted = words.lowercased()
        return terms.filter { term in
            ([term.term, term.meaning] + term.aliases).contains { $0.lowercased().contains(wanted) }
        }
    }
}
