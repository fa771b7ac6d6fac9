/// A share between nothing and all, in whole parts per million: shares are signed and compared, so no doubles.
package struct Proportion: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// From 0 to 1,000,000.
    package let partsPerMillion: Int64

    /// Nil outside 0 to 1,000,000.
    package init?(partsPerMillion: Int64) {
        guard (0...1_000_000).contains(partsPerMillion) else { return nil }
        self.partsPerMillion = partsPerMillion
    }

    /// A whole percentage, held between 0 and 100.
    package static func percent(_ percent: Int64) -> Proportion {
        Proportion(unchecked: min(100, max(0, percent)) * 10_000)
    }

    private init(unchecked partsPerMillion: Int64) {
        self.partsPerMillion = partsPerMillion
    }

    /// Reads `5%` or `99.95%`, up to four places behind the point.
    package init?(_ text: String) {
        guard text.utf8.last == UInt8(ascii: "%") else { return nil }
        let parts = text.dropLast().split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), (1...3).contains(parts[0].utf8.count),
            parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            let whole = Int64(parts[0])
        else { return nil }
        var fraction: Int64 = 0
        if parts.count == 2 {
            guard parts[1].utf8.count <= 4 else { return nil }
            let padded = parts[1] + String(repeating: "0", count: 4 - parts[1].utf8.count)
            guard let digits = Int64(padded) else { return nil }
            fraction = digits
        }
        self.init(partsPerMillion: whole * 10_000 + fraction)
    }

    package static func < (left: Proportion, right: Proportion) -> Bool {
        left.partsPerMillion < right.partsPerMillion
    }

    package var description: String {
        let (whole, fraction) = partsPerMillion.quotientAndRemainder(dividingBy: 10_000)
        if fraction == 0 { return "\(whole)%" }
        var digits = String(10_000 + fraction).dropFirst()
        while digits.hasSuffix("0") { digits.removeLast() }
        return "\(whole).\(digits)%"
    }
}
