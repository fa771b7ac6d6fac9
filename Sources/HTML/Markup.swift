/// A piece of HTML that is well formed by construction.
///
/// There is no way to make one from text that is taken as it stands: text comes in through `Markup(text:)` or a
/// builder, which escape it, and tags come from `Element` and `Attribute`, whose names are fixed.
///
///     Element.p(.class("lead")) {
///         "Period "
///         Element.strong { period }
///     }
package struct Markup: Sendable, Hashable {
    /// As a browser reads it.
    package let source: String

    /// Only for pieces that this module has put together from escaped text and its own names.
    init(wellFormed source: String) {
        self.source = source
    }

    /// Nothing.
    package static let empty = Markup(wellFormed: "")

    /// The text, and nothing but text, whatever is in it.
    package init(text: String) {
        source = Escaping.text(text)
    }

    /// The pieces one after the other.
    package init(joining parts: some Sequence<Markup>) {
        source = parts.reduce(into: "") { $0 += $1.source }
    }
}

/// Reads blocks of text and elements as markup.
@resultBuilder
package enum MarkupBuilder {
    package static func buildExpression(_ text: String) -> Markup { Markup(text: text) }
    package static func buildExpression(_ markup: Markup) -> Markup { markup }
    package static func buildExpression(_ markup: [Markup]) -> Markup { Markup(joining: markup) }
    package static func buildBlock(_ parts: Markup...) -> Markup { Markup(joining: parts) }
    package static func buildOptional(_ part: Markup?) -> Markup { part ?? .empty }
    package static func buildEither(first: Markup) -> Markup { first }
    package static func buildEither(second: Markup) -> Markup { second }
    package static func buildArray(_ parts: [Markup]) -> Markup { Markup(joining: parts) }
}
