/// What a foreign expression may use up. The defaults stop a hostile text within a fraction of a second.
package struct ExpressionLimits: Sendable {
    /// Longest source in bytes.
    package var sourceBytes: Int
    /// Deepest nesting of the parsed expression; at 250 the evaluation still fits a 512 KiB stack.
    package var depth: Int
    /// Most units of one evaluation. A node visited, an iteration and an element compared, joined or printed take 1
    /// each, and so does each element of a list that a function built. Building a list takes 10, building a map 30,
    /// reading or building text a tenth for every byte, and a regular expression a quarter for every step of its
    /// program as often as a tenth of the text's bytes. A class of very many ranges counts as several steps, and so
    /// does what was long looked at in compiling.
    package var cost: Int

    package init(sourceBytes: Int = 64 << 10, depth: Int = 250, cost: Int = 1_000_000) {
        self.sourceBytes = sourceBytes
        self.depth = depth
        self.cost = cost
    }

    package static let standard = ExpressionLimits()
}
