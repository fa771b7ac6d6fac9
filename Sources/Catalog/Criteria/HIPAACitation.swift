/// A place in the HIPAA rules (45 CFR parts 160, 162 and 164), such as `164.308(a)(3)(ii)(C)`.
///
/// Only the shape is checked: that a part and section are named and that paragraphs are designated the way the Code of
/// Federal Regulations does it, level by level: (a), (1), (i), (A), (1), (i).
package struct HIPAACitation: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// 160, 162 or 164.
    package let part: Int
    package let section: Int
    /// The designations without their parentheses, outermost first.
    package let paragraphs: [String]

    /// Nil when the text is not a citation of these parts.
    package init?(_ text: String) {
        let head = text.prefix { $0 != "(" }
        let numbers = head.split(separator: ".", omittingEmptySubsequences: false)
        guard numbers.count == 2,
            numbers.allSatisfy({ $0.utf8.count == 3 && $0.utf8.allSatisfy(Self.isDigit) }),
            let part = Int(numbers[0]), [160, 162, 164].contains(part), let section = Int(numbers[1])
        else { return nil }
        var paragraphs: [String] = []
        var rest = text.utf8.dropFirst(head.utf8.count)
        while !rest.isEmpty {
            guard rest.first == UInt8(ascii: "("), let end = rest.firstIndex(of: UInt8(ascii: ")")) else {
                return nil
            }
            let designation = rest[rest.startIndex..<end].dropFirst()
            guard Self.isDesignation(designation, level: paragraphs.count) else { return nil }
            paragraphs.append(String(decoding: designation, as: UTF8.self))
            rest = rest[end...].dropFirst()
        }
        self.part = part
        self.section = section
        self.paragraphs = paragraphs
    }

    private static func isDesignation(_ text: Substring.UTF8View, level: Int) -> Bool {
        guard (1...5).contains(text.count) else { return false }
        switch level {
        case 0: return text.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
        case 1, 4: return text.allSatisfy(isDigit)
        case 2, 5: return text.allSatisfy { "ivxl".utf8.contains($0) }
        case 3: return text.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
        default: return false
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    package static func < (left: HIPAACitation, right: HIPAACitation) -> Bool {
        left.description.utf8.lexicographicallyPrecedes(right.description.utf8)
    }

    package var description: String {
        "\(part).\(section)" + paragraphs.map { "(\($0))" }.joined()
    }
}
