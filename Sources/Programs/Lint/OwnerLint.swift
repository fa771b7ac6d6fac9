import Formats

extension Lint {
    /// Everything that must be looked after names somebody, and that somebody exists and is still here.
    mutating func owners() {
        for document in program.documents {
            switch ownership(of: document.body) {
            case .none: break
            case .missing:
                warn(
                    "owner-missing", at: document.place, "nobody answers for \(document.key)",
                    remedy: "name a person, a team or a role as its owner")
            case .named(let owner):
                guard !workforce.isEmpty else { break }
                if let person = workforce.person(owner) {
                    checkPresence(of: person, for: document)
                } else if !workforce.hasGroup(owner) {
                    warn(
                        "owner-unknown", at: owner.place == .stored ? document.place : owner.place,
                        "\(document.key) is owned by \"\(owner)\", whom no person, team or role document names",
                        remedy: "add a person or team with this id, or name one that exists")
                }
            }
        }
        for document in program.documents(of: .team) {
            guard case .team(let team) = document.body, team.lead == nil else { continue }
            warn(
                "owner-missing", at: document.place, "nobody leads \(document.key)",
                remedy: "name a person as its lead")
        }
    }

    private enum Ownership {
        case none, missing
        case named(Text)

        init(_ owner: Text?) {
            self = owner.map(Ownership.named) ?? .missing
        }
    }

    private func ownership(of body: Body) -> Ownership {
        switch body {
        case .control(let value): .named(Text(value.owner))
        case .policy(let value): Ownership(value.owner.map { Text($0) })
        case .procedure(let value): Ownership(value.owner)
        case .standard(let value): Ownership(value.owner)
        case .commitment(let value): Ownership(value.owner)
        case .risk(let value): Ownership(value.owner)
        case .asset(let value): Ownership(value.owner)
        case .vendor(let value): Ownership(value.owner)
        case .dataset(let value): Ownership(value.owner)
        case .response(let value): .named(value.owner)
        default: .none
        }
    }

    private mutating func checkPresence(of person: Person, for document: Document) {
        guard let today, let end = person.to, end <= today else { return }
        warn(
            "owner-gone", at: document.place,
            "\(document.key) is owned by \(person.id), who left on \(end)", remedy: "name a new owner")
    }
}
