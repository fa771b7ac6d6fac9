import Formats

/// Two duties must lie in different hands: in each event, or in the roles that people hold.
///
///     test: deploys-have-two-people
///     kind: sod
///     of: deploy.run
///     between: [r.author, r.approver]
///
///     test: developers-do-not-deploy
///     kind: sod
///     roles:
///       developer: { of: iam.role, scope: r.name == 'developer', key: r.person_id }
///       deployer:  { of: iam.role, scope: r.name == 'deployer', key: r.person_id }
package struct SodRule: Sendable, Hashable {
    /// What is kept apart.
    package enum Form: Sendable, Hashable {
        case event(SeparatedDuties)
        case roles(Role, Role)
    }

    var kind: Text?
    var alias: Text?
    var scope: Text?
    var between: [Text] = []
    var joins: [Join] = []
    var roles: [Role] = []

    /// What is kept apart; `settle` has seen to it that it is one of the two.
    package var form: Form {
        if let kind {
            let duties = SeparatedDuties(
                kind: kind, alias: alias, scope: scope, first: between.first ?? "",
                second: between.last ?? "", joins: joins)
            return .event(duties)
        }
        return .roles(roles.first ?? Role(), roles.last ?? Role())
    }

    static let schema = Schema<SodRule>(
        "a sod test", SodRule(),
        [
            .optional("of", .reference, \.kind),
            .optional("as", .variable, \.alias),
            .optional("scope", .expression, \.scope),
            .optional("between", .list(of: .expression), \.between),
            .optional("join", .named(Join.schema, by: \.name), \.joins),
            .optional("roles", .named(Role.schema, by: \.name), \.roles),
        ],
        settle: { rule, place, reading in
            if let kind = rule.kind {
                rule.alias = rule.alias?.unless(SeparatedDuties.defaultVariable(of: kind))
            }
            rule.check(at: place, &reading)
        })

    private func check(at place: Place, _ reading: inout Reading) {
        let isEvent = kind != nil || alias != nil || scope != nil || !between.isEmpty || !joins.isEmpty
        if isEvent == !roles.isEmpty {
            reading.error(
                "bad-value", at: place,
                "a sod test is either about events, with \"of\" and \"between\", or about \"roles\"",
                remedy: "keep one of the two")
        } else if isEvent, kind == nil {
            reading.error(
                "missing-key", at: place, "a sod test about events needs the key \"of\"",
                remedy: "name a kind of event")
        } else if isEvent, between.count != 2 {
            reading.error(
                "bad-value", at: between.first?.place ?? place,
                "\"between\" must hold two expressions, not \(between.count)",
                remedy: "write [who did one thing, who did the other]")
        } else if !isEvent, roles.count != 2 {
            reading.error(
                "bad-value", at: roles.first?.kind.place ?? place,
                "\"roles\" must hold two roles, not \(roles.count)",
                remedy: "write a test for each pair that must not meet in one person")
        }
    }
}

/// An event with two duties.
package struct SeparatedDuties: Subject, Sendable, Hashable {
    package let kind: Text
    package let alias: Text?
    /// Which events; nil means all.
    package let scope: Text?
    /// Over the event and its joins: who did the one thing.
    package let first: Text
    /// Who did the other.
    package let second: Text
    /// In the order of their names.
    package let joins: [Join]
}

/// Those who hold a role.
package struct Role: Subject, Sendable, Hashable {
    package internal(set) var name = ""
    package internal(set) var kind: Text = ""
    package internal(set) var alias: Text?
    /// Which records give the role, and when; nil means all.
    package internal(set) var scope: Text?
    /// Over the record: the person.
    package internal(set) var key: Text = ""

    static let schema = Schema<Role>(
        "a role", Role(),
        [
            .required("of", .reference, \.kind),
            .optional("as", .variable, \.alias),
            .optional("scope", .expression, \.scope),
            .required("key", .expression, \.key),
        ],
        settle: { role, _, _ in role.alias = role.alias?.unless(defaultVariable(of: role.kind)) })
}
