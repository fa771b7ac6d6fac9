/// Why a source text is no usable expression, and where.
package struct ExpressionError: Error, Hashable, CustomStringConvertible {
    /// What is wrong with the source.
    package enum Reason: Hashable, Sendable {
        /// The source has more bytes than the limit allows.
        case sourceTooLong(limit: Int)
        /// Parentheses, calls, selections or operators stand deeper than the limit allows.
        case nestedTooDeeply(limit: Int)
        /// Another token was needed here.
        case unexpected(found: String, expected: String)
        /// A literal that cannot be read: what is wrong with it.
        case literal(String)
        /// A macro such as `all` or `has` used in a way it does not allow.
        case macro(String)
        /// A regular expression that cannot be compiled.
        case pattern(String)
        /// Valid CEL that is not offered here, and what to write instead.
        case unsupported(String)
        /// A use of the time variable whose flips cannot be computed, and what to write instead.
        case temporal(String)
        /// The types do not fit.
        case type(String)
    }

    package let reason: Reason
    /// Line from 1.
    package let line: Int
    /// Column from 1, in code points.
    package let column: Int
    /// Place in bytes of UTF-8 from 0.
    package let offset: Int

    package init(_ reason: Reason, at offset: Int, in source: String) {
        self.reason = reason
        self.offset = offset
        let place = SourcePlace(offset: offset, in: source)
        line = place.line
        column = place.column
    }

    package var description: String {
        "line \(line), column \(column): \(explanation)"
    }

    /// The message without the place.
    package var explanation: String {
        switch reason {
        case .sourceTooLong(let limit): "the expression is longer than \(limit) bytes; split it"
        case .nestedTooDeeply(let limit): "the expression is nested deeper than \(limit) levels; split it"
        case .unexpected(let found, let expected): "found \(found) where \(expected) is needed"
        case .literal(let problem), .macro(let problem), .unsupported(let problem), .temporal(let problem),
            .type(let problem):
            problem
        case .pattern(let problem): "the regular expression cannot be used: \(problem)"
        }
    }

    /// The message, the source line it is about, and a caret below the place.
    ///
    ///     line 1, column 5: found the end where an expression is needed
    ///     a +
    ///         ^
    package func annotated(source: String) -> String {
        description + SourcePlace(offset: offset, in: source).excerpt(of: source)
    }
}
