import Catalog
import Formats
import Ledger

/// Writes the items of one batch one behind the other: the payload, and the tree over it.
struct ItemWriter {
    private(set) var payload: [UInt8] = []
    private(set) var tree = MerkleAccumulator()
    private let kinds: KindCatalog
    // Known to nobody once the batch is written: an erased line takes its salt with it.
    private let salts: KeyedHash
    private var disclosures: DisclosureWriter
    // Facts of one kind stand together.
    private var kind: Identifier?
    private var personal: [String] = []

    /// - Parameter secret: gives so many bytes that nobody can guess.
    init(_ kinds: KindCatalog, secret: @escaping (_ count: Int) -> [UInt8]) {
        self.kinds = kinds
        salts = KeyedHash(secret(32))
        disclosures = DisclosureWriter(RandomSalts(drawn: 256, secret: secret))
    }

    mutating func reserve(_ bytes: Int) { payload.reserveCapacity(bytes) }

    /// - Parameter canonical: the fact's canonical form.
    mutating func append(_ fact: Fact, canonical: [UInt8]) throws(CanonicalJSONError) {
        if kind != fact.kind {
            kind = fact.kind
            personal = PersonalFields([kinds.kind(fact.kind)].compactMap(\.self)).fields(of: fact.kind)
        }
        var leaf: Digest?
        if !personal.isEmpty {
            leaf = try disclosures.append(fact, withholding: personal, to: &payload)
        }
        tree.append(leaf ?? PayloadLine.append(canonical, salts: salts, to: &payload))
        payload.append(0x0A)
    }
}
