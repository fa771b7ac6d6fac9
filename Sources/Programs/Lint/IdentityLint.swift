import Catalog
import Formats

extension Lint {
    /// The rules by which names are tied to people can be read, and the fields that they name exist: from one
    /// that does not, no name ever comes, and nobody misses it.
    mutating func identityRules() {
        for document in program.documents {
            guard case .source(let source) = document.body, source.connector == .identities else { continue }
            do throws(IdentityRuleError) {
                let rules = try IdentityRules(source)
                for place in rules.people { check(place, of: "people", at: document.place) }
                for place in rules.names { check(place, of: "names", at: document.place) }
            } catch {
                self.error(
                    "bad-value", at: document.place, "the params of the source \(source.id): \(error)",
                    remedy: "write them as docs/sources.md shows")
            }
        }
    }

    private mutating func check(_ named: IdentityRules.Place, of parameter: String, at place: Place) {
        guard let known = kind(Text(named.kind.text, at: place)) else { return }
        for name in named.fields {
            guard let field = known.field(name) else {
                let fields = known.fields.map(\.name)
                let advice = Spelling.advice(for: name, among: fields)
                error(
                    "unknown-field", at: place,
                    "\(known.name) has no field \"\(name)\", which \"\(parameter)\" names",
                    remedy: advice.isEmpty ? "its fields are \(fields.joined(separator: ", "))" : advice)
                continue
            }
            switch field.type {
            case .text, .list(.text): break
            default:
                error(
                    "type-mismatch", at: place,
                    "the field \"\(name)\" of \(known.name), which \"\(parameter)\" names, is of the type "
                        + "\(field.type), and names are texts",
                    remedy: "take a field of the type string or list(string)")
            }
        }
    }
}

extension Lint {
    /// Aliases that are somebody else's id, alias or address: what goes by the name could mean either.
    mutating func takenAliases() {
        let names = KnownNames(program)
        for document in program.documents {
            guard case .person(let person) = document.body else { continue }
            for alias in person.aliases {
                guard let taken = names.claim(on: alias, beside: person.id) else { continue }
                warn(
                    "alias-taken", at: document.place,
                    "the alias \"\(alias)\" of \(document.key) is also \(taken.whose)", remedy: taken.remedy)
            }
        }
    }
}

/// Whose the ids, aliases and addresses are that a program states.
private struct KnownNames {
    /// Persons and teams.
    private var ids: [Identifier: Program.Key] = [:]
    private var aliases: [Identifier: Set<Identifier>] = [:]
    private var addresses: [Identifier: Set<Identifier>] = [:]
    private let email: EmailRule

    init(_ program: Program) {
        let source = program.sources.first { $0.connector == .identities }
        email = source.flatMap { try? IdentityRules($0).email } ?? EmailRule()
        for document in program.documents {
            switch document.body {
            case .person(let person):
                add(document)
                for alias in person.aliases { aliases[Identifier(alias), default: []].insert(person.id) }
                if let address = person.email { add(address: address, of: person.id) }
            case .team: add(document)
            default: break
            }
        }
    }

    private mutating func add(_ document: Document) {
        ids[document.id] = document.key
        add(address: document.id.text, of: document.id)
    }

    private mutating func add(address: String, of id: Identifier) {
        if let normal = email.normal(address) { addresses[normal, default: []].insert(id) }
    }

    /// Who else has an alias of a person, and what to do about it. Of those who share an alias all but one are
    /// told.
    func claim(on alias: String, beside person: Identifier) -> (whose: String, remedy: String)? {
        let name = Identifier(alias)
        if name != person, let key = ids[name] {
            return ("the id of \(key)", "a name that is both is tied to nobody; remove the alias")
        }
        if let other = aliases[name]?.min(), other < person {
            return ("an alias of \(other)", "a name of two is tied to nobody; remove it from one of them")
        }
        let holders = email.normal(alias).flatMap { addresses[$0] }
        guard let other = holders?.subtracting([person]).min() else { return nil }
        return (
            "an address of \(other)",
            "the name is tied to \(person); remove the alias where it means the other one"
        )
    }
}
