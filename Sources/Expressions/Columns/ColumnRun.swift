internal import Formats

/// What has been learnt from the blocks so far.
struct ColumnMemory {
    /// How each of the plan's reads was coded.
    var shapes: [Shape]?
    /// By node.
    var answers: [AnswerTable?]
    var values: [ValueTable?]
    var memos: [ProjectionMemo?]
    /// Nodes that have no vector, given these shapes.
    var isOpaque: [Bool]
    var texts = SharedTexts()

    init(nodes: Int) {
        answers = Array(repeating: nil, count: nodes)
        values = Array(repeating: nil, count: nodes)
        memos = Array(repeating: nil, count: nodes)
        isOpaque = Array(repeating: false, count: nodes)
    }

    /// Forgets everything unless the block's numbers mean what they meant before.
    mutating func admit(_ view: BlockView) {
        let found = view.sources.map { Shape($0) }
        guard let shapes else {
            shapes = found
            return
        }
        var joined: [Shape] = []
        for (known, new) in zip(shapes, found) {
            guard let shape = known.joined(new) else {
                self = ColumnMemory(nodes: memos.count)
                self.shapes = found
                return
            }
            joined.append(shape)
        }
        self.shapes = joined
    }
}

/// The computation of a plan over one stretch of a block.
struct ColumnRun {
    let plan: ColumnPlan
    let view: BlockView
    var memory: ColumnMemory
    /// Rows that only the tree walk gets right.
    var hard: [Int] = []
    /// Whether a walk ran out of steps. That error is final in the whole expression, so the block is left to the tree walk.
    private(set) var isExhausted = false

    init(_ plan: ColumnPlan, _ view: BlockView, _ memory: ColumnMemory) {
        self.plan = plan
        self.view = view
        self.memory = memory
    }

    private var rows: Int { view.count }

    /// The answers of a node.
    mutating func answers(_ id: Int) -> [UInt8] {
        let node = plan.nodes[id]
        if case .read = node.form, let vector = vector(id) { return vector.answers(rows) }
        if let (numbers, count, states) = soleCodes(node) { return tabled(id, numbers, count, states) }
        switch node.form {
        case .not(let operand):
            var mask = answers(operand)
            Masks.negate(&mask)
            return mask
        case .and(let operands): return joined(operands, Masks.and)
        case .or(let operands): return joined(operands, Masks.or)
        case .conditional(let condition, let yes, let no):
            return Masks.choose(answers(condition), answers(yes), answers(no))
        default: return vector(id)?.answers(rows) ?? projectedAnswers(id)
        }
    }

    private mutating func joined(_ operands: [Int], _ join: (inout [UInt8], [UInt8]) -> Void) -> [UInt8] {
        guard let first = operands.first else { return [] }
        var mask = answers(first)
        for operand in operands.dropFirst() { join(&mask, answers(operand)) }
        return mask
    }

    /// The values of a node; nil when they have no common machine type and are not coded.
    mutating func vector(_ id: Int) -> Vector? {
        if memory.isOpaque[id] { return nil }
        let found = computed(id)
        if found == nil { memory.isOpaque[id] = true }
        return found
    }

    private mutating func computed(_ id: Int) -> Vector? {
        let node = plan.nodes[id]
        switch node.form {
        case .constant(let value): return value.map { .constant($0) } ?? .failed
        case .read(let read): if let vector = column(read) { return vector }
        case .has(let read): return has(read)
        case .isNull(let read), .isNotNull(let read): return isNull(read, node.form)
        default: break
        }
        if let (numbers, count, states) = soleCodes(node) { return tabledValues(id, numbers, count, states) }
        switch node.form {
        case .not, .and, .or: return .answers(answers(id))
        case .conditional(let condition, let yes, let no):
            guard let first = vector(yes), let second = vector(no) else { return nil }
            return Vector.choose(answers(condition), first, second, rows)
        case .negate(let operand): return vector(operand).flatMap { Vector.negated($0, rows) }
        case .binary(let infix, let left, let right): return binary(infix, left, right)
        default: return nil
        }
    }

    private mutating func binary(_ infix: Syntax.Operator, _ left: Int, _ right: Int) -> Vector? {
        guard let left = vector(left), let right = vector(right) else { return nil }
        if infix.isComparison {
            if case .texts(let a, let x, let valid) = left, case .texts(let b, let y, let other) = right,
                infix == .equal || infix == .unequal
            {
                let (a, b) = memory.texts.comparable(a, x, valid, b, y, other, rows)
                var mask = Vector.compare(infix, a, b, rows)
                Masks.limit(&mask, to: Masks.both(valid, other))
                return .answers(mask)
            }
            return Vector.compare(infix, left, right, rows).map { .answers($0) }
        }
        if infix == .isIn { return Vector.isIn(left, right, rows) }
        return Vector.compute(infix, left, right, rows, hard: &hard)
    }

    // MARK: Reads

    private func column(_ read: Int) -> Vector? {
        switch view.sources[read] {
        case .nothing: .failed
        case .instants(let instants): .timestamps(Vector.held(instants, rows), valid: nil)
        case .record, .presence: nil
        case .field(let column, let states):
            column.map { Vector($0, states: states, rows: rows, owner: -1 - read) } ?? .failed
        }
    }

    private func has(_ read: Int) -> Vector? {
        guard case .field(_, let states) = view.sources[read] else { return .failed }
        // Absent is no, present is yes, and of null there is nothing to have.
        return .answers(states.codes ?? [UInt8](repeating: ColumnAnswer.yes, count: rows))
    }

    private func isNull(_ read: Int, _ form: ColumnPlan.Form) -> Vector {
        guard case .presence(let presence) = view.sources[read] else { return .failed }
        var mask = presence ?? [UInt8](repeating: ColumnAnswer.yes, count: rows)
        if case .isNull = form { Masks.negate(&mask) }
        return .answers(mask)
    }

    /// The numbers of the one coded field that a node reads, how many there can be, and the rows' states.
    private func soleCodes(_ node: ColumnPlan.Node) -> (numbers: [UInt32], count: Int, states: [UInt8]?)? {
        guard node.reads.count == 1, case .field(let column?, let states) = view.sources[node.reads[0]] else {
            return nil
        }
        return switch column.values {
        case .texts(let numbers, let dictionary): (numbers, dictionary.count, states.codes)
        case .coded(let numbers, let distinct): (numbers, distinct.count, states.codes)
        default: nil
        }
    }

    // MARK: Tree walks, as few as possible

    private mutating func walk(_ node: ColumnPlan.Node, _ row: Int) -> Value? {
        if isExhausted { return nil }
        let bindings = view.bindings(node.needs, row: row)
        do {
            return try Evaluator.evaluate(bindings, cost: plan.cost) {
                evaluator throws(EvaluationError) in try evaluator.value(of: node.syntax)
            }
        } catch {
            if !error.isAbsorbable { isExhausted = true }
            return nil
        }
    }

    private mutating func tabled(_ id: Int, _ numbers: [UInt32], _ count: Int, _ states: [UInt8]?) -> [UInt8]
    {
        var table = memory.answers[id] ?? AnswerTable()
        memory.answers[id] = nil
        table.reserve(count)
        var found = table.look(numbers, states, rows)
        if Loop.contains(found, rows, { $0 == AnswerTable.unknown }) {
            for row in 0..<rows where found[row] == AnswerTable.unknown {
                let (number, state) = (numbers[row], states?[row] ?? FieldStates.present)
                if table[number, state] == AnswerTable.unknown {
                    table[number, state] = ColumnAnswer.of(walk(plan.nodes[id], row))
                }
                found[row] = table[number, state]
            }
        }
        memory.answers[id] = table
        return found
    }

    private mutating func tabledValues(
        _ id: Int, _ numbers: [UInt32], _ count: Int, _ states: [UInt8]?
    ) -> Vector {
        var table = memory.values[id] ?? ValueTable()
        memory.values[id] = nil
        table.reserve(count)
        for row in 0..<rows {
            let (number, state) = (numbers[row], states?[row] ?? FieldStates.present)
            if !table.isKnown(number, state) { table.learn(walk(plan.nodes[id], row), number, state) }
        }
        let found = table.vector(numbers, states, rows, owner: id)
        memory.values[id] = table
        return found
    }

    /// Calls back with each row's outcome, and with its place in the memo when it has one there.
    private mutating func project(
        _ id: Int, _ take: (_ row: Int, _ place: Int?, _ memo: ProjectionMemo, _ outcome: Value?) -> Void
    ) {
        let node = plan.nodes[id]
        guard memory.memos[id]?.isUseless != true else {
            let useless = ProjectionMemo(width: 0)
            for row in 0..<rows { take(row, nil, useless, walk(node, row)) }
            return
        }
        let projections = Projections(view, reads: node.reads)
        var memo = memory.memos[id] ?? ProjectionMemo(width: projections.width)
        memory.memos[id] = nil
        for row in 0..<rows {
            if !memo.isUseless, let place = memo.place(projections, row) {
                take(row, place, memo, nil)
                continue
            }
            let outcome = walk(node, row)
            if !memo.isUseless { memo.learn(outcome, projections, row) }
            take(row, nil, memo, outcome)
        }
        memory.memos[id] = memo
    }

    private mutating func projectedAnswers(_ id: Int) -> [UInt8] {
        var answers: [UInt8] = []
        answers.reserveCapacity(rows)
        project(id) { _, place, memo, outcome in
            answers.append(place.map { memo.answers[$0] } ?? ColumnAnswer.of(outcome))
        }
        return answers
    }

    /// The values of a node that has no vector.
    mutating func projectedValues(_ id: Int) -> [Value?] {
        var values: [Value?] = []
        values.reserveCapacity(rows)
        project(id) { _, place, memo, outcome in
            if let place { values.append(memo.outcomes[place]) } else { values.append(outcome) }
        }
        return values
    }
}
