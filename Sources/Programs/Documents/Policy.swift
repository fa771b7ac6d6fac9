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
    /// The Markdown below the front matter, byte by byte.
    package internal(set) var text: Text = ""

    static let schema = Schema<Policy>(
        "a policy", Policy(),
        [
            .required("title", .line, \.title),
            .optional("owner", .line, \.owner),
            .optional("reviewed", .date, \.reviewed),
            .optional("text", .prose, \.text),
        ])
}
