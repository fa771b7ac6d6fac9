package import Formats

/// Which requirement of one framework is related to which of another. One table holds every relation once; both
/// directions are read from it.
///
/// A relation lets evidence be used again. It never makes one requirement met by the conclusion about another.
package struct Crosswalk: Sendable, Hashable {
    /// How much of one requirement the other covers.
    package enum Strength: String, Sendable, Hashable {
        case direct, partial
    }

    /// One end of a relation, seen from the other.
    package struct Link: Sendable, Hashable {
        package let id: Identifier
        package let strength: Strength
    }

    package let edition: Edition
    /// The ids of the criteria that have relations, in the order of the standard.
    package let criteria: [Identifier]
    private let links: [Identifier: [Link]]

    /// The relations that come with the program.
    package static func builtin() throws(CatalogError) -> Crosswalk {
        try Crosswalk(file: CatalogFile(named: "crosswalk.json"))
    }

    /// Reads a table in the form of the program's own: `{"id":"CC6.2","to":["164.312(a)(2)(i)","PR.AA-01~"]}`.
    package init(parsing bytes: [UInt8], name: String) throws(CatalogError) {
        try self.init(file: CatalogFile(name: name, bytes: bytes))
    }

    private init(file: CatalogFile) throws(CatalogError) {
        edition = try Edition(file.root)
        var criteria: [Identifier] = []
        var links: [Identifier: [Link]] = [:]
        for entry in try file.root.list("relations") {
            let from = Identifier(try entry.text("id"))
            criteria.append(from)
            guard let to = entry.value["to"]?.array else {
                throw CatalogError(
                    .wrongShape(expected: "a list"), file: file.name, path: entry.below("to"))
            }
            for (index, element) in to.enumerated() {
                guard let text = element.string, !text.isEmpty else {
                    throw CatalogError(
                        .wrongShape(expected: "an id"), file: file.name, path: entry.below("to[\(index)]"))
                }
                let isPartial = text.hasSuffix("~")
                let id = Identifier(isPartial ? String(text.dropLast()) : text)
                let strength: Strength = isPartial ? .partial : .direct
                guard links[from]?.contains(where: { $0.id == id }) != true else {
                    throw CatalogError(.duplicate(text), file: file.name, path: entry.below("to[\(index)]"))
                }
                links[from, default: []].append(Link(id: id, strength: strength))
                links[id, default: []].append(Link(id: from, strength: strength))
            }
        }
        self.criteria = criteria
        self.links = links
    }

    /// What an id is related to, in the order of the table.
    package func links(from id: Identifier) -> [Link] {
        links[id] ?? []
    }

    /// All ids that have a relation, in byte order.
    package var ids: [Identifier] { links.keys.sorted() }
}
