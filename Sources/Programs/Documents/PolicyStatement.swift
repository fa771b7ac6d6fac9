package import Formats

/// One numbered rule of a policy, with the tests that show whether it is followed:
///
///     3. Accounts end within 24 hours of employment. [tests: leaver-removal]
package struct PolicyStatement: Sendable, Hashable {
    /// Its place among the numbered rules of the policy, from 1.
    package let number: Int
    /// The rule without its links.
    package let text: String
    /// Ids of tests.
    package let tests: [Text]
}

extension Policy {
    private static let mark = "[tests:"

    /// The items of the policy's numbered lists, in order. An item ends at an empty line, a heading or the next item.
    package var statements: [PolicyStatement] {
        var items: [(number: Int, line: Int, lines: [Substring])] = []
        var isOpen = false
        let lines = text.value.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            if let start = Self.itemStart(line) {
                items.append((items.count + 1, index + 1, [line[start...]]))
                isOpen = true
            } else if !line.contains(where: { !$0.isWhitespace }) || line.hasPrefix("#") {
                isOpen = false
            } else if isOpen {
                items[items.count - 1].lines.append(line)
            }
        }
        return items.map(statement)
    }

    private func statement(_ item: (number: Int, line: Int, lines: [Substring])) -> PolicyStatement {
        let words = item.lines.flatMap { $0.split(whereSeparator: \.isWhitespace) }.joined(separator: " ")
        guard let start = words.range(of: Self.mark), words.hasSuffix("]") else {
            return PolicyStatement(number: item.number, text: words, tests: [])
        }
        let place = text.place(line: item.line, column: 1)
        let names = words[start.upperBound...].dropLast().split(whereSeparator: { $0 == "," || $0 == " " })
        let rule = words[..<start.lowerBound].split(separator: " ").joined(separator: " ")
        return PolicyStatement(
            number: item.number, text: rule, tests: names.map { Text(String($0), at: place) })
    }

    /// Where the text of an item such as `12. Nobody …` begins; nil for other lines.
    private static func itemStart(_ line: Substring) -> Substring.Index? {
        let digits = line.prefix { $0.isASCII && $0.isNumber }
        guard (1...3).contains(digits.utf8.count) else { return nil }
        let rest = line[digits.endIndex...]
        guard rest.hasPrefix(". ") else { return nil }
        return rest.index(rest.startIndex, offsetBy: 2)
    }
}

extension String {
    /// The last place of a text; not in the standard library without Foundation.
    fileprivate func range(of text: String) -> Range<Index>? {
        var found: Range<Index>?
        var rest = self[...]
        while let next = rest.firstRange(of: text) {
            found = next
            rest = rest[next.upperBound...]
        }
        return found
    }
}

extension Program {
    /// The rules of all policies that no test watches, by policy and number. The examination of such a rule rests on
    /// evidence shown by hand.
    package var untestedStatements: [(policy: Identifier, statement: PolicyStatement)] {
        policies.flatMap { policy in
            policy.statements.filter(\.tests.isEmpty).map { (policy.id, $0) }
        }
    }
}
