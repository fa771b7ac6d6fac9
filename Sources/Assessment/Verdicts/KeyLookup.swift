package import Formats

/// Keys, found by what people write of them.
package struct KnownKeys: Sendable {
    private let keys: Set<Identifier>

    package init(_ keys: some Sequence<Identifier>) {
        self.keys = Set(keys)
    }

    /// The key that a user means: the one they wrote, or the only one that begins so. What a terminal cannot show of a
    /// key may be written as it is shown there (`\u{1b}`).
    package func key(_ given: Identifier) -> Identifier? {
        written(given) ?? written(Identifier(given.text.fromOneLine))
    }

    private func written(_ given: Identifier) -> Identifier? {
        if keys.contains(given) { return given }
        let matches = keys.filter { !given.text.isEmpty && $0.text.utf8.starts(with: given.text.utf8) }
        return matches.count == 1 ? matches.first : nil
    }

    /// The shortest beginning of a long key that means only it; short keys are left whole.
    package func shortest(_ key: Identifier) -> String {
        guard Self.isLong(key) else { return key.text }
        for length in stride(from: 12, to: key.text.count, by: 4) {
            let start = Identifier(String(key.text.prefix(length)))
            if self.key(start) == key { return start.text }
        }
        return key.text
    }

    fileprivate static func isLong(_ key: Identifier) -> Bool { key.text.count > 24 }
}

extension TestRows {
    /// The key that a user means (`KnownKeys`).
    package func key(_ given: Identifier) -> Identifier? { keys.key(given) }

    /// The shortest beginning of a long key that means only it; short keys are left whole.
    package func shortest(_ key: Identifier) -> String {
        // There may be millions of rows, and most keys are short.
        KnownKeys.isLong(key) ? keys.shortest(key) : key.text
    }

    private var keys: KnownKeys { KnownKeys(rows.lazy.map(\.key)) }
}
