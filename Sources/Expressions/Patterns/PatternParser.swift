/// Reads the source of a pattern.
struct PatternParser {
    let source: [Unicode.Scalar]
    var at = 0
    private var depth = 0
    var flags = Flags()

    /// What `(?i)`, `(?m)` and `(?s)` switch on.
    struct Flags {
        var ignoresCase = false
        var multiline = false
        var dotMatchesLineFeed = false
    }

    private static let deepest = 100
    private static let mostRepetitions = 1_000

    static func parse(_ source: String) throws(Pattern.Failure) -> PatternTree {
        var parser = PatternParser(source: Array(source.unicodeScalars))
        let tree = try parser.choice()
        if parser.at < parser.source.count { throw Pattern.Failure(problem: "a ')' has no '('") }
        return tree
    }

    private init(source: [Unicode.Scalar]) {
        self.source = source
    }

    var current: Unicode.Scalar? { at < source.count ? source[at] : nil }

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard current == scalar else { return false }
        at += 1
        return true
    }

    mutating func take(_ text: String) -> Bool {
        guard source[at...].starts(with: text.unicodeScalars) else { return false }
        at += text.unicodeScalars.count
        return true
    }

    private mutating func choice() throws(Pattern.Failure) -> PatternTree {
        depth += 1
        defer { depth -= 1 }
        if depth > Self.deepest { throw Pattern.Failure(problem: "its groups are nested too deeply") }
        // Flags set inside a group end with it.
        let outer = flags
        defer { flags = outer }
        var parts = [try sequence()]
        while take("|" as Unicode.Scalar) { parts.append(try sequence()) }
        return parts.count == 1 ? parts[0] : .choice(parts)
    }

    private mutating func sequence() throws(Pattern.Failure) -> PatternTree {
        var parts: [PatternTree] = []
        while let scalar = current, scalar != "|", scalar != ")" {
            if take("\\Q") {
                while at < source.count, !take("\\E") {
                    parts.append(literal(source[at]))
                    at += 1
                }
                // A repetition behind the quoted text is for its last character.
                if let last = parts.popLast() { parts.append(try repeated(last)) }
                continue
            }
            guard let atom = try atom() else { continue }
            parts.append(try repeated(atom))
        }
        return parts.count == 1 ? parts[0] : .sequence(parts)
    }

    private func literal(_ scalar: Unicode.Scalar) -> PatternTree {
        var set = PatternSet(scalar)
        set.ignoresCase = flags.ignoresCase
        return .set(set)
    }

    /// One unit; nil for a group that only sets flags.
    private mutating func atom() throws(Pattern.Failure) -> PatternTree? {
        guard let scalar = current else { return .empty }
        at += 1
        switch scalar {
        case ".": return .set(flags.dotMatchesLineFeed ? .any : .anyButLineFeed)
        case "^": return .place(flags.multiline ? .lineStart : .textStart)
        case "$": return .place(flags.multiline ? .lineEnd : .textEnd)
        case "(": return try group()
        case "[": return .set(try bracket())
        case "\\": return try escape()
        case "*", "+", "?": throw Pattern.Failure(problem: "a '\(scalar)' has nothing to repeat")
        default: return literal(scalar)
        }
    }

    private mutating func repeated(_ atom: PatternTree) throws(Pattern.Failure) -> PatternTree {
        let bounds: (least: Int, most: Int?)
        if take("*" as Unicode.Scalar) {
            bounds = (0, nil)
        } else if take("+" as Unicode.Scalar) {
            bounds = (1, nil)
        } else if take("?" as Unicode.Scalar) {
            bounds = (0, 1)
        } else if let counted = try counts() {
            bounds = counted
        } else {
            return atom
        }
        // Lazy or not makes no difference to whether there is a match.
        _ = take("?" as Unicode.Scalar)
        if current == "*" || current == "+" || current == "?" {
            throw Pattern.Failure(problem: "two repetitions stand in a row; put the first in a group")
        }
        return .repeated(atom, least: bounds.least, most: bounds.most)
    }

    /// `{m}`, `{m,}` or `{m,n}`. Other braces are plain characters, as in RE2.
    private mutating func counts() throws(Pattern.Failure) -> (least: Int, most: Int?)? {
        let start = at
        guard take("{" as Unicode.Scalar), let least = number() else {
            at = start
            return nil
        }
        var most: Int? = least
        if take("," as Unicode.Scalar) { most = number() }
        guard take("}" as Unicode.Scalar) else {
            at = start
            return nil
        }
        if max(least, most ?? 0) > Self.mostRepetitions || (most.map { $0 < least } ?? false) {
            throw Pattern.Failure(problem: "a repetition {m,n} needs m ≤ n ≤ \(Self.mostRepetitions)")
        }
        return (least, most)
    }

    private mutating func number() -> Int? {
        var text = ""
        while let scalar = current, ("0"..."9").contains(scalar), text.utf8.count < 6 {
            text.unicodeScalars.append(scalar)
            at += 1
        }
        return Int(text)
    }

    private mutating func group() throws(Pattern.Failure) -> PatternTree? {
        let outer = flags
        if take("?" as Unicode.Scalar) {
            if take("P<")
                || (current == "<"
                    && !(source[at...].starts(with: "<=".unicodeScalars)
                        || source[at...].starts(with: "<!".unicodeScalars))
                    && take("<" as Unicode.Scalar))
            {
                while let scalar = current, PatternSet.word.contains(scalar) { at += 1 }
                guard take(">" as Unicode.Scalar) else {
                    throw Pattern.Failure(problem: "a group's name is not closed")
                }
            } else if try !scopedFlags() {
                return nil
            }
        }
        let inner = try choice()
        flags = outer
        guard take(")" as Unicode.Scalar) else { throw Pattern.Failure(problem: "a '(' is not closed") }
        return inner
    }

    /// The flags of `(?i-s:...)`, or of `(?i)` which stand to the end of the group around it: then false.
    private mutating func scopedFlags() throws(Pattern.Failure) -> Bool {
        var value = true
        while let scalar = current {
            at += 1
            switch scalar {
            case "-": value = false
            case "i": flags.ignoresCase = value
            case "m": flags.multiline = value
            case "s": flags.dotMatchesLineFeed = value
            case "U": break
            case ":": return true
            case ")": return false
            default:
                throw Pattern.Failure(
                    problem:
                        "'(?\(scalar)' is not offered; there are groups (?:...), names (?P<x>...) and the flags ims"
                )
            }
        }
        throw Pattern.Failure(problem: "a '(' is not closed")
    }
}
