import Formats
import Ledger

/// An item that holds salted digests in the place of personal fields, with those fields that are told
/// (RFC 9901 sections 4.2.1 and 4.2.4).
struct DisclosedItem {
    static let algorithm = "sha-256"

    /// The population's leaf.
    let item: JSONObject
    private let digests: [Identifier]
    private let disclosures: [Disclosure]

    /// Reads the two members of a stored line.
    init(_ line: JSONObject, _ item: JSON) throws(PayloadError) {
        guard line.members.count == 2, let texts = line["disclosures"]?.array, let item = item.object,
            let list = item["_sd"]?.array, item["_sd_alg"]?.string == Self.algorithm
        else { throw .malformed("a line with digests must hold an item and its disclosures") }
        self.item = item
        digests = list.compactMap { $0.string.map { Identifier($0) } }
        guard digests.count == list.count, !digests.isEmpty,
            !zip(digests, digests.dropFirst()).contains(where: { $0 >= $1 }),
            digests.allSatisfy({ Base64URL.decode($0.text)?.count == 32 })
        else { throw .malformed("the digests of an item must be SHA-256 values in rising order") }
        var found: [Disclosure] = []
        for text in texts {
            guard let text = text.string, let disclosure = Disclosure(parsing: text) else {
                throw .malformed("a disclosure must be base64url of a salt, a name and a value")
            }
            if let last = found.last, last.digest >= disclosure.digest {
                throw .malformed("disclosures must stand in the order of their digests, each once")
            }
            guard digests.contains(disclosure.digest) else {
                throw .malformed("what is disclosed is not what the item has a digest of")
            }
            found.append(disclosure)
        }
        disclosures = found
    }

    /// The line with everything that is told.
    func line(_ bytes: [UInt8]) throws(PayloadError) -> PayloadLine {
        let fact = try PayloadLine.fact(item, members: 4)
        guard let plain = fact.value else {
            throw .malformed("a fact without a value has no fields to withhold")
        }
        var members = plain.members
        for disclosure in disclosures {
            if plain[disclosure.name] != nil || members.contains(where: { $0.name == disclosure.name }) {
                throw .malformed("the field \"\(disclosure.name)\" is told twice")
            }
            members.append(.init(name: disclosure.name, value: disclosure.value))
        }
        members.sort { $0.name.utf16.lexicographicallyPrecedes($1.name.utf16) }
        let missing = digests.count - disclosures.count
        return PayloadLine(
            fact: fact.with(value: JSONObject(members)),
            extent: missing == 0 ? .whole : .withoutFields(missing),
            bytes: bytes, leafHash: Self.leafHash(bytes))
    }

    /// The stored line with those disclosures that are wanted.
    func encoded(_ isTold: (String) -> Bool = { _ in true }) throws(CanonicalJSONError) -> [UInt8] {
        try CanonicalJSON.encode(
            .object([
                ("disclosures", .array(disclosures.filter { isTold($0.name) }.map { .string($0.text) })),
                ("item", .object(item)),
            ]))
    }

    /// The line is canonical, and no disclosure holds a bracket: the item is what stands behind the first one that closes.
    static func leafHash(_ line: [UInt8]) -> Ledger::Digest {
        let name = #","item":"#.utf8.count
        let start = (line.firstIndex(of: UInt8(ascii: "]")) ?? 0) + 1 + name
        return line.withUnsafeBytes { bytes -> Ledger::Digest in
            MerkleTree.leafHash(UnsafeRawBufferPointer(rebasing: bytes[start..<bytes.count - 1]))
        }
    }
}

/// One field that is told: base64url of `[salt, name, value]`.
struct Disclosure {
    let name: String
    let value: JSON
    let text: String
    let digest: Identifier

    init?(parsing text: String) {
        guard let bytes = Base64URL.decode(text), let parts = try? JSON(parsing: bytes).array,
            parts.count == 3,
            let salt = parts[0].string, salt.utf8.count >= 22, let name = parts[1].string
        else { return nil }
        self.name = name
        value = parts[2]
        self.text = text
        digest = Self.digest(text)
    }

    /// What stands for it in the item.
    static func digest(_ text: String) -> Identifier {
        var text = text
        return Identifier(Base64URL.encode(text.withUTF8 { Ledger::Digest.sha256($0) }.bytes))
    }
}

extension Fact {
    /// The same fact with another value; coverage has none and stays as it is.
    func with(value: JSONObject) -> Fact {
        switch shape {
        case .coverage: self
        case .state(let from, let to, _): .state(kind, key, from: from, to: to, value)
        case .event(let at, _): .event(kind, key, at: at, value)
        }
    }
}
