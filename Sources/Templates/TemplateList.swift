package import Catalog

/// A program to start from, for one line of business.
package struct Template: Sendable, Hashable {
    /// Such as `healthcare-saas`.
    package let name: String
    package let title: String
    let system: String
    let systemTitle: String
    let description: String
    let modules: [String]

    fileprivate init(_ entry: CatalogFile.Entry) throws(CatalogError) {
        name = try entry.text("name")
        title = try entry.text("title")
        system = try entry.text("system")
        systemTitle = try entry.text("systemTitle")
        description = try entry.text("description")
        modules = try entry.texts("modules") ?? []
    }
}

/// What the organisation is under HIPAA; some duties hang on it.
package struct OrganizationRole: Sendable, Hashable {
    /// `covered-entity`, `business-associate` or `subcontractor`.
    package let name: String
    package let title: String
    let modules: [String]

    fileprivate init(_ entry: CatalogFile.Entry) throws(CatalogError) {
        name = try entry.text("name")
        title = try entry.text("title")
        modules = try entry.texts("modules") ?? []
    }
}

/// A category that may be examined besides Security, with what decides whether it should be.
package struct CategoryQuestion: Sendable, Hashable {
    package let category: Category
    /// What to ask; yes means that it belongs into the scope.
    package let ask: String
    /// In scope unless somebody says otherwise.
    package let isDefault: Bool
    let modules: [String]
    /// How the ids of its criteria begin.
    let prefix: String

    fileprivate init(_ entry: CatalogFile.Entry, defaults: [String]) throws(CatalogError) {
        category = try entry.word("category", as: Category.self)
        ask = try entry.text("ask")
        isDefault = defaults.contains(category.rawValue)
        modules = try entry.texts("modules") ?? []
        prefix = try entry.text("prefix")
    }

    func owns(_ criterion: String) -> Bool {
        // P1.1 is Privacy, PI1.1 is not.
        criterion.hasPrefix(prefix)
            && criterion.dropFirst(prefix.count).allSatisfy { $0.isNumber || $0 == "." }
    }
}

/// What there is to choose from.
package struct TemplateList: Sendable {
    package let templates: [Template]
    package let roles: [OrganizationRole]
    package let questions: [CategoryQuestion]

    /// The list that comes with the program.
    package static func builtin() throws(CatalogError) -> TemplateList {
        try TemplateList(CatalogFile(named: TemplateAsset.list.rawValue))
    }

    init(_ file: CatalogFile) throws(CatalogError) {
        var templates: [Template] = []
        for entry in try file.root.list("templates") { templates.append(try Template(entry)) }
        var roles: [OrganizationRole] = []
        for entry in try file.root.list("roles") { roles.append(try OrganizationRole(entry)) }
        let defaults = try file.root.texts("defaults") ?? []
        var questions: [CategoryQuestion] = []
        for entry in try file.root.list("questions") {
            questions.append(try CategoryQuestion(entry, defaults: defaults))
        }
        (self.templates, self.roles, self.questions) = (templates, roles, questions)
    }
}
