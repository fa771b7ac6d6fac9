package import Formats

/// How a policy is carried out, step by step: a Markdown file with front matter, like a policy.
///
///     ---
///     procedure: offboarding
///     title: When somebody leaves
///     policy: access-control
///     owner: it-operations
///     reviewed: 2026-01-15
///     ---
///     1. The manager opens a ticket …
package struct Procedure: DocumentBody {
    package internal(set) var id: Identifier = ""
    package internal(set) var title = ""
    package internal(set) var owner: Text?
    /// Id of the policy it carries out.
    package internal(set) var policy: Text?
    package internal(set) var reviewed: CalendarDate?
    /// How long a review holds; a year unless said otherwise.
    package internal(set) var reviewEvery = TimeSpan.days(365)
    package internal(set) var states = Terms()
    /// The Markdown below the front matter, byte by byte.
    package internal(set) var text: Text = ""
    /// Text to start from that nobody in the organisation has adopted yet: told, and never counted as done.
    package internal(set) var isDraft = false

    static let schema = Schema<Procedure>(
        "a procedure", Procedure(),
        [
            .required("title", .line, \.title),
            .optional("owner", .name, \.owner),
            .optional("policy", .reference, \.policy),
            .optional("reviewed", .date, \.reviewed),
            .optional("review_every", .duration, \.reviewEvery),
            .optional("states", .record(Terms.schema), \.states),
            .optional("text", .prose, \.text),
            .optional("draft", .flag, \.isDraft),
        ])
}

/// How things are set up: a configuration standard or baseline. A Markdown file with front matter, like a policy.
///
///     ---
///     standard: host-baseline
///     title: Baseline of servers
///     owner: engineering
///     reviewed: 2026-01-15
///     ---
///     Root does not log in over SSH …
package struct ConfigurationStandard: DocumentBody {
    package internal(set) var id: Identifier = ""
    package internal(set) var title = ""
    package internal(set) var owner: Text?
    package internal(set) var reviewed: CalendarDate?
    /// How long a review holds; a year unless said otherwise.
    package internal(set) var reviewEvery = TimeSpan.days(365)
    /// The Markdown below the front matter, byte by byte.
    package internal(set) var text: Text = ""
    /// Text to start from that nobody in the organisation has adopted yet: told, and never counted as done.
    package internal(set) var isDraft = false

    static let schema = Schema<ConfigurationStandard>(
        "a standard", ConfigurationStandard(),
        [
            .required("title", .line, \.title),
            .optional("owner", .name, \.owner),
            .optional("reviewed", .date, \.reviewed),
            .optional("review_every", .duration, \.reviewEvery),
            .optional("text", .prose, \.text),
            .optional("draft", .flag, \.isDraft),
        ])
}
