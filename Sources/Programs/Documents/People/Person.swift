package import Formats

/// Somebody who answers for something in the program.
///
///     person: p-9
///     name: Alex Example
///     roles: [security-official]
///     aliases: [alex-on-the-forge]
///     country: US
///     from: 2024-03-01
package struct Person: DocumentBody {
    package internal(set) var id: Identifier = ""
    package internal(set) var name = ""
    /// Roles that the program names, such as `security-official` and `privacy-official`.
    package internal(set) var roles: [Text] = []
    package internal(set) var email: String?
    /// Names that systems have for the person.
    package internal(set) var aliases: [String] = []
    /// ISO 3166 code of the country the person works in.
    package internal(set) var country: Text?
    /// Sees protected health information.
    package internal(set) var seesPHI = false
    package internal(set) var from: CalendarDate?
    /// The first day on which the person no longer works here.
    package internal(set) var to: CalendarDate?

    static let schema = Schema<Person>(
        "a person", Person(),
        [
            .required("name", .line, \.name),
            .optional("roles", .list(of: .reference), \.roles),
            .optional("email", .line, \.email),
            .optional("aliases", .list(of: .argument), \.aliases),
            .optional("country", .country, \.country),
            .optional("phi", .flag, \.seesPHI),
            .optional("from", .date, \.from),
            .optional("to", .date, \.to),
        ])
}

/// People who answer for something together.
///
///     team: it-operations
///     title: IT operations
///     lead: p-9
///     members: [p-9, p-12]
package struct Team: DocumentBody {
    package internal(set) var id: Identifier = ""
    package internal(set) var title = ""
    /// Id of the person who answers for the team.
    package internal(set) var lead: Text?
    package internal(set) var members: [Text] = []

    static let schema = Schema<Team>(
        "a team", Team(),
        [
            .required("title", .line, \.title),
            .optional("lead", .reference, \.lead),
            .optional("members", .list(of: .reference), \.members),
        ])
}
