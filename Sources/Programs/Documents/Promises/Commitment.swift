package import Formats

/// A promise to customers, with the metric by which it is kept (DC 200, DC 2).
///
///     commitment: uptime
///     statement: The reader is available 99.9 % of each month.
///     source: northside-baa
///     metric: Share of successful probes a month
///     owner: operations
///     controls: [BCP-05]
///     states: { uptime: 99.9% }
package struct Commitment: DocumentBody {
    package internal(set) var id: Identifier = ""
    package internal(set) var statement: Text = ""
    /// Id of the agreement it comes from; nil when it comes from somewhere else.
    package internal(set) var source: Text?
    /// Where in its source it stands.
    package internal(set) var clause: String?
    package internal(set) var metric: String?
    package internal(set) var owner: Text?
    /// Ids of the systems it is about; none means all.
    package internal(set) var systems: [Text] = []
    /// Ids of the controls that keep it.
    package internal(set) var controls: [Text] = []
    package internal(set) var reviewed: CalendarDate?
    package internal(set) var states = Terms()
    /// Text to start from that nobody in the organisation has adopted yet: told, and never counted as done.
    package internal(set) var isDraft = false

    static let schema = Schema<Commitment>(
        "a commitment", Commitment(),
        [
            .required("statement", .statement, \.statement),
            .optional("source", .reference, \.source),
            .optional("clause", .line, \.clause),
            .optional("metric", .line, \.metric),
            .optional("owner", .name, \.owner),
            .optional("systems", .list(of: .reference), \.systems),
            .optional("controls", .list(of: .code), \.controls),
            .optional("reviewed", .date, \.reviewed),
            .optional("states", .record(Terms.schema), \.states),
            .optional("draft", .flag, \.isDraft),
        ])
}
