/// What a foreign expression may use up. The defaults stop a hostile text within a fraction of a second.
package struct ExpressionLimits: Sendable {
    /// Longest source in bytes.
    package var sourceBytes: Int
    /// Deepest nesting of the parsed expression; at 250 the evaluation still fits a 512 KiB stack.
    package var depth: Int
    /// Most steps of one evaluation: nodes visited, iterations, and a tenth for every byte of text handled.
    package var cost: Int

    package init(sourceBytes: Int = 64 << 10, depth: Int = 250, cost: Int = 1_000_000) {
        self.sourceBytes = sourceBytes
        self.depth = depth
        self.cost = cost
    }

    package static let standard = ExpressionLimits()
}
