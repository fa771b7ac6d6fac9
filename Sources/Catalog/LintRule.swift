package import Formats

/// A rule that programs are checked against.
package struct LintRule: Sendable, Hashable {
    /// Stable: it is printed with each finding and named in suppressions.
    package let id: Identifier
    /// `error`, `warning` or `note`, as SARIF calls them.
    package let level: String
    /// The heading under which the documentation lists it.
    package let group: String
    /// What it finds.
    package let title: String
    /// Why that matters.
    package let why: String
    /// What to do about it.
    package let fix: String
}

/// All rules, in the order of their documentation.
package struct RuleCatalog: Sendable, Hashable {
    package let rules: [LintRule]
    private let positions: [Identifier: Int]

    /// The rules that come with the program.
    package static func builtin() throws(CatalogError) -> RuleCatalog {
        let file = try CatalogFile(named: "rules.json")
        var rules: [LintRule] = []
        for entry in try file.root.list("rules") {
            rules.append(
                LintRule(
                    id: Identifier(try entry.text("id")), level: try entry.text("level"),
                    group: try entry.text("group"), title: try entry.text("title"),
                    why: try entry.text("why"),
                    fix: try entry.text("fix")))
        }
        let positions = Dictionary(
            rules.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        return RuleCatalog(rules: rules, positions: positions)
    }

    package func rule(_ id: Identifier) -> LintRule? {
        position(id).map { rules[$0] }
    }

    /// Where a rule stands in `rules`.
    package func position(_ id: Identifier) -> Int? {
        positions[id]
    }
}
