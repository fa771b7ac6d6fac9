package import Formats

/// What the units of a test are called in a report.
///
/// A key may be a person's id. Where a key, or a part of it, is the value of a personal field somewhere in the
/// evidence, a report says "withheld 1", "withheld 2" and so on, counted in the order of the keys of that test; the
/// log entry and item beside it lead whoever holds the workspace to the name.
package struct KeyNames: Sendable {
    private let personal: Set<Identifier>
    private let showsPersonal: Bool
    private var numbers: [Identifier: [Identifier: Int]] = [:]

    /// - Parameters:
    ///   - personal: every text that is a value of a personal field.
    ///   - keys: the keys of each test that a report may name.
    package init(personal: Set<Identifier>, showsPersonal: Bool, keys: [Identifier: Set<Identifier>]) {
        self.personal = personal
        self.showsPersonal = showsPersonal
        for (test, keys) in keys {
            let withheld = keys.filter(isPersonal).sorted()
            numbers[test] = Dictionary(
                withheld.enumerated().map { ($0.element, $0.offset + 1) },
                uniquingKeysWith: { first, _ in first })
        }
    }

    /// The name of a key of a test.
    package func name(_ key: Identifier, of test: Identifier) -> String {
        if key.text.isEmpty { return "the organization" }
        if showsPersonal || !isPersonal(key) { return key.text }
        return "withheld \(numbers[test]?[key].map(String.init) ?? "")"
    }

    private func isPersonal(_ key: Identifier) -> Bool {
        if personal.contains(key) { return true }
        // Most keys are one word, which is told from its bytes.
        if key.text.utf8.allSatisfy(Self.isInWord) { return false }
        let parts = key.text.split { !($0.isLetter || $0.isNumber || "-_.@".contains($0)) }
        return parts.contains { personal.contains(Identifier(String($0))) }
    }

    private static func isInWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
            UInt8(ascii: "."), UInt8(ascii: "@"):
            true
        default: false
        }
    }
}
