package import Formats

/// A policy: a Markdown file with front matter.
///
///     ---
///     policy: access-control
///     title: Access control
///     owner: security
///     ---
///     # Access control
package struct Policy: DocumentBody {
    package internal(set) var id: Identifier = ""
    package internal(set) var title = ""
    package internal(set) var owner: String?
    /// When it was last found to be still right.
    package internal(set) var reviewed: CalendarDate?
    /// How long a review holds; a year unless said otherwise.
    package internal(set) var reviewEvery = TimeSpan.days(365)
    /// The figures and rules it states, for comparison with what others state.
    package internal(set) var states = Terms()
    /// The Markdown below the front matter, byte by byte.
    package internal(set) var text: Text = ""
    /// Text to start from that nobody in the organisation has adopted yet: told, and never counted as done.
    package internal(set) var isDraft = false

    static let schema = Schema<Policy>(
        "a policy", Policy(),
        [
            .required("title", .line, \.title),
            .optional("owner", .line, \.owner),
            .optional("reviewed", .date, \.reviewed),
            .optional("review_every", .duration, \.reviewEvery),
            .optional("states", .record(Terms.schema), \.states),
            .optional("text", .prose, \.text),
            .optional("draft", .flag, \.isDraft),
        ])
}
