package import Formats

/// Why the settings of identity resolution cannot be used.
package struct IdentityRuleError: Error, Hashable, CustomStringConvertible {
    package let description: String
}

/// How names in evidence are tied to people: the settings of a source with the connector `identities`.
///
///     people: "hr.employment:person_id"
///     names: "idp.account:owner_id|login vcs.change:author vcs.change:approvers"
///     email: "case tag old.example=clinic.example"
///     since: 400d
///
/// Every way in which two spellings may be one person is written here; there is no other.
package struct IdentityRules: Sendable, Hashable {
    /// Fields of a kind of evidence; the first one that a record has counts.
    package struct Place: Sendable, Hashable, CustomStringConvertible {
        package let kind: Identifier
        package let fields: [String]

        package var description: String { "\(kind):\(fields.joined(separator: "|"))" }
    }

    /// Where the ids of people stand, beside the program's own persons and teams.
    package let people: [Place]
    /// Where names stand that are to be tied to people.
    package let names: [Place]
    /// Nil when addresses are compared like every other text.
    package let email: EmailRule?
    /// How far back events are looked at.
    package let since: TimeSpan

    package init(_ parameters: [String: String]) throws(IdentityRuleError) {
        let known = ["people", "names", "email", "since"]
        if let other = parameters.keys.sorted().first(where: { !known.contains($0) }) {
            throw IdentityRuleError(
                description: "unknown parameter \"\(other)\"; there are \(known.joined(separator: ", "))")
        }
        people = try Self.places(parameters["people"] ?? "hr.employment:person_id", "people")
        names = try Self.places(parameters["names"] ?? "idp.account:owner_id|login", "names")
        email = try parameters["email"].map(EmailRule.read)
        guard let since = TimeSpan(parameters["since"] ?? "400d"), since > .zero else {
            throw IdentityRuleError(description: "\"since\" must be a length of time such as 400d")
        }
        self.since = since
    }

    /// The rules that a source states. A person's address is known by the letter also where no rule says which
    /// others are the same.
    package init(_ source: Source) throws(IdentityRuleError) {
        let stated = source.parameters.map { ($0.key.text, $0.value.description) }
        try self.init(["email": ""].merging(stated) { $1 })
    }

    private static func places(_ text: String, _ parameter: String) throws(IdentityRuleError) -> [Place] {
        var found: [Place] = []
        for word in text.split(separator: " ") {
            let parts = word.split(separator: ":", omittingEmptySubsequences: false)
            let fields = parts.last.map { $0.split(separator: "|").map(String.init) } ?? []
            guard parts.count == 2, !parts[0].isEmpty, !fields.isEmpty else {
                throw IdentityRuleError(
                    description: "\"\(parameter)\" must name fields as KIND:FIELD or KIND:FIELD|FIELD")
            }
            found.append(Place(kind: Identifier(String(parts[0])), fields: fields))
        }
        if found.isEmpty { throw IdentityRuleError(description: "\"\(parameter)\" names no field") }
        return found
    }

    /// The kinds of evidence that it looks at, sorted.
    package var kinds: [Identifier] {
        Set((people + names).map(\.kind)).sorted()
    }
}

/// When two e-mail addresses are taken for one.
package struct EmailRule: Sendable, Hashable {
    /// Capital letters make no difference.
    package var ignoresCase = false
    /// What stands behind a `+` in front of the `@` makes none.
    package var ignoresTag = false
    /// Domains that are taken for others.
    package var domains: [Identifier: String] = [:]

    /// `case`, `tag` and `OLD=NEW`, separated by spaces.
    static func read(_ text: String) throws(IdentityRuleError) -> EmailRule {
        var rule = EmailRule()
        for word in text.split(separator: " ") {
            let parts = word.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
            switch (parts.count, parts[0]) {
            case (1, "case"): rule.ignoresCase = true
            case (1, "tag"): rule.ignoresTag = true
            case (2, _) where !parts[0].isEmpty && !parts[1].isEmpty:
                rule.domains[Identifier(parts[0].lowercased())] = parts[1].lowercased()
            default:
                throw IdentityRuleError(
                    description:
                        "\"email\" takes the words case, tag and OLD.DOMAIN=NEW.DOMAIN, not "
                        + "\"\(word)\"")
            }
        }
        return rule
    }

    /// The one spelling of an address; nil for a text that is none.
    package func normal(_ text: String) -> Identifier? {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, !text.contains(" ") else { return nil }
        var local = String(parts[0])
        var domain = String(parts[1])
        if ignoresTag, let tag = local.firstIndex(of: "+"), tag > local.startIndex {
            local = String(local[..<tag])
        }
        if ignoresCase { (local, domain) = (local.lowercased(), domain.lowercased()) }
        domain = domains[Identifier(domain.lowercased())] ?? domain
        return Identifier("\(local)@\(domain)")
    }
}
