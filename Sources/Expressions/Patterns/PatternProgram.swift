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
enum PatternProgram {
    enum Step: Sendable {
        case accept(PatternSet, Int)
        case jump(Int)
        case split(Int, Int)
        case check(PatternPlace, Int)
        case match
    }

    /// Counted repetitions are written out, so their product must be bounded.
    private static let limit = 10_000

    static func compile(_ tree: PatternTree) throws(Pattern.Failure) -> [Step] {
        var steps: [Step] = []
        try append(tree, to: &steps)
        steps.append(.match)
        return steps
    }

    private static func append(_ tree: PatternTree, to steps: inout [Step]) throws(Pattern.Failure) {
        guard steps.count < limit else { throw Pattern.Failure(problem: "it is too large; repeat less") }
        switch tree {
        case .empty: break
        case .set(let set): steps.append(.accept(set, steps.count + 1))
        case .place(let place): steps.append(.check(place, steps.count + 1))
        case .sequence(let parts): for part in parts { try append(part, to: &steps) }
        case .choice(let parts): try appendChoice(parts[...], to: &steps)
        case .repeated(let part, let least, let most):
            for _ in 0..<least { try append(part, to: &steps) }
            if let most {
                try appendOptional(part, times: max(0, most - least), to: &steps)
            } else {
                try appendLoop(part, to: &steps)
            }
        }
    }

    private static func appendChoice(
        _ parts: ArraySlice<PatternTree>, to steps: inout [Step]
    ) throws(Pattern.Failure) {
        var exits: [Int] = []
        for (index, part) in zip(parts.indices, parts) {
            if index == parts.endIndex - 1 {
                try append(part, to: &steps)
            } else {
                let split = steps.count
                steps.append(.match)
                try append(part, to: &steps)
                exits.append(steps.count)
                steps.append(.match)
                steps[split] = .split(split + 1, steps.count)
            }
        }
        for exit in exits { steps[exit] = .jump(steps.count) }
    }

    private static func appendOptional(
        _ part: PatternTree, times: Int, to steps: inout [Step]
    ) throws(Pattern.Failure) {
        var splits: [Int] = []
        for _ in 0..<times {
            splits.append(steps.count)
            steps.append(.match)
            try append(part, to: &steps)
        }
        for split in splits { steps[split] = .split(split + 1, steps.count) }
    }

    private static func appendLoop(_ part: PatternTree, to steps: inout [Step]) throws(Pattern.Failure) {
        let split = steps.count
        steps.append(.match)
        try append(part, to: &steps)
        steps.append(.jump(split))
        steps[split] = .split(split + 1, steps.count)
    }
}
