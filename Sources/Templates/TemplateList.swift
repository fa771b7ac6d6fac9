package import Catalog
import Formats

/// A program to start from, for one line of business.
package struct Template: Sendable, Hashable {
    /// Such as `healthcare-saas`.
    package let name: String
    package let title: String
    let system: String
    let systemTitle: String
    let description: String
    let modules: [String]

    /// All that come with the program.
    package static let all: [Template] = TemplateList.entries("templates").map { entry in
        Template(
            name: entry.text("name"), title: entry.text("title"), system: entry.text("system"),
            systemTitle: entry.text("systemTitle"), description: entry.text("description"),
            modules: entry.texts("modules"))
    }
}

/// What the organisation is under HIPAA; some duties hang on it.
package struct OrganizationRole: Sendable, Hashable {
    /// `covered-entity`, `business-associate` or `subcontractor`.
    package let name: String
    package let title: String
    let modules: [String]

    package static let all: [OrganizationRole] = TemplateList.entries("roles").map { entry in
        OrganizationRole(
            name: entry.text("name"), title: entry.text("title"), modules: entry.texts("modules"))
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

    package static let all: [CategoryQuestion] = {
        let defaults = TemplateList.root.texts("defaults")
        return TemplateList.entries("questions").compactMap { entry in
            Category(rawValue: entry.text("category")).map { category in
                CategoryQuestion(
                    category: category, ask: entry.text("ask"),
                    isDefault: defaults.contains(category.rawValue), modules: entry.texts("modules"),
                    prefix: entry.text("prefix"))
            }
        }
    }()

    func owns(_ criterion: String) -> Bool {
        // P1.1 is Privacy, PI1.1 is not.
        criterion.hasPrefix(prefix)
            && criterion.dropFirst(prefix.count).allSatisfy { $0.isNumber || $0 == "." }
    }
}

/// The list of templates, roles and questions, read leniently: tests hold the file to its form.
enum TemplateList {
    static let root: JSON = (try? JSON(parsing: TemplateAsset.list.bytes)) ?? .null

    static func entries(_ name: String) -> [JSON] {
        root[name]?.array ?? []
    }
}

extension JSON {
    fileprivate func text(_ name: String) -> String { self[name]?.string ?? "" }
    fileprivate func texts(_ name: String) -> [String] { self[name]?.array?.compactMap(\.string) ?? [] }
}
