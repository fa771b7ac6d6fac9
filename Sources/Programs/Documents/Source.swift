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
    }

    package internal(set) var id: Identifier = ""
    package internal(set) var connector: Connector = .file
    /// Settings of the connector, by name.
    package internal(set) var parameters: [Identifier: Parameter] = [:]
    /// The program and its arguments, for `exec`.
    package internal(set) var command: [String] = []
    /// The kinds of evidence it brings; at least one.
    package internal(set) var kinds: [Text] = []
    /// How long one snapshot is taken to hold when no other follows. A day and two hours for a run that happens daily
    /// and is sometimes late.
    package internal(set) var freshness = TimeSpan.hours(26)

    static let schema = Schema<Source>(
        "a source", Source(),
        [
            .required("connector", .choice(), \.connector),
            .optional("params", .parameters, \.parameters),
            .optional("command", .list(of: .argument), \.command),
            .required("kinds", .list(of: .reference), \.kinds),
            .optional("freshness", .duration, \.freshness),
        ],
        settle: { source, place, reading in
            if source.connector == .exec, source.command.isEmpty {
                reading.error(
                    "missing-key", at: place, "a source with the connector exec needs the key \"command\"",
                    remedy: "add it; it is a list of the program and its arguments")
            }
            if source.connector != .exec, !source.command.isEmpty {
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
