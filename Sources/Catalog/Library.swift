package import Formats

/// A framework whose requirements the catalogue holds.
package enum Framework: String, Sendable, Hashable, CaseIterable, CustomStringConvertible {
    case tsc, hipaa, csf, hitrust, laws

    package var description: String {
        switch self {
        case .tsc: "Trust services criteria"
        case .hipaa: "HIPAA"
        case .csf: "NIST CSF 2.0"
        case .hitrust: "HITRUST domains"
        case .laws: "Health privacy beside HIPAA"
        }
    }
}

/// One requirement of any framework, in the form in which it is shown.
package struct CatalogItem: Sendable, Hashable {
    package let id: Identifier
    package let framework: Framework
    /// The series, rule or function it belongs to.
    package let group: String
    package let title: String
    /// What it asks for, in our words or, where an organisation has brought it, in its publisher's.
    package let text: String
    /// Whether `text` is the publisher's.
    package let isOfficial: Bool
    /// Further facts by name, in the order in which they are shown.
    package let facts: [Fact]

    /// One of them.
    package struct Fact: Sendable, Hashable {
        package let name: String
        package let value: String
    }
}

/// All catalogues of requirements that come with the program, with one way to look things up.
package struct Library: Sendable, Hashable {
    package let criteria: CriteriaCatalog
    package let hipaa: HIPAACatalog
    package let csf: CSFCatalog
    package let hitrust: HITRUSTCatalog
    package let laws: HealthPrivacyLaws
    package let underwriting: UnderwritingQuestions
    package let crosswalk: Crosswalk
    /// The publishers' texts that an organisation has brought along.
    package let official: OfficialTexts
    /// In the order of the frameworks, and of each framework itself.
    package let items: [CatalogItem]
    private let positions: [Identifier: Int]

    /// Everything that comes with the program.
    package static func builtin(official: OfficialTexts = OfficialTexts()) throws(CatalogError) -> Library {
        Library(
            criteria: try .builtin(), hipaa: try .builtin(), csf: try .builtin(), hitrust: try .builtin(),
            laws: try .builtin(), underwriting: try .builtin(), crosswalk: try .builtin(), official: official)
    }

    private init(
        criteria: CriteriaCatalog, hipaa: HIPAACatalog, csf: CSFCatalog, hitrust: HITRUSTCatalog,
        laws: HealthPrivacyLaws, underwriting: UnderwritingQuestions, crosswalk: Crosswalk,
        official: OfficialTexts
    ) {
        self.criteria = criteria
        self.hipaa = hipaa
        self.csf = csf
        self.hitrust = hitrust
        self.laws = laws
        self.underwriting = underwriting
        self.crosswalk = crosswalk
        self.official = official
        let all =
            criteria.criteria.map { CatalogItem($0, criteria) } + hipaa.requirements.map { CatalogItem($0) }
            + csf.categories.flatMap { CatalogItem.items(of: $0) } + hitrust.domains.map { CatalogItem($0) }
            + laws.provisions.map { CatalogItem($0) }
        items = all.map { $0.showing(official) }
        positions = Dictionary(uniqueKeysWithValues: items.enumerated().map { ($1.id, $0) })
    }

    /// The requirement with this id: a criterion, a citation with or without its part (`308(a)(1)(i)`), a subcategory,
    /// or a domain.
    package func item(_ id: Identifier) -> CatalogItem? {
        if let position = positions[id] { return items[position] }
        return positions[Identifier("164.\(id)")].map { items[$0] }
    }

    package func items(of framework: Framework) -> [CatalogItem] {
        items.filter { $0.framework == framework }
    }

    /// What a requirement is related to. For a category of CSF 2.0, what any of its subcategories is.
    package func links(from item: CatalogItem) -> [Crosswalk.Link] {
        let own = crosswalk.links(from: item.id)
        guard let category = csf.categories.first(where: { $0.id == item.id }) else { return own }
        var found: [Crosswalk.Link] = []
        for link in category.subcategories.flatMap({ crosswalk.links(from: $0.id) }) {
            if let index = found.firstIndex(where: { $0.id == link.id }) {
                if link.strength == .direct { found[index] = link }
            } else {
                found.append(link)
            }
        }
        return found
    }

    /// Which editions these are.
    package var editions: [Edition] {
        [criteria.edition, hipaa.edition, csf.edition, hitrust.edition, laws.edition, crosswalk.edition]
    }
}

extension CatalogItem {
    fileprivate init(_ criterion: Criterion, _ catalog: CriteriaCatalog) {
        var facts = [Fact(name: "category", value: criterion.category.description)]
        if let principle = criterion.principle {
            let title =
                catalog.principles.indices.contains(principle - 1) ? catalog.principles[principle - 1] : ""
            facts.append(Fact(name: "COSO principle", value: "\(principle), \(title.lowercased())"))
        }
        facts.append(Fact(name: "points of focus 2022", value: criterion.focus))
        self.init(
            id: criterion.id, framework: .tsc, group: criterion.group, title: criterion.group,
            text: criterion.statement, isOfficial: false, facts: facts)
    }

    fileprivate init(_ requirement: HIPAARequirement) {
        let rule =
            switch requirement.rule {
            case .security: "Security Rule"
            case .breach: "Breach Notification Rule"
            case .privacy: "Privacy Rule"
            case .enforcement: "Enforcement"
            }
        let kind =
            switch requirement.kind {
            case .standard: "standard, met through its specifications"
            case .requiredStandard: "standard without specifications, required"
            case .required: "specification, required"
            case .addressable:
                "specification, addressable: implement it, use an equivalent, or document why neither"
            case .provision: "provision"
            }
        self.init(
            id: Identifier(requirement.citation.description), framework: .hipaa, group: rule,
            title: requirement.title, text: requirement.gist, isOfficial: false,
            facts: [
                Fact(name: "citation", value: "45 CFR \(requirement.citation)"),
                Fact(name: "kind", value: kind),
            ])
    }

    fileprivate static func items(of category: CSFCatalog.Category) -> [CatalogItem] {
        let function = [Fact(name: "function", value: category.function)]
        let head = CatalogItem(
            id: category.id, framework: .csf, group: category.function, title: category.title,
            text: "Category with \(category.subcategories.count) subcategories", isOfficial: false,
            facts: function)
        return [head]
            + category.subcategories.map {
                CatalogItem(
                    id: $0.id, framework: .csf, group: category.function, title: category.title,
                    text: $0.gist,
                    isOfficial: false, facts: function)
            }
    }

    fileprivate init(_ domain: HITRUSTCatalog.Domain) {
        self.init(
            id: domain.id, framework: .hitrust, group: "HITRUST", title: domain.title,
            text: "Name only; the framework's text is licensed by its publisher", isOfficial: false, facts: []
        )
    }

    fileprivate init(_ provision: HealthPrivacyLaws.Provision) {
        let limit = provision.limit.isEmpty ? [] : [Fact(name: "limit", value: provision.limit)]
        self.init(
            id: provision.id, framework: .laws, group: provision.jurisdiction.rawValue,
            title: provision.title,
            text: provision.gist, isOfficial: false,
            facts: [Fact(name: "citation", value: provision.citation)] + limit)
    }

    /// With the publisher's words where there are any.
    fileprivate func showing(_ official: OfficialTexts) -> CatalogItem {
        guard let entry = official[id] else { return self }
        return CatalogItem(
            id: id, framework: framework, group: group, title: entry.title.isEmpty ? title : entry.title,
            text: entry.text, isOfficial: true, facts: facts)
    }
}
