import Formats
import Programs
import Evidence

/// Everybody whom a name may mean, by everything that the rules let mean them.
struct KnownPeople {
    /// Which rule tied a name.
    enum Rule: String {
        /// The program lists the name among a person's aliases.
        case alias
        /// It is a person's id, or a team's.
        case id
        /// It is a person's address, as far as the rule for addresses tells.
        case email
    }

    enum Answer: Equatable {
        case tied(Identifier, Rule)
        case ambiguous(Int)
        case unknown
    }

    private var aliases: [Identifier: Set<Identifier>] = [:]
    private var ids: Set<Identifier> = []
    private var addresses: [Identifier: Set<Identifier>] = [:]
    private let email: EmailRule?

    init(_ rules: IdentityRules, program: Program, _ history: History) {
        email = rules.email
        for document in program.documents {
            switch document.body {
            case .person(let person):
                add(person.id)
                for alias in person.aliases { aliases[Identifier(alias), default: []].insert(person.id) }
                if let address = person.email { add(address: address, of: person.id) }
            case .team(let team): add(team.id)
            default: break
            }
        }
        let documented = ids
        // Whoever was known once: what a leaver left behind belongs to the leaver.
        for place in rules.people {
            for source in (history[place.kind]?.sources ?? [:]).values {
                for version in source.states.values.joined() {
                    for id in place.names(in: version.value) { add(Identifier(id), beside: documented) }
                }
            }
        }
    }

    private mutating func add(_ id: Identifier) {
        ids.insert(id)
        add(address: id.text, of: id)
    }

    /// An id that only the evidence brings. Whoever alone claims it as alias is meant by it, such as by a number of the
    /// personnel records.
    private mutating func add(_ id: Identifier, beside documented: Set<Identifier>) {
        guard !documented.contains(id), let claiming = aliases[id], claiming.count == 1,
            let person = claiming.first
        else { return add(id) }
        add(address: id.text, of: person)
    }

    private mutating func add(address: String, of id: Identifier) {
        if let normal = email?.normal(address) { addresses[normal, default: []].insert(id) }
    }

    var count: Int { ids.count }

    /// Who it is. Of two people whom one rule allows neither is taken, nor of two of whom one has the name for
    /// an alias and the other for an id in the program; no later rule decides between them.
    func whoIs(_ name: String) -> Answer {
        let name = Identifier(name)
        // Whoever has the name for an id may be meant as well as whoever has it for an alias.
        let named = aliases[name].map { ids.contains(name) ? $0.union([name]) : $0 }
        if let found = Self.only(named, .alias) { return found }
        if ids.contains(name) { return .tied(name, .id) }
        return Self.only(email?.normal(name.text).flatMap { addresses[$0] }, .email) ?? .unknown
    }

    private static func only(_ people: Set<Identifier>?, _ rule: Rule) -> Answer? {
        guard let people, let first = people.first else { return nil }
        return people.count == 1 ? .tied(first, rule) : .ambiguous(people.count)
    }
}

extension IdentityRules.Place {
    /// The names in a record: of the first field that it has, all that the field lists.
    func names(in value: JSONObject) -> [String] {
        for field in fields {
            switch value[field] {
            case .string(let text)? where !text.isEmpty: return [text]
            case .array(let items)?:
                let texts = items.compactMap(\.string).filter { !$0.isEmpty }
                if !texts.isEmpty { return texts }
            default: continue
            }
        }
        return []
    }
}
