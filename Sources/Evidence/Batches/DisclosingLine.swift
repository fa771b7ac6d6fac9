import Formats
import Ledger

extension PayloadLine {
    /// The line of a fact in whose item digests stand for the named fields; nil when it has none of them.
    ///
    /// Every fact with personal fields comes through here: the bytes are written in canonical order as they come, and
    /// not made from values.
    ///
    /// - Parameters:
    ///   - names: fields of the value; those that the fact lacks are passed over.
    ///   - secret: gives 32 random bytes of this item's own, to be forgotten: whoever loses the line loses the salts.
    init?(
        _ encoded: CanonicalFact, withholding names: [String], secret: () -> [UInt8]
    ) throws(CanonicalJSONError) {
        guard let members = encoded.fact.value?.members else { return nil }
        func isPersonal(_ member: JSONObject.Member) -> Bool {
            names.contains { $0.hasSameBytes(as: member.name) }
        }
        // Salts go by name, whatever the order of a record that was not typed yet.
        let personal = members.filter(isPersonal).sorted { $0.name.hasBytes(before: $1.name) }
        if personal.isEmpty { return nil }
        var salts = SaltStream(secret())
        var disclosures: [(text: String, digest: Identifier)] = []
        for member in personal {
            let text = try Self.disclosure(member, salt: salts.next())
            disclosures.append((text, Disclosure.digest(text)))
        }
        disclosures.sort { $0.digest < $1.digest }
        let plain = JSONObject(members.filter { !isPersonal($0) })
        let canonical = try CanonicalFact(encoded.fact.with(value: plain)).canonical

        var item: [UInt8] = []
        item.reserveCapacity(canonical.count + disclosures.count * 48 + 96)
        item.append(contentsOf: #"{"_sd":"#.utf8)
        Self.append(disclosures.map(\.digest.text), to: &item)
        item.append(contentsOf: #","_sd_alg":""#.utf8)
        item.append(contentsOf: DisclosedItem.algorithm.utf8)
        item.append(contentsOf: #"","fact":"#.utf8)
        item.append(contentsOf: canonical)
        item.append(contentsOf: #","salt":""#.utf8)
        item.append(contentsOf: Hex.encode(salts.next()).utf8)
        item.append(contentsOf: #""}"#.utf8)

        var line: [UInt8] = []
        line.reserveCapacity(item.count + disclosures.reduce(64) { $0 + $1.text.utf8.count + 3 })
        line.append(contentsOf: #"{"disclosures":"#.utf8)
        Self.append(disclosures.map(\.text), to: &line)
        line.append(contentsOf: #","item":"#.utf8)
        line.append(contentsOf: item)
        line.append(UInt8(ascii: "}"))
        self.init(
            fact: encoded.fact, extent: .whole, bytes: line, leafHash: MerkleTree.leafHash(item))
    }

    /// Base64url of `[salt, name, value]`.
    private static func disclosure(
        _ member: JSONObject.Member, salt: ArraySlice<UInt8>
    ) throws(CanonicalJSONError) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(96)
        bytes.append(UInt8(ascii: "["))
        CanonicalJSON.append(Base64URL.encode(salt), to: &bytes)
        bytes.append(UInt8(ascii: ","))
        CanonicalJSON.append(member.name, to: &bytes)
        bytes.append(UInt8(ascii: ","))
        try CanonicalJSON.append(member.value, to: &bytes)
        bytes.append(UInt8(ascii: "]"))
        return Base64URL.encode(bytes)
    }

    private static func append(_ texts: [String], to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "["))
        for (index, text) in texts.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            CanonicalJSON.append(text, to: &bytes)
        }
        bytes.append(UInt8(ascii: "]"))
    }
}

/// Salts of 16 bytes, as many as RFC 9901 section 9.3 asks for, out of one secret: HKDF-Expand (RFC 5869 section 2.3)
/// of a key that is random already, piece by piece.
private struct SaltStream {
    private static let info = Array("assay salt".utf8)

    private let secret: KeyedHash
    private var block: [UInt8] = []
    private var number: UInt8 = 0
    private var at = 32

    init(_ secret: [UInt8]) {
        self.secret = KeyedHash(secret)
    }

    mutating func next() -> ArraySlice<UInt8> {
        if at == 32 {
            // A record has far fewer fields than this number can count.
            number &+= 1
            block = secret.code(of: block + Self.info + [number]).bytes
            at = 0
        }
        defer { at += 16 }
        return block[at..<at + 16]
    }
}
