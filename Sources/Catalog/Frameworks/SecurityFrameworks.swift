package import Formats

/// NIST Cybersecurity Framework 2.0: categories, and the ids of their subcategories.
package struct CSFCatalog: Sendable, Hashable {
    /// One of the 22 categories, such as PR.AA.
    package struct Category: Sendable, Hashable {
        package let id: Identifier
        /// Govern, Identify, Protect, Detect, Respond or Recover.
        package let function: String
        package let title: String
        package let subcategories: [Subcategory]
    }

    /// One of the 106 outcomes, such as PR.AA-05.
    package struct Subcategory: Sendable, Hashable {
        package let id: Identifier
        /// In our words.
        package let gist: String
    }

    package let edition: Edition
    package let categories: [Category]

    /// The framework that comes with the program.
    package static func builtin() throws(CatalogError) -> CSFCatalog {
        let file = try CatalogFile(named: "csf.json")
        var categories: [Category] = []
        for entry in try file.root.list("categories") {
            var subcategories: [Subcategory] = []
            for element in try entry.list("subcategories") {
                subcategories.append(
                    Subcategory(id: Identifier(try element.text("id")), gist: try element.text("gist")))
            }
            categories.append(
                Category(
                    id: Identifier(try entry.text("id")), function: try entry.text("function"),
                    title: try entry.text("title"), subcategories: subcategories))
        }
        return CSFCatalog(edition: try Edition(file.root), categories: categories)
    }
}

/// The 19 assessment domains of HITRUST, by name only: the framework's text is licensed.
package struct HITRUSTCatalog: Sendable, Hashable {
    /// One domain, by id and name.
    package struct Domain: Sendable, Hashable {
        package let id: Identifier
        package let title: String
    }

    package let edition: Edition
    package let domains: [Domain]

    /// The names that come with the program.
    package static func builtin() throws(CatalogError) -> HITRUSTCatalog {
        let file = try CatalogFile(named: "hitrust.json")
        var domains: [Domain] = []
        for entry in try file.root.list("domains") {
            domains.append(Domain(id: Identifier(try entry.text("id")), title: try entry.text("title")))
        }
        return HITRUSTCatalog(edition: try Edition(file.root), domains: domains)
    }
}
