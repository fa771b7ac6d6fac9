import Catalog
package import Evidence
package import Formats
package import Programs

/// What the holder of a package must be told about it before reading on: computed when it is sealed, and again when it
/// is verified.
package struct PackageLabels: Sendable, Hashable {
    /// The organization was marked synthetic at some time, so that times in the log may be simulated.
    package let isSynthetic: Bool
    /// `kind.field` of every personal or PHI field, in the order of their bytes; `kind.*` for a kind of which nothing is
    /// known.
    package let personalFields: [String]
    /// The same, to be asked of facts.
    package let personal: PersonalFields
    /// How many people of the register any version of the program names.
    package let people: Int
    /// The advice that any version of the program marks privileged, by its engagement, in the order of their bytes.
    package let privileged: [Identifier]

    package static func == (left: PackageLabels, right: PackageLabels) -> Bool {
        left.isSynthetic == right.isSynthetic && left.personalFields == right.personalFields
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(personalFields)
    }

    /// - Parameters:
    ///   - used: the kinds of all facts in the package.
    ///   - changes: everything that was ever applied: a value stays in the evidence when its field's mark goes.
    package init(kinds used: Set<Identifier>, changes: [ProgramChange]) throws {
        var versions = Dictionary(grouping: try KindCatalog.builtin().kinds, by: \.name)
        var isSynthetic = false
        var people: Set<Identifier> = []
        var privileged: Set<Identifier> = []
        for case .apply(let document) in changes {
            switch document.body {
            case .kind(let own): versions[own.kind.name, default: []].append(own.kind)
            case .organization(let organization): isSynthetic = isSynthetic || organization.isSynthetic
            case .person(let person): people.insert(person.id)
            case .engagement(let engagement) where engagement.isPrivilegedAdvice:
                privileged.insert(engagement.id)
            default: break
            }
        }
        var names: Set<Identifier> = []
        for name in used {
            guard let known = versions[name] else {
                names.insert(Identifier("\(name).*"))
                continue
            }
            for field in known.flatMap(\.fields) where field.isPersonal || field.isPHI {
                names.insert(Identifier("\(name).\(field.name)"))
            }
        }
        self.isSynthetic = isSynthetic
        self.people = people.count
        self.privileged = privileged.sorted()
        personal = PersonalFields(versions.values.joined())
        personalFields = names.sorted().map(\.text)
    }
}
