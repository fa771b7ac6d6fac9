internal import Formats

/// The answer to a yes-or-no expression in one row.
package enum ColumnAnswer {
    // Computed and inlinable: they are read once for every row of every sweep, from another module.
    @inlinable package static var no: UInt8 { 0 }
    @inlinable package static var yes: UInt8 { 1 }
    /// An error, or a value that is neither true nor false.
    @inlinable package static var undecidable: UInt8 { 2 }
}

/// Computes an expression a block at a time. What has been learnt from one block serves the next, so keep one
/// evaluation for all blocks of a scan.
///
/// The tree walk (`Expression.evaluate`) is the oracle: in every row the answer is the tree walk's. Comparisons, logic
/// and arithmetic run over whole columns. What reads a single coded field (a text, a list) is walked once for each
/// distinct value; all else once for each distinct combination of the values it reads, of which so many are remembered
/// that the memory stays bounded. Numbers are taken to mean the same from block to block only after their
/// dictionaries have been found to agree.
///
/// The limit on steps holds for each walk. A row that the tree walk gives up only because its parts together take too
/// many steps has an answer here.
package struct ColumnEvaluation: Sendable {
    private let expression: Expression
    /// Nil when only the tree walk will do.
    private let plan: ColumnPlan?
    private var memory: ColumnMemory
    private let stretch: Int

    package init(_ expression: Expression) {
        self.init(expression, stretch: 4_096)
    }

    /// - Parameter stretch: how many rows are computed at once: so few that what is computed from them stays in the
    ///   processor's nearest memory, and so many that taking up each part of the expression anew costs nothing.
    init(_ expression: Expression, stretch: Int) {
        self.expression = expression
        self.stretch = stretch
        plan = ColumnPlan(expression.syntax, cost: expression.allowance)
        memory = ColumnMemory(nodes: plan?.nodes.count ?? 0)
    }

    /// One `ColumnAnswer` for each row.
    package mutating func answers(over block: ColumnBlock) -> [UInt8] {
        run(over: block, { run, root in run.answers(root) }, otherwise: ColumnAnswer.of)
    }

    /// The expression's value in each row; nil where it has none.
    package mutating func values(over block: ColumnBlock) -> [Value?] {
        run(
            over: block,
            { run, root in
                guard let vector = run.vector(root) else { return run.projectedValues(root) }
                return (0..<run.view.count).map { vector.value($0) }
            }, otherwise: { $0 })
    }

    /// The column that the expression is, when it does nothing but select a field of a variable: then rows need no
    /// computing. Nil otherwise, where the record can be null, and where its kind does not declare the field.
    package func column(in block: ColumnBlock) -> Column? {
        guard let plan, let view = BlockView(block, for: plan),
            case .read(let read) = plan.nodes[plan.root].form,
            case .field(let column?, _) = view.sources[read],
            block[plan.reads[read].variable]?.presence == nil
        else { return nil }
        return column
    }

    private func walk(_ block: ColumnBlock, _ row: Int) -> Value? {
        try? expression.evaluate(block.bindings(row))
    }

    /// What the plan gives, and what the tree walk gives for blocks and rows that are beyond the plan.
    private mutating func run<Found>(
        over block: ColumnBlock, _ body: (inout ColumnRun, _ root: Int) -> [Found],
        otherwise: (Value?) -> Found
    ) -> [Found] {
        guard let plan, let view = BlockView(block, for: plan) else {
            return (0..<block.count).map { otherwise(walk(block, $0)) }
        }
        var found: [Found] = []
        found.reserveCapacity(block.count)
        memory.admit(view)
        // One after the other, so that each finds the memory of the one before free and still near.
        for start in stride(from: 0, to: block.count, by: stretch) {
            let part = view.cut(start..<min(start + stretch, block.count))
            var run = ColumnRun(plan, part, memory)
            // The run alone holds what has been learnt, or else every table would be copied when it grows.
            memory = ColumnMemory(nodes: 0)
            found += body(&run, plan.root)
            if run.isExhausted {
                memory = ColumnMemory(nodes: plan.nodes.count)
                return (0..<block.count).map { otherwise(walk(block, $0)) }
            }
            memory = run.memory
            for row in run.hard {
                found[start + row] = otherwise(walk(block, start + row))
            }
        }
        return found
    }
}
