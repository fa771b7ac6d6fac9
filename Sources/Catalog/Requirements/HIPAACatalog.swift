package import Formats

/// The parts of the HIPAA rules that the product knows: the whole Security Rule, and what it uses of the others.
package struct HIPAACatalog: Sendable, Hashable {
    package let edition: Edition
    /// Security Rule first, in the order of the Code of Federal Regulations within each rule.
    package let requirements: [HIPAARequirement]
    private let byCitation: [Identifier: Int]

    /// The rules that come with the program.
    package static func builtin() throws(CatalogError) -> HIPAACatalog {
        try HIPAACatalog(file: CatalogFile(named: "hipaa.json"))
    }

    /// Reads a catalogue in the form of the program's own.
    package init(parsing bytes: [UInt8], name: String) throws(CatalogError) {
        try self.init(file: CatalogFile(name: name, bytes: bytes))
    }

    private init(file: CatalogFile) throws(CatalogError) {
        edition = try Edition(file.root)
        var requirements: [HIPAARequirement] = []
        var byCitation: [Identifier: Int] = [:]
        for entry in try file.root.list("requirements") {
            let written = try entry.text("citation")
            guard let citation = HIPAACitation(written) else {
                throw CatalogError(
                    .wrongShape(expected: "a citation such as 164.308(a)(1)(i)"), file: file.name,
                    path: entry.below("citation"))
            }
            guard byCitation.updateValue(requirements.count, forKey: Identifier(written)) == nil else {
                throw CatalogError(.duplicate(written), file: file.name, path: entry.path)
            }
            requirements.append(
                HIPAARequirement(
                    citation: citation, title: try entry.text("title"),
                    rule: try entry.word("rule", as: HIPAARequirement.Rule.self),
                    kind: try entry.word("kind", as: HIPAARequirement.Kind.self), gist: try entry.text("gist")
                ))
        }
        self.requirements = requirements
        self.byCitation = byCitation
    }

    package func requirement(_ citation: Identifier) -> HIPAARequirement? {
        byCitation[citation].map { requirements[$0] }
    }

    /// The requirements of one rule, in order.
    package func requirements(of rule: HIPAARequirement.Rule) -> [HIPAARequirement] {
        requirements.filter { $0.rule == rule }
    }
}
