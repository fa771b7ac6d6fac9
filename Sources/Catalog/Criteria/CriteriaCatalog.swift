package import Formats

/// The trust services criteria (TSP section 100, 2017, points of focus revised 2022).
package struct CriteriaCatalog: Sendable, Hashable {
    package var version: String { edition.version }
    /// Which edition this is, and from when.
    package let edition: Edition
    /// Titles of the 17 principles of COSO 2013, the first at 0, in our words.
    package let principles: [String]
    /// In the order of the standard: common criteria, then availability, confidentiality, processing integrity, privacy.
    package let criteria: [Criterion]
    private let byID: [Identifier: Int]

    /// The criteria that come with the program.
    package static func builtin() throws(CatalogError) -> CriteriaCatalog {
        try CriteriaCatalog(file: CatalogFile(named: "criteria.json"))
    }

    /// Reads a catalogue in the form of the program's own.
    package init(parsing bytes: [UInt8], name: String) throws(CatalogError) {
        try self.init(file: CatalogFile(name: name, bytes: bytes))
    }

    private init(file: CatalogFile) throws(CatalogError) {
        edition = try Edition(file.root)
        var principles: [String] = []
        for entry in try file.root.list("principles") { principles.append(try entry.text("title")) }
        self.principles = principles
        var groups: [Identifier: (title: String, category: Category)] = [:]
        for entry in try file.root.list("groups") {
            groups[Identifier(try entry.text("id"))] = (
                try entry.text("title"), try entry.word("category", as: Category.self)
            )
        }
        var criteria: [Criterion] = []
        var byID: [Identifier: Int] = [:]
        for entry in try file.root.list("criteria") {
            let id = try entry.text("id")
            guard let group = groups[Identifier(String(id.prefix { $0 != "." }))] else {
                throw CatalogError(
                    .wrongShape(expected: "an id that begins with the id of a group"), file: file.name,
                    path: entry.below("id"))
            }
            guard byID.updateValue(criteria.count, forKey: Identifier(id)) == nil else {
                throw CatalogError(.duplicate(id), file: file.name, path: entry.path)
            }
            criteria.append(
                Criterion(
                    id: Identifier(id), category: group.category, group: group.title,
                    principle: try entry.whole("principle"), statement: try entry.text("statement"),
                    focus: try entry.optionalText("focus")))
        }
        self.criteria = criteria
        self.byID = byID
    }

    package func criterion(_ id: Identifier) -> Criterion? {
        byID[id].map { criteria[$0] }
    }

    /// The criteria of one category, in the order of the standard.
    package func criteria(in category: Category) -> [Criterion] {
        criteria.filter { $0.category == category }
    }
}
