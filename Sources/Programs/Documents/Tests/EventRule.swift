import Formats

/// Every event must meet a requirement.
///
///     test: second-pair-of-eyes
///     kind: event
///     of: vcs.change
///     require: c.author != person.person_id
///     join:
///       person: { of: hr.employment, on: [c.author, e.person_id] }
package struct EventRule: Subject, Sendable, Hashable {
    package internal(set) var kind: Text = ""
    package internal(set) var alias: Text?
    /// Which events; nil means all.
    package internal(set) var scope: Text?
    /// What must hold for each of them.
    package internal(set) var require: Text = ""
    /// In the order of their names.
    package internal(set) var joins: [Join] = []

    static let schema = Schema<EventRule>(
        "an event test", EventRule(),
        [
            .required("of", .reference, \.kind),
            .optional("as", .variable, \.alias),
            .optional("scope", .expression, \.scope),
            .required("require", .expression, \.require),
            .optional("join", .named(Join.schema, by: \.name), \.joins),
        ],
        settle: { rule, _, _ in rule.alias = rule.alias?.unless(defaultVariable(of: rule.kind)) })
}

/// A state that belongs to an event, looked up as it was at an instant.
package struct Join: Subject, Sendable, Hashable {
    /// The name under which the rule's expressions see the state.
    package internal(set) var name = ""
    package internal(set) var kind: Text = ""
    /// Names the state in `remote` only.
    package internal(set) var alias: Text?
    /// Over the event.
    package var local: Text { on.first ?? "" }
    /// Over the state; the two sides must be equal.
    package var remote: Text { on.last ?? "" }
    /// When to look, over the event and `at`, its time.
    package internal(set) var asOf: Text = "at"
    /// Without a matching state the event fails; if false, the name is then null.
    package internal(set) var isRequired = true
    var on: [Text] = []

    static let schema = Schema<Join>(
        "a join", Join(),
        [
            .required("of", .reference, \.kind),
            .optional("as", .variable, \.alias),
            .required("on", .list(of: .expression), \.on),
            .optional("as_of", .expression, \.asOf),
            .optional("required", .flag, \.isRequired),
        ],
        settle: { join, place, reading in
            join.alias = join.alias?.unless(defaultVariable(of: join.kind))
            if join.on.count != 2 {
                reading.error(
                    "bad-value", at: place, "\"on\" must hold two expressions, not \(join.on.count)",
                    remedy: "write [expression over the event, expression over the state]")
            }
        })
}
