package import Catalog
package import Examples
import Formats

/// The program that `assay init --template` writes.
package struct TemplateProgram: Sendable {
    private let scope: TemplateScope
    private let organization: String
    private let domain: String
    private let zone: String
    private let from: String
    private let to: String
    private let hipaa: HIPAACatalog

    /// - Parameters:
    ///   - organization: its name as people write it; the document's id is made from it.
    ///   - domain: its internet domain.
    ///   - zone: IANA id of the time zone in which days, weeks and quarters begin.
    ///   - from: the first moment of the period to look at.
    ///   - to: the end of that period; must be later.
    ///   - hipaa: whose addressable specifications are to be decided about.
    package init(
        scope: TemplateScope, organization: String, domain: String, zone: String, from: String, to: String,
        hipaa: HIPAACatalog
    ) {
        self.scope = scope
        self.organization = organization
        self.domain = domain
        self.zone = zone
        self.from = from
        self.to = to
        self.hipaa = hipaa
    }

    /// A rule that no test watches.
    package struct UntestedStatement: Sendable, Hashable {
        /// Id of the policy.
        package let policy: String
        /// Its number in the policy.
        package let number: Int
        package let text: String
    }

    /// All files, sorted by path.
    package var files: [ExampleFile] {
        let controls = scope.controls
        let families = Dictionary(grouping: controls, by: \.family).map { family, sections in
            let documents = sections.map { $0.text(servingOnly: scope.isInScope) }
            return ExampleFile("controls/\(family.lowercased()).yaml", documents.joined(separator: "\n---\n"))
        }
        let policies = policies.flatMap { section, statements in
            [
                ExampleFile("policies/\(section.id).md", section.policy(statements)),
                ExampleFile("procedures/\(section.id).md", section.procedure),
            ]
        }
        let rest = [
            ExampleFile("organization.yaml", head), ExampleFile("sources.yaml", sources(of: controls)),
            ExampleFile("README.md", readme),
        ]
        return (families + policies + standards + registers(of: controls) + rest).sorted {
            Identifier($0.path) < Identifier($1.path)
        }
    }

    private var standards: [ExampleFile] {
        scope.standards.map { ExampleFile("standards/\($0.id).md", $0.document) }
    }

    private func registers(of controls: [ControlSection]) -> [ExampleFile] {
        let ids = Set(controls.map(\.id))
        let registers = Dictionary(grouping: scope.registers, by: \.register).map { register, sections in
            let documents = sections.map { $0.text(serving: scope.isInScope, controls: ids) }
            return ExampleFile("registers/\(register).yaml", documents.joined(separator: "\n---\n"))
        }
        let decisions = DecisionDrafts(controls: controls, hipaa: hipaa).text
        return registers + [ExampleFile("registers/decisions.yaml", decisions)]
    }

    private var policies: [(section: PolicySection, statements: [PolicySection.Statement])] {
        let tests = Set(scope.controls.flatMap(\.tests))
        return PolicySection.all.compactMap { section in
            section.narrowed(to: tests).map { (section, $0) }
        }
    }

    package var untested: [UntestedStatement] {
        policies.flatMap { section, statements in
            statements.enumerated().filter { $0.element.tests.isEmpty }.map { index, statement in
                UntestedStatement(policy: section.id, number: index + 1, text: statement.text)
            }
        }
    }

    private var head: String {
        let template = scope.template
        let categories = scope.questions.map(\.category).filter(scope.categories.contains).map(\.rawValue)
        return """
            # Who you are. The first key of a document says what it is, its value is the id that others refer to.
            # Role under HIPAA: \(scope.role.title).
            organization: \(StarterProgram.id(organization))
            name: \(StarterProgram.quoted(organization))
            domain: \(StarterProgram.quoted(domain))
            zone: \(zone)
            ---
            # What is examined.
            system: \(template.system)
            title: \(template.systemTitle)
            draft: true
            description: >-
              \(template.description)
            ---
            # The stretch of time that is judged. "tolerable" is the share of exceptions that you and your auditor
            # accept, "coverage" the share of the time about which something must be known.
            period: this-year
            from: \(from)
            to: \(to)
            tolerable: 5%
            coverage: 95%
            categories: [\((["security"] + categories).joined(separator: ", "))]
            """
    }

    private static let repositoryKinds = ["vcs.change", "vcs.release"]
    private static let hostKinds = ["host.clock"]

    private func sources(of controls: [ControlSection]) -> String {
        let own = Self.repositoryKinds + Self.hostKinds
        let others = Set(controls.flatMap(\.kinds)).subtracting(own).map { Identifier($0) }.sorted()
        return """
            # Where evidence comes from. "assay collect" runs all sources, "assay collect this-host" only one.
            # "assay kinds KIND" tells what a record of a kind says.

            # The git repository in the current folder. Git cannot tell who approved a change: a forge can.
            source: this-repository
            connector: git
            params: { path: "." }
            kinds: [\(Self.repositoryKinds.joined(separator: ", "))]
            freshness: 8d
            ---
            # The machine that this runs on.
            source: this-host
            connector: host
            kinds: [\(Self.hostKinds.joined(separator: ", "))]
            freshness: 26h
            ---
            # Everything else, until each of your systems has a source of its own: native JSON Lines in one file.
            # What nobody collects stays unknown; it never counts as a pass.
            source: exports
            connector: file
            params: { path: evidence.jsonl }
            kinds:
            \(others.map { "  - \($0)" }.joined(separator: "\n"))
            """
    }

    private var readme: String {
        let extent = scope.extent
        let categories =
            (["Security"]
            + scope.questions.filter { scope.categories.contains($0.category) }
            .map(\.category.description)).joined(separator: ", ")
        let open = untested.map { "| \($0.policy) | \($0.number) | \($0.text) |" }
        return """
            # Program of \(organization)

            Written by `assay init` from the template `\(scope.template.name)` (\(scope.template.title)), for a
            \(scope.role.title).

            Categories: \(categories). \(extent.controls) controls and \(extent.tests) tests serve \(extent.criteria) criteria.

            Everything here is yours to change: owners are roles, figures are defaults. Where a test has `limits`, write
            what your agreements promise behind `contract`; the strictest of law, contract and company is in force.
            Replace figures and places that your contracts do not allow before the first `assay apply`.

            ## What a person must decide

            Nobody has adopted any of this yet. The description of the system, policies, procedures, configuration
            standards, commitments, vendors, what customers and vendors must do, and the decisions on addressable HIPAA
            specifications are drafts: each says `draft: true`, `assay check` counts them as notes, and reports show them as
            drafts. Read each, make it say what you do, remove `draft:`, and write the date on which it was reviewed or
            decided. Start with:

            * `registers/vendors.yaml`: name the vendors you rely on;
            * `registers/commitments.yaml`: what your agreements promise;
            * `registers/decisions.yaml`: one decision for each addressable specification (45 CFR 164.306(d)(3));
            * `organization.yaml`: what belongs to the system and what does not.

            ## Statements without a test

            Nothing shows by itself whether these are followed; write a test, or be ready to show it by hand.

            | policy | no. | statement |
            |---|---|---|
            \(open.joined(separator: "\n"))
            """
    }
}
