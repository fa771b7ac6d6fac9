package import Formats

extension TestRows {
    /// The key that a user means: the one they wrote, or the only one that begins so. What a terminal cannot show of a
    /// key may be written as it is shown there (`\u{1b}`).
    package func key(_ given: Identifier) -> Identifier? {
        let keys = Set(rows.map(\.key))
        return Self.key(given, among: keys) ?? Self.key(Identifier(given.text.fromOneLine), among: keys)
    }

    private static func key(_ given: Identifier, among keys: Set<Identifier>) -> Identifier? {
        if keys.contains(given) { return given }
        let matches = keys.filter { !given.text.isEmpty && $0.text.utf8.starts(with: given.text.utf8) }
        return matches.count == 1 ? matches.first : nil
    }

    /// The shortest beginning of a long key that means only it; short keys are left whole.
    package func shortest(_ key: Identifier) -> String {
        guard key.text.count > 24 else { return key.text }
        for length in stride(from: 12, to: key.text.count, by: 4) {
            let start = Identifier(String(key.text.prefix(length)))
            if self.key(start) == key { return start.text }
        }
        return key.text
    }
}
