/// A regular expression in RE2's syntax, run in time linear in the text: all ways through the pattern are followed at
/// once, so there is no backtracking that a hostile pattern could blow up. Compiling is bounded as well, since a pattern
/// may come with the evidence.
///
/// Known are literals, `.`, classes (`[a-z]`, `\d`, `\pL`, `[[:alpha:]]`), groups, `|`, `* + ? {m,n}`, anchors,
/// `\b`, and the flags `i`, `m`, `s`. There are no backreferences and no lookaround, as in RE2.
struct Pattern: Sendable {
    /// Why a pattern cannot be compiled.
    struct Failure: Error {
        let problem: String
    }

    private let program: [PatternProgram.Step]
    /// The steps that may be alive at once, each with what it may compare a character with: the work per character, and
    /// that of compiling, are bounded by it.
    let size: Int

    init(_ source: String) throws(Failure) {
        let compiled = try PatternProgram(try PatternParser.parse(source))
        program = compiled.steps
        size = compiled.cost
    }

    /// Whether the pattern is found anywhere in the text.
    func matches(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        var current = Threads(program.count)
        var next = Threads(program.count)
        for index in 0...scalars.count {
            // A match may begin at every place, so the start is alive again and again.
            if add(0, at: index, in: scalars, to: &current) { return true }
            guard index < scalars.count else { return false }
            next.removeAll()
            for step in current.order {
                if case .accept(let set, let following) = program[step], set.contains(scalars[index]) {
                    if add(following, at: index + 1, in: scalars, to: &next) { return true }
                }
            }
            swap(&current, &next)
        }
        return false
    }

    /// Makes a step alive, and everything reachable from it without a character; true when that is a match.
    private func add(_ start: Int, at index: Int, in text: [Unicode.Scalar], to threads: inout Threads)
        -> Bool
    {
        var pending = [start]
        while let step = pending.popLast() {
            guard threads.insert(step) else { continue }
            switch program[step] {
            case .accept: break
            case .jump(let target): pending.append(target)
            case .split(let first, let second):
                pending.append(second)
                pending.append(first)
            case .check(let place, let following):
                if place.holds(at: index, in: text) { pending.append(following) }
            case .match: return true
            }
        }
        return false
    }

    /// A set of steps that keeps its order and is emptied in constant time.
    private struct Threads {
        private(set) var order: [Int] = []
        private var marks: [Int]
        private var round = 1

        init(_ count: Int) {
            marks = [Int](repeating: 0, count: count)
            order.reserveCapacity(count)
        }

        mutating func insert(_ step: Int) -> Bool {
            if marks[step] == round { return false }
            marks[step] = round
            order.append(step)
            return true
        }

        mutating func removeAll() {
            round += 1
            order.removeAll(keepingCapacity: true)
        }
    }
}

/// A place between characters that a pattern can ask about.
enum PatternPlace: Sendable, Hashable {
    case textStart, textEnd, lineStart, lineEnd, wordEdge, noWordEdge

    func holds(at index: Int, in text: [Unicode.Scalar]) -> Bool {
        switch self {
        case .textStart: index == 0
        case .textEnd: index == text.count
        case .lineStart: index == 0 || text[index - 1] == "\n"
        case .lineEnd: index == text.count || text[index] == "\n"
        case .wordEdge: Self.isWord(index - 1, text) != Self.isWord(index, text)
        case .noWordEdge: Self.isWord(index - 1, text) == Self.isWord(index, text)
        }
    }

    private static func isWord(_ index: Int, _ text: [Unicode.Scalar]) -> Bool {
        text.indices.contains(index) && PatternSet.word.contains(text[index])
    }
}
