/// Something in an expression that can never be right, whatever the values: what was found, what to do, and where.
package struct TypeProblem: Error, Hashable, Sendable {
    /// The rule of `assay check` that it breaks.
    package enum Rule: String, Sendable {
        /// A name that nothing has.
        case name = "unknown-name"
        /// A field that the record does not have.
        case field = "unknown-field"
        /// A function that does not exist, or not in this way of calling it.
        case function = "unknown-function"
        /// Operands or a result of types that do not fit.
        case type = "type-mismatch"
        /// A constant that no conversion can read, such as `duration('90d')`.
        case constant = "bad-constant"
        /// A part that hides its type from the check.
        case untyped = "untyped"
        /// Macros inside macros: work that grows with the product of the lists' lengths.
        case nesting = "nested-macros"
    }

    package let rule: Rule
    package let message: String
    /// What to write instead; empty when nothing can be said in general.
    package let remedy: String
    /// The unknown word; empty when none is.
    package let word: String
    /// The words that would have been right in its place, sorted: a caller may find the nearest.
    package let known: [String]
    /// Place in the source, in bytes of UTF-8 from 0.
    package let offset: Int

    init(
        _ rule: Rule, _ message: String, remedy: String = "", word: String = "", known: [String] = [],
        at offset: Int
    ) {
        self.rule = rule
        self.message = message
        self.remedy = remedy
        self.word = word
        self.known = known
        self.offset = offset
    }
}
