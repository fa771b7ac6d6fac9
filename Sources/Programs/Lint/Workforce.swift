import Formats

/// Who there is, looked up by id or by name.
struct Workforce {
    private var people: [Identifier: Person] = [:]
    private var teams: Set<Identifier> = []
    private var roles: Set<Identifier> = []

    /// Nobody has been named, so nobody can be missing.
    var isEmpty: Bool { people.isEmpty && teams.isEmpty }

    init(_ program: Program) {
        for person in program.people {
            people[person.id] = person
            people[Identifier(person.name)] = people[Identifier(person.name)] ?? person
            roles.formUnion(person.roles.map(\.id))
        }
        for team in program.teams { teams.formUnion([team.id, Identifier(team.title)]) }
    }

    /// The person with this id or name.
    func person(_ name: Text) -> Person? { people[name.id] }

    /// Whether a team or a role has this name.
    func hasGroup(_ name: Text) -> Bool { teams.contains(name.id) || roles.contains(name.id) }
}
