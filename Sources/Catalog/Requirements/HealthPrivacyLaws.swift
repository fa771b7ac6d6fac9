package import Formats

/// Whose law on health data binds an organization besides HIPAA.
package enum Jurisdiction: String, Sendable, Hashable, CaseIterable {
    /// The Federal Trade Commission, for whoever HIPAA does not reach.
    case ftc = "FTC"
    case california = "CA"
    case colorado = "CO"
    case connecticut = "CT"
    case florida = "FL"
    case nevada = "NV"
    case newYork = "NY"
    case texas = "TX"
    case washington = "WA"
}

/// A choice of provisions on consumer health data and on breaches that stand beside HIPAA: law is cited, and told in our
/// words. No survey: which apply is for counsel to say.
package struct HealthPrivacyLaws: Sendable, Hashable {
    /// One provision: where it stands, and what it asks for.
    package struct Provision: Sendable, Hashable {
        /// `WA-19.373.040`: the jurisdiction, then the place in its code.
        package let id: Identifier
        package let jurisdiction: Jurisdiction
        /// As lawyers write it.
        package let citation: String
        package let title: String
        /// How long it gives, in words; empty where it sets no time.
        package let limit: String
        /// What it asks for, in our words.
        package let gist: String
    }

    package let edition: Edition
    package let provisions: [Provision]

    /// Those that come with the program.
    package static func builtin() throws(CatalogError) -> HealthPrivacyLaws {
        let file = try CatalogFile(named: "laws.json")
        var provisions: [Provision] = []
        for entry in try file.root.list("provisions") {
            provisions.append(
                Provision(
                    id: Identifier(try entry.text("id")),
                    jurisdiction: try entry.word("jurisdiction", as: Jurisdiction.self),
                    citation: try entry.text("citation"), title: try entry.text("title"),
                    limit: try entry.optionalText("limit"), gist: try entry.text("gist")))
        }
        return HealthPrivacyLaws(edition: try Edition(file.root), provisions: provisions)
    }
}
