/// A set of code points: ranges, Unicode categories, or all others than those.
struct PatternSet: Sendable {
    private var ranges: [ClosedRange<UInt32>] = []
    private var categories: [(name: String, isIn: Bool)] = []
    var isNegated = false
    var ignoresCase = false

    init() {}

    init(_ ranges: ClosedRange<UInt32>...) {
        self.ranges = ranges
    }

    init(_ scalar: Unicode.Scalar) {
        ranges = [scalar.value...scalar.value]
    }

    static let digit = PatternSet(0x30...0x39)
    static let word = PatternSet(0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A)
    static let space = PatternSet(0x09...0x0A, 0x0C...0x0D, 0x20...0x20)
    static let any = PatternSet(0...0x10_FFFF)
    static let anyButLineFeed = PatternSet(0...0x09, 0x0B...0x10_FFFF)

    var negated: PatternSet {
        var set = self
        set.isNegated.toggle()
        return set
    }

    mutating func insert(_ range: ClosedRange<UInt32>) {
        ranges.append(range)
    }

    /// Adds a class such as `\d` or `\W`, which holds no categories of its own.
    mutating func insert(_ set: PatternSet) {
        categories.append(contentsOf: set.categories)
        if !set.isNegated {
            ranges.append(contentsOf: set.ranges)
            return
        }
        var start: UInt32 = 0
        for range in set.ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > start { ranges.append(start...(range.lowerBound - 1)) }
            start = max(start, range.upperBound + 1)
        }
        if start <= 0x10_FFFF { ranges.append(start...0x10_FFFF) }
    }

    /// Adds a general category (`L`, `Lu`, ...), or all others; false when there is none of that name.
    mutating func insert(category name: String, isIn: Bool) -> Bool {
        guard Self.categoryNames.contains(where: { $0.hasPrefix(name) }), (1...2).contains(name.utf8.count)
        else {
            return false
        }
        categories.append((name, isIn))
        return true
    }

    /// How much looking up takes: 1 for a set as people write them, more for one of very many ranges.
    var cost: Int { 1 + (ranges.count + categories.count) / 16 }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        var found = holds(scalar)
        if !found, ignoresCase {
            found = Self.otherCases(scalar).contains { holds($0) }
        }
        return found != isNegated
    }

    private func holds(_ scalar: Unicode.Scalar) -> Bool {
        if ranges.contains(where: { $0.contains(scalar.value) }) { return true }
        if categories.isEmpty { return false }
        let category = Self.name(scalar.properties.generalCategory)
        return categories.contains { category.hasPrefix($0.name) == $0.isIn }
    }

    private static func otherCases(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping].compactMap { text in
            text.unicodeScalars.count == 1 ? text.unicodeScalars.first : nil
        }
    }

    private static let categoryNames = [
        "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf",
        "Po",
        "Sm", "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Cn",
    ]

    private static func name(_ category: Unicode.GeneralCategory) -> String {
        switch category {
        case .uppercaseLetter: "Lu"
        case .lowercaseLetter: "Ll"
        case .titlecaseLetter: "Lt"
        case .modifierLetter: "Lm"
        case .otherLetter: "Lo"
        case .nonspacingMark: "Mn"
        case .spacingMark: "Mc"
        case .enclosingMark: "Me"
        case .decimalNumber: "Nd"
        case .letterNumber: "Nl"
        case .otherNumber: "No"
        case .connectorPunctuation: "Pc"
        case .dashPunctuation: "Pd"
        case .openPunctuation: "Ps"
        case .closePunctuation: "Pe"
        case .initialPunctuation: "Pi"
        case .finalPunctuation: "Pf"
        case .otherPunctuation: "Po"
        case .mathSymbol: "Sm"
        case .currencySymbol: "Sc"
        case .modifierSymbol: "Sk"
        case .otherSymbol: "So"
        case .spaceSeparator: "Zs"
        case .lineSeparator: "Zl"
        case .paragraphSeparator: "Zp"
        case .control: "Cc"
        case .format: "Cf"
        case .surrogate: "Cs"
        case .privateUse: "Co"
        case .unassigned: "Cn"
        @unknown default: "Cn"
        }
    }
}
