package import Catalog
package import Formats
import Ledger

/// Which fields of which kinds say something about a person, by every version that was ever in force.
package struct PersonalFields: Sendable {
    private var names: [Identifier: Set<Identifier>] = [:]
    private var known: Set<Identifier> = []

    /// - Parameter isMeant: which fields count; all that are marked personal or as health information otherwise.
    package init(
        _ kinds: some Sequence<Kind>, where isMeant: (Field) -> Bool = { $0.isPersonal || $0.isPHI }
    ) {
        for kind in kinds {
            known.insert(kind.name)
            for field in kind.fields where isMeant(field) {
                names[kind.name, default: []].insert(Identifier(field.name))
            }
        }
    }

    /// The personal fields of a kind, sorted.
    package func fields(of kind: Identifier) -> [String] {
        (names[kind] ?? []).sorted().map(\.text)
    }

    /// How many fields of a kind are personal; nil of a kind that nobody knows, where every field counts as personal.
    package func count(of kind: Identifier) -> Int? {
        known.contains(kind) ? (names[kind] ?? []).count : nil
    }

    /// Whether a fact tells a field that is personal. Of a kind that nobody knows, every field counts as personal.
    package func areTold(by fact: Fact) -> Bool {
        guard let value = fact.value else { return false }
        guard known.contains(fact.kind) else { return !value.members.isEmpty }
        let personal = names[fact.kind] ?? []
        return value.members.contains { personal.contains(Identifier($0.name)) }
    }
}

extension PayloadLine {
    /// The item for a fact: digests in the place of its personal fields, if it has any.
    ///
    /// - Parameters:
    ///   - salt: of the item, where none is personal.
    ///   - secret: gives so many random bytes, asked for only when a field is personal.
    package init(
        _ fact: Fact, personal: [String], salt: [UInt8], secret: @escaping (_ count: Int) -> [UInt8]
    ) throws {
        var writer = DisclosureWriter(RandomSalts(drawn: 8, secret: secret))
        var bytes: [UInt8] = []
        var canonical = CanonicalFacts.Stretch()
        try canonical.append(fact)
        let names = personal.map { CanonicalJSON.encode($0) }
        if let leaf = writer.append(canonical.forms[0], in: canonical, withholding: names, to: &bytes) {
            self.init(fact: fact, extent: .whole, bytes: bytes, leafHash: leaf)
        } else {
            try self.init(fact, salt: salt)
        }
    }

    /// The line as somebody may have it who must not see personal fields. What was recorded before a field was marked has
    /// no digests to stand in for it: then the whole record is withheld.
    package func withholding(_ personal: PersonalFields) throws -> PayloadLine {
        guard let fact, personal.areTold(by: fact) else { return self }
        if let line = try? JSON(parsing: bytes).object, let content = line["item"] {
            let item = try DisclosedItem(line, content)
            let redacted = try PayloadLine(
                parsing: try item.encoded { name in
                    !personal.areTold(by: fact.with(value: JSONObject([.init(name: name, value: .null)])))
                })
            let rest = redacted.fact.map { personal.areTold(by: $0) }
            if rest == false { return redacted }
        }
        return PayloadLine(hiding: .withheld, leafHash: leafHash)
    }
}
