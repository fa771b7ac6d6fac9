package import Formats

/// Where evidence comes from, and what it is asked for.
package struct Source: DocumentBody {
    /// What fetches the evidence.
    package enum Connector: String, Sendable, Hashable, CaseIterable {
        /// A repository's history.
        case git
        /// This machine.
        case host
        /// A program that prints facts.
        case exec
        /// Files that somebody puts there.
        case file
        /// An executable that speaks the plug-in protocol.
        case plugin
        /// HTTPS servers, looked at from outside.
        case https
        /// A directory that speaks SCIM 2.0.
        case scim
        /// A PostgreSQL server.
        case postgresql
        /// An account at Amazon Web Services.
        case aws
        /// Repositories at GitHub.
        case github
        /// A directory that speaks LDAP.
        case ldap
        /// A Prometheus server.
        case prometheus
        /// Names in the evidence of other sources, tied to people.
        case identities
        /// An organization at Okta.
        case okta
        /// A Google Workspace.
        case google
        /// Entra ID and Intune, by way of Microsoft Graph.
        case microsoft
        /// Issues of Jira Cloud.
        case jira
        /// Incidents and on-calls of PagerDuty.
        case pagerduty
        /// Computers that Jamf Pro manages.
        case jamf
        /// Hosts that Fleet manages.
        case fleet
        /// Files in a bucket of S3 or a service that speaks like it.
        case s3
        /// Log messages that others send over the network.
        case syslog

        /// Whether it runs a program that the document names.
        var runsCommand: Bool { self == .exec || self == .plugin }
    }

    package internal(set) var id: Identifier = ""
    package internal(set) var connector: Connector = .file
    /// Settings of the connector, by name.
    package internal(set) var parameters: [Identifier: Parameter] = [:]
    /// Where its secrets are, by name: `env:NAME`, `file:PATH` or `exec:PROGRAM`, never the secret itself.
    package internal(set) var secrets: [Identifier: Parameter] = [:]
    /// The program and its arguments, for `exec` and `plugin`.
    package internal(set) var command: [String] = []
    /// The kinds of evidence it brings; at least one.
    package internal(set) var kinds: [Text] = []
    /// How long one snapshot is taken to hold when no other follows. A day and two hours for a run that happens daily
    /// and is sometimes late.
    package internal(set) var freshness = TimeSpan.hours(26)
    /// How often it is to be collected.
    package internal(set) var every = TimeSpan.days(1)
    /// How long one collection may take in a watch; nil for what its cadence allows.
    package internal(set) var limit: TimeSpan?

    static let schema = Schema<Source>(
        "a source", Source(),
        [
            .required("connector", .choice(), \.connector),
            .optional("params", .parameters, \.parameters),
            .optional("secrets", .parameters, \.secrets),
            .optional("command", .list(of: .argument), \.command),
            .required("kinds", .list(of: .reference), \.kinds),
            .optional("freshness", .duration, \.freshness),
            .optional("every", .duration, \.every),
            .optional("limit", .duration, \.limit),
        ],
        settle: { source, place, reading in
            if source.connector.runsCommand, source.command.isEmpty {
                reading.error(
                    "missing-key", at: place,
                    "a source with the connector \(source.connector.rawValue) needs the key \"command\"",
                    remedy: "add it; it is a list of the program and its arguments")
            }
            for (name, value) in source.secrets.sorted(by: { $0.key < $1.key })
            where !["env:", "file:", "exec:"].contains(where: { value.description.hasPrefix($0) }) {
                reading.error(
                    "bad-value", at: place, "the secret \"\(name)\" is not given by reference",
                    remedy: "write env:NAME, file:PATH or exec:PROGRAM; a secret has no place in a program")
            }
            if source.every < .minutes(1) {
                reading.error(
                    "bad-value", at: place, "\"every\" is shorter than a minute", remedy: "collect less often"
                )
            }
            if let limit = source.limit, limit < .seconds(1) {
                reading.error(
                    "bad-value", at: place, "\"limit\" is shorter than a second",
                    remedy: "give the time that one collection may take, such as 1h")
            }
            if !source.connector.runsCommand, !source.command.isEmpty {
                reading.error(
                    "bad-value", at: place,
                    "\"command\" has no meaning for the connector \(source.connector.rawValue)",
                    remedy: "remove it, or use the connector exec")
            }
            if source.kinds.isEmpty {
                reading.error(
                    "bad-value", at: place, "\"kinds\" names no kind", remedy: "name what the source brings")
            }
        })
}
