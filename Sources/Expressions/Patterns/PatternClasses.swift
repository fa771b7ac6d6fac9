/// Escapes and classes: `\d`, `\pL`, `\x41`, `[^a-z]`, `[[:alpha:]]`.
extension PatternParser {
    mutating func escape() throws(Pattern.Failure) -> PatternTree {
        switch current {
        case "A": return place(.textStart)
        case "z": return place(.textEnd)
        case "b": return place(.wordEdge)
        case "B": return place(.noWordEdge)
        default: break
        }
        var set = PatternSet()
        if try !insertClass(into: &set) { set = PatternSet(try escapedScalar()) }
        set.ignoresCase = flags.ignoresCase
        return .set(set)
    }

    private mutating func place(_ place: PatternPlace) -> PatternTree {
        at += 1
        return .place(place)
    }

    /// A class letter behind a backslash, added to the set; false when it is something else.
    private mutating func insertClass(into set: inout PatternSet) throws(Pattern.Failure) -> Bool {
        guard let letter = current else { throw Pattern.Failure(problem: "it ends in a backslash") }
        let known: [Unicode.Scalar: PatternSet] = [
            "d": .digit, "D": PatternSet.digit.negated, "w": .word, "W": PatternSet.word.negated, "s": .space,
            "S": PatternSet.space.negated,
        ]
        if let known = known[letter] {
            at += 1
            set.insert(known)
            return true
        }
        guard letter == "p" || letter == "P" else { return false }
        at += 1
        var name = ""
        var isIn = letter == "p"
        if take("{" as Unicode.Scalar) {
            if take("^" as Unicode.Scalar) { isIn.toggle() }
            while let scalar = current, scalar != "}" {
                name.unicodeScalars.append(scalar)
                at += 1
            }
            _ = take("}" as Unicode.Scalar)
        } else if let scalar = current {
            name = String(Character(scalar))
            at += 1
        }
        guard set.insert(category: name, isIn: isIn) else {
            throw Pattern.Failure(problem: "\\p takes a general category such as L, Lu or Nd")
        }
        return true
    }

    private mutating func escapedScalar() throws(Pattern.Failure) -> Unicode.Scalar {
        guard let letter = current else { throw Pattern.Failure(problem: "it ends in a backslash") }
        at += 1
        let controls: [Unicode.Scalar: Unicode.Scalar] = [
            "a": "\u{07}", "f": "\u{0C}", "n": "\n", "r": "\r", "t": "\t", "v": "\u{0B}",
        ]
        if let control = controls[letter] { return control }
        if letter == "x" { return try hexadecimal() }
        if PatternSet.word.contains(letter), letter != "_" {
            throw Pattern.Failure(problem: "the escape '\\\(letter)' is not offered")
        }
        return letter
    }

    private mutating func hexadecimal() throws(Pattern.Failure) -> Unicode.Scalar {
        var digits = ""
        let braced = take("{" as Unicode.Scalar)
        while let scalar = current, scalar.properties.isASCIIHexDigit, braced || digits.utf8.count < 2 {
            digits.unicodeScalars.append(scalar)
            at += 1
        }
        if braced, !take("}" as Unicode.Scalar) { digits = "" }
        guard let value = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(value) else {
            throw Pattern.Failure(problem: "'\\x' needs two hexadecimal digits, or more in braces")
        }
        return scalar
    }

    mutating func bracket() throws(Pattern.Failure) -> PatternSet {
        var set = PatternSet()
        let isNegated = take("^" as Unicode.Scalar)
        var isFirst = true
        while let scalar = current, scalar != "]" || isFirst {
            isFirst = false
            if try insertNamedClass(into: &set) { continue }
            at += 1
            if scalar == "\\", try insertClass(into: &set) { continue }
            let low = scalar == "\\" ? try escapedScalar() : scalar
            var high = low
            if current == "-", at + 1 < source.count, source[at + 1] != "]" {
                at += 1
                let next = source[at]
                at += 1
                high = next == "\\" ? try escapedScalar() : next
            }
            guard low.value <= high.value else {
                throw Pattern.Failure(problem: "a range in [...] runs backwards")
            }
            set.insert(low.value...high.value)
        }
        guard take("]" as Unicode.Scalar) else { throw Pattern.Failure(problem: "a '[' is not closed") }
        set.isNegated = isNegated
        set.ignoresCase = flags.ignoresCase
        return set
    }

    private mutating func insertNamedClass(into set: inout PatternSet) throws(Pattern.Failure) -> Bool {
        guard current == "[", at + 1 < source.count, source[at + 1] == ":" else { return false }
        let start = at
        at += 2
        let isNegated = take("^" as Unicode.Scalar)
        var name = ""
        while let scalar = current, scalar != ":" {
            name.unicodeScalars.append(scalar)
            at += 1
        }
        guard take(":]") else {
            at = start
            return false
        }
        guard let named = Self.named[name] else {
            throw Pattern.Failure(problem: "there is no class [:\(name):]")
        }
        set.insert(isNegated ? named.negated : named)
        return true
    }

    private static let named: [String: PatternSet] = [
        "alnum": PatternSet(0x30...0x39, 0x41...0x5A, 0x61...0x7A),
        "alpha": PatternSet(0x41...0x5A, 0x61...0x7A),
        "ascii": PatternSet(0...0x7F), "blank": PatternSet(0x09...0x09, 0x20...0x20),
        "cntrl": PatternSet(0...0x1F, 0x7F...0x7F), "digit": .digit, "graph": PatternSet(0x21...0x7E),
        "lower": PatternSet(0x61...0x7A), "print": PatternSet(0x20...0x7E),
        "punct": PatternSet(0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E),
        "space": PatternSet(0x09...0x0D, 0x20...0x20), "upper": PatternSet(0x41...0x5A), "word": .word,
        "xdigit": PatternSet(0x30...0x39, 0x41...0x46, 0x61...0x66),
    ]
}
