package import Catalog

/// Which part of the full set of controls a program takes in: by line of business, role and categories.
package struct TemplateScope: Sendable {
    package let template: Template
    package let role: OrganizationRole
    /// Security is always among them, because no SOC 2 examination goes without it.
    package let categories: Set<Category>
    /// Of all categories, in scope or not.
    package let questions: [CategoryQuestion]

    package init(
        template: Template, role: OrganizationRole, categories: Set<Category>, questions: [CategoryQuestion]
    ) {
        self.template = template
        self.role = role
        self.questions = questions
        self.categories = categories.union([.security])
    }

    /// What one scope costs: how much there is to run and to show.
    package struct Extent: Sendable, Hashable {
        package let controls: Int
        package let tests: Int
        /// Criteria that the controls serve.
        package let criteria: Int
    }

    package var extent: Extent {
        let sections = controls
        let criteria = Set(sections.flatMap(\.criteria).filter(isInScope))
        return Extent(
            controls: sections.count, tests: sections.map(\.tests.count).reduce(0, +),
            criteria: criteria.count)
    }

    /// What a category adds to the rest of this scope.
    package func cost(of category: Category) -> Extent {
        let with = with(category).extent
        let without = without(category).extent
        return Extent(
            controls: with.controls - without.controls, tests: with.tests - without.tests,
            criteria: with.criteria - without.criteria)
    }

    package func with(_ category: Category) -> TemplateScope {
        TemplateScope(
            template: template, role: role, categories: categories.union([category]), questions: questions)
    }

    /// Security stays, whatever is asked.
    package func without(_ category: Category) -> TemplateScope {
        TemplateScope(
            template: template, role: role, categories: categories.subtracting([category]),
            questions: questions)
    }

    /// The questions of the categories in scope.
    private var chosen: [CategoryQuestion] {
        questions.filter { categories.contains($0.category) }
    }

    private var modules: Set<String> {
        Set(template.modules + role.modules + chosen.flatMap(\.modules))
    }

    var controls: [ControlSection] {
        let modules = modules
        return ControlSection.all.filter { section in
            section.modules.contains { modules.contains(String($0)) }
        }
    }

    var registers: [RegisterSection] {
        let modules = modules
        return RegisterSection.all.filter { section in
            section.modules.contains { modules.contains(String($0)) }
        }
    }

    /// Those that a control in scope is set up by.
    var standards: [StandardSection] {
        let used = Set(controls.compactMap(\.standard))
        return StandardSection.all.filter { used.contains($0.id) }
    }

    /// Whether a criterion belongs to one of the categories.
    func isInScope(_ criterion: String) -> Bool {
        criterion.hasPrefix("CC") || chosen.contains { $0.owns(criterion) }
    }
}
