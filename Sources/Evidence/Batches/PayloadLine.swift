package import Formats
package import Ledger

/// One item of a batch's population as it is stored or handed over.
///
/// A fact without personal fields is its canonical JSON and a salt, and the line's bytes are the population's leaf:
///
///     {"fact":{"at":"2026-03-01T09:00:00Z","id":"d-1","kind":"uptime.probe","value":{...}},"salt":"3f…"}
///
/// Of personal fields the leaf holds salted digests only (RFC 9901 section 4.2.4), and what they say stands beside it, so
/// that a field can be left out and the leaf stays what it is:
///
///     {"disclosures":["WyI…"],"item":{"_sd":["Xy…"],"_sd_alg":"sha-256","fact":{...},"salt":"3f…"}}
///
/// Of a record that is withheld or erased only the leaf's hash is left: `{"erased":"5c…"}`, `{"withheld":"5c…"}`.
package struct PayloadLine: Sendable {
    /// How much of the item the line tells.
    package enum Extent: Sendable, Hashable {
        case whole
        /// So many fields are withheld.
        case withoutFields(Int)
        case withheld
        case erased
    }

    /// Nil when nothing of the record is told. A withheld field is missing from it.
    package let fact: Fact?
    package let extent: Extent
    package let bytes: [UInt8]
    /// The RFC 6962 leaf hash of the item: the same for every extent.
    package let leafHash: Ledger::Digest

    init(fact: Fact?, extent: Extent, bytes: [UInt8], leafHash: Ledger::Digest) {
        self.fact = fact
        self.extent = extent
        self.bytes = bytes
        self.leafHash = leafHash
    }

    /// The item that is stored for a typed fact none of whose fields is personal.
    ///
    /// - Parameter salt: 16 bytes that nobody can guess and that are kept nowhere else; see `ItemSalts`.
    package init(_ fact: Fact, salt: [UInt8]) throws(CanonicalJSONError) {
        var bytes: [UInt8] = []
        let canonical = try CanonicalFact(fact).canonical[...]
        let leaf = salt.withUnsafeBytes { Self.append(canonical, salt: $0, to: &bytes) }
        self.init(fact: fact, extent: .whole, bytes: bytes, leafHash: leaf)
    }

    /// The same with an HMAC of the fact as its salt, as batches of the type `urn:assay:batch:2` have it.
    package init(_ fact: Fact, saltKey: [UInt8]) throws(CanonicalJSONError) {
        let code = KeyedHash(saltKey).code(of: try CanonicalFact(fact).canonical)
        try self.init(fact, salt: Array(code.bytes.prefix(ItemSalts.length)))
    }

    /// Appends such an item, given the fact's canonical form, and gives the hash of its leaf.
    static func append(
        _ canonical: ArraySlice<UInt8>, salt: UnsafeRawBufferPointer, to bytes: inout [UInt8]
    ) -> Ledger::Digest {
        let start = bytes.count
        bytes.append(#"{"fact":"#)
        bytes.append(contentsOf: canonical)
        bytes.append(#","salt":""#)
        Hex.append(salt, to: &bytes)
        bytes.append(#""}"#)
        return bytes.withUnsafeBytes { MerkleTree.leafHash(UnsafeRawBufferPointer(rebasing: $0[start...])) }
    }

    /// Whether its salt comes from this key, as those of batches of the type `urn:assay:batch:2` do; nil for an item with
    /// disclosures, whose salts never did.
    func isSalted(with saltKey: [UInt8]) throws(CanonicalJSONError) -> Bool? {
        guard let fact, bytes.starts(with: #"{"fact":"#.utf8) else { return nil }
        return try PayloadLine(fact, saltKey: saltKey).bytes == bytes
    }

    /// The line that takes the place of a record when all of it is withheld or erased.
    package init(hiding extent: Extent, leafHash: Ledger::Digest) {
        let name = extent == .erased ? "erased" : "withheld"
        self.init(
            fact: nil, extent: extent, bytes: Array(#"{"\#(name)":"\#(leafHash.hex)"}"#.utf8),
            leafHash: leafHash)
    }

    /// Reads a line; it must be in canonical form to the byte.
    package init(parsing bytes: [UInt8]) throws(PayloadError) {
        if let fact = PlainLine.fact(bytes) {
            self.init(fact: fact, extent: .whole, bytes: bytes, leafHash: MerkleTree.leafHash(bytes))
        } else if let line = DisclosedLine.line(bytes) {
            self = line
        } else {
            try self.init(byGrammar: bytes)
        }
    }

    /// The same by the whole grammar alone.
    package init(byGrammar bytes: [UInt8]) throws(PayloadError) {
        let line = try Self.canonical(bytes)
        if let hidden = try Self.hidden(line, bytes) {
            self = hidden
        } else if let item = line["item"] {
            self = try DisclosedItem(line, item).line(bytes)
        } else {
            let fact = try Self.fact(line, members: 2)
            self.init(fact: fact, extent: .whole, bytes: bytes, leafHash: MerkleTree.leafHash(bytes))
        }
    }

    private static func canonical(_ bytes: [UInt8]) throws(PayloadError) -> JSONObject {
        let json: JSON
        do {
            json = try JSON(canonical: bytes)
        } catch {
            throw .malformed(error == .otherSpelling ? "the line is \(error)" : "\(error)")
        }
        guard case .object(let line) = json else { throw .malformed("a line must hold a fact and its salt") }
        return line
    }

    private static func hidden(_ line: JSONObject, _ bytes: [UInt8]) throws(PayloadError) -> PayloadLine? {
        guard line.members.count == 1, let member = line.members.first else { return nil }
        let extent: Extent
        switch member.name {
        case "erased": extent = .erased
        case "withheld": extent = .withheld
        default: return nil
        }
        guard let hash = member.value.string.flatMap({ Ledger::Digest(hex: $0) }) else {
            throw .malformed("what is \(member.name) must be named by the hash of its leaf")
        }
        return PayloadLine(fact: nil, extent: extent, bytes: bytes, leafHash: hash)
    }

    /// The fact of an item with this many members, one of which is its salt.
    static func fact(_ item: JSONObject, members: Int) throws(PayloadError) -> Fact {
        guard item.members.count == members, let salt = item["salt"]?.string, salt.utf8.count == 32,
            let object = item["fact"]?.object
        else { throw .malformed("a line must hold a fact and its salt") }
        do {
            if case .fact(let fact, nil) = try NativeLine(object) { return fact }
        } catch {
            throw .malformed("\(error)")
        }
        throw .malformed("a line must hold a fact")
    }
}

/// What is wrong with a batch's payload.
package enum PayloadError: Error, Hashable, CustomStringConvertible {
    case malformed(String)
    case line(Int, String)
    case count(found: Int, stated: Int)
    case root
    case unterminated

    package var description: String {
        switch self {
        case .malformed(let what): what
        case .line(let number, let what): "line \(number): \(what)"
        case .count(let found, let stated): "holds \(found) items, but the log states \(stated)"
        case .root:
            "the items do not add up to the population root in the log: one was changed, added or removed"
        case .unterminated: "the last line has no end"
        }
    }
}
