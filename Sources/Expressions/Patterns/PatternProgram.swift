/// The tree of a pattern.
indirect enum PatternTree: Sendable {
    case empty
    case set(PatternSet)
    case place(PatternPlace)
    case sequence([PatternTree])
    case choice([PatternTree])
    /// Between `least` and `most` times; nil for no upper bound.
    case repeated(PatternTree, least: Int, most: Int?)
}

/// The steps a pattern is compiled to.
struct PatternProgram: Sendable {
    enum Step: Sendable {
        case accept(PatternSet, Int)
        case jump(Int)
        case split(Int, Int)
        case check(PatternPlace, Int)
        case match
    }

    /// Counted repetitions are written out, so their product must be bounded.
    private static let stepLimit = 10_000
    /// A part that adds no step, such as `()`, is looked at all the same, so looking must be bounded too.
    private static let visitLimit = 40_000

    private(set) var steps: [Step] = []
    private var visits = 0

    init(_ tree: PatternTree) throws(Pattern.Failure) {
        try append(tree)
        steps.append(.match)
    }

    /// What a character of the text may cost, and at least what compiling has cost.
    var cost: Int { max(steps.reduce(0) { $0 + $1.cost }, visits / 4) }

    private mutating func append(_ tree: PatternTree) throws(Pattern.Failure) {
        visits += 1
        guard steps.count < Self.stepLimit, visits < Self.visitLimit else {
            throw Pattern.Failure(problem: "it is too large; repeat less")
        }
        switch tree {
        case .empty: break
        case .set(let set): steps.append(.accept(set, steps.count + 1))
        case .place(let place): steps.append(.check(place, steps.count + 1))
        case .sequence(let parts): for part in parts { try append(part) }
        case .choice(let parts): try appendChoice(parts[...])
        case .repeated(let part, let least, let most):
            try append(part, times: least)
            if let most {
                try appendOptional(part, times: max(0, most - least))
            } else {
                try appendLoop(part)
            }
        }
    }

    private mutating func append(_ part: PatternTree, times: Int) throws(Pattern.Failure) {
        for _ in 0..<times {
            let start = steps.count
            try append(part)
            // What asks for nothing asks for nothing however often it is repeated.
            if steps.count == start { return }
        }
    }

    private mutating func appendChoice(_ parts: ArraySlice<PatternTree>) throws(Pattern.Failure) {
        var exits: [Int] = []
        for (index, part) in zip(parts.indices, parts) {
            if index == parts.endIndex - 1 {
                try append(part)
            } else {
                let split = steps.count
                steps.append(.match)
                try append(part)
                exits.append(steps.count)
                steps.append(.match)
                steps[split] = .split(split + 1, steps.count)
            }
        }
        for exit in exits { steps[exit] = .jump(steps.count) }
    }

    private mutating func appendOptional(_ part: PatternTree, times: Int) throws(Pattern.Failure) {
        var splits: [Int] = []
        for _ in 0..<times {
            splits.append(steps.count)
            steps.append(.match)
            try append(part)
        }
        for split in splits { steps[split] = .split(split + 1, steps.count) }
    }

    private mutating func appendLoop(_ part: PatternTree) throws(Pattern.Failure) {
        let split = steps.count
        steps.append(.match)
        try append(part)
        steps.append(.jump(split))
        steps[split] = .split(split + 1, steps.count)
    }
}

extension PatternProgram.Step {
    fileprivate var cost: Int { if case .accept(let set, _) = self { set.cost } else { 1 } }
}
