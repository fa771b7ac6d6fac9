package import Formats
import Glibc
package import Ledger

/// What the log states of the records that a batch speaks of: each is named by a keyed hash, and the hashes in rising
/// order have a Merkle tree of their own, so that two neighbours show that nothing stands between them (`docs/proof.md`).
///
/// A record counts when the batch says that it was there, whether or not that was known already: one that a snapshot
/// found unchanged is a member, one that had ceased to exist is not.
package struct Members: Sendable, Hashable {
    package let root: Digest
    package let count: Int
    /// SHA-256 of the key under which the records are named: a proof must use this key and no other.
    package let key: Digest

    package init(root: Digest, count: Int, key: Digest) {
        self.root = root
        self.count = count
        self.key = key
    }

    /// Members of the statement's member `members`.
    var json: JSON {
        .object([
            ("root", .string(root.hex)), ("count", .integer(Int64(count))), ("key", .string(key.hex)),
            ("order", .string("hmac-sha256")),
        ])
    }

    init?(_ json: JSON) {
        guard let root = json["root"]?.string.flatMap({ Digest(hex: $0) }),
            let count = json["count"]?.integer, count >= 0,
            let key = json["key"]?.string.flatMap({ Digest(hex: $0) }),
            json["order"]?.string == "hmac-sha256"
        else { return nil }
        self.init(root: root, count: Int(count), key: key)
    }
}

/// The key under which the records of one source are named. Whoever holds it can find out whether a record of which the
/// kind and the key are known is a member, and nothing else.
package struct MemberKey: Sendable, Hashable {
    /// 32 of them.
    package let bytes: [UInt8]
    fileprivate let hash: KeyedHash

    /// - Returns: nil for any other length.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
        hash = KeyedHash(bytes)
    }

    /// The key of a source, from the secret that never leaves the workspace.
    package init(source: Identifier, saltKey: [UInt8]) {
        bytes = KeyedHash(saltKey).code(of: Array("assay members \(source)".utf8)).bytes
        hash = KeyedHash(bytes)
    }

    /// What a statement says of the key.
    package var commitment: Digest { .sha256(bytes) }

    /// The name of a record: HMAC-SHA-256 of the canonical JSON of its kind and key, `["idp.account","a-17"]`.
    package func code(_ kind: Identifier, _ key: Identifier) -> Digest {
        var naming = MemberNaming(self)
        return naming.code(kind, key)
    }

    /// The names of the records of which some facts say that they were there.
    fileprivate func codes(_ facts: [Fact], _ places: Range<Int>) -> [Digest] {
        var names: [Digest] = []
        names.reserveCapacity(places.count)
        var naming = MemberNaming(self)
        facts.withUnsafeBufferPointer { facts in
            for index in places where facts[index].hasValue {
                names.append(naming.code(facts[index].kind, facts[index].key))
            }
        }
        return names
    }

    package static func == (left: MemberKey, right: MemberKey) -> Bool { left.bytes == right.bytes }

    package func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}

/// Names the records of many facts. Those of one kind mostly stand together: the beginning of what is hashed is written
/// once.
package struct MemberNaming {
    private let hash: KeyedHash
    private var kind: Identifier?
    private var message: [UInt8] = []
    private var beginning = 0

    package init(_ key: MemberKey) { hash = key.hash }

    /// As `MemberKey.code`.
    package mutating func code(_ kind: Identifier, _ key: Identifier) -> Digest {
        if kind == self.kind {
            message.removeSubrange(beginning...)
        } else {
            self.kind = kind
            message.removeAll(keepingCapacity: true)
            message.append(UInt8(ascii: "["))
            CanonicalJSON.append(kind.text, to: &message)
            message.append(UInt8(ascii: ","))
            beginning = message.count
        }
        CanonicalJSON.append(key.text, to: &message)
        message.append(UInt8(ascii: "]"))
        return hash.code(of: message)
    }
}

/// The names of a batch's records in rising order, each once; as bytes, 32 for each, without anything between them.
package struct MemberList: Sendable {
    package let codes: [Digest]
    /// Where the names with each beginning start, and last how many names there are: names are evenly spread, so that a
    /// look here leaves few to compare.
    private let starts: [Int]
    /// Bits of such a beginning.
    private let bits: Int

    private init(inOrder codes: [Digest]) {
        self.codes = codes
        // Three names for each, or nearly.
        bits = max(0, Int.bitWidth - codes.count.leadingZeroBitCount - 2)
        var starts: [Int] = []
        starts.reserveCapacity((1 << bits) + 1)
        for (place, code) in codes.enumerated() {
            let beginning = Self.beginning(of: code, bits)
            while starts.count <= beginning { starts.append(place) }
        }
        while starts.count <= 1 << bits { starts.append(codes.count) }
        self.starts = starts
    }

    private static func beginning(of code: Digest, _ bits: Int) -> Int {
        // Shifting by all 64 bits gives 0.
        Int(code.beginning >> UInt64(UInt64.bitWidth - bits))
    }

    /// Puts names in order and drops repeated ones.
    package init(_ names: [Digest]) {
        var found: [Digest] = []
        found.reserveCapacity(names.count)
        for code in Self.sorted(names) where code != found.last { found.append(code) }
        self.init(inOrder: found)
    }

    /// By their first words as numbers, which hardly ever agree: names are compared only then.
    private static func sorted(_ names: [Digest]) -> [Digest] {
        var places = names.indices.map { (first: names[$0].beginning, index: $0) }
        places.sort { left, right in
            left.first != right.first ? left.first < right.first : names[left.index] < names[right.index]
        }
        return places.map { names[$0.index] }
    }

    /// The records of which a batch's facts say that they were there.
    init(_ facts: [Fact], key: MemberKey) {
        let stretches = Parallel.chunks(facts.count, atLeast: 256) { key.codes(facts, $0) }
        var names: [Digest] = []
        names.reserveCapacity(facts.count)
        for stretch in stretches { names += stretch }
        self.init(names)
    }

    /// Reads a stored list, whose names must be in rising order.
    package init(parsing bytes: [UInt8]) throws(MemberError) {
        guard bytes.count.isMultiple(of: Digest.length) else { throw .length(bytes.count) }
        let found = bytes.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: Digest.length).compactMap { start in
                Digest(bytes: UnsafeRawBufferPointer(rebasing: bytes[start..<start + Digest.length]))
            }
        }
        for place in found.indices.dropFirst() where found[place - 1] >= found[place] {
            throw .order(place: place)
        }
        self.init(inOrder: found)
    }

    package var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(codes.count * Digest.length)
        for code in codes { code.withUnsafeBytes { bytes.append(contentsOf: $0) } }
        return bytes
    }

    /// What a statement says of the list.
    package func members(key: MemberKey) -> Members {
        Members(root: root, count: codes.count, key: key.commitment)
    }

    /// Whether these are its bytes.
    func isEncoded(as bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count == codes.count * Digest.length else { return false }
        var start = 0
        for code in codes {
            let isSame = code.withUnsafeBytes { code in
                guard let left = code.baseAddress, let right = bytes.baseAddress else { return false }
                return memcmp(left, right + start, Digest.length) == 0
            }
            if !isSame { return false }
            start += Digest.length
        }
        return true
    }

    private var root: Digest {
        var tree = MerkleAccumulator()
        let stretches = Parallel.chunks(codes.count, atLeast: 256) { places in
            MerkleStretch(start: places.lowerBound, codes[places].map { Self.leafHash($0) })
        }
        for stretch in stretches { tree.append(stretch) }
        return tree.root
    }

    /// Compares the list with what the log states.
    package func check(against members: Members) throws(MemberError) {
        guard codes.count == members.count else {
            throw .count(found: codes.count, stated: members.count)
        }
        guard root == members.root else { throw .root }
    }

    /// Where a name stands, or where it would.
    package func place(of code: Digest) -> (index: Int, isThere: Bool) {
        let beginning = Self.beginning(of: code, bits)
        var (low, high) = (starts[beginning], starts[beginning + 1])
        while low < high {
            let middle = (low + high) / 2
            if codes[middle] < code { low = middle + 1 } else { high = middle }
        }
        return (low, low < codes.count && codes[low] == code)
    }

    /// Checks that a record is listed where a fact says that it was there.
    package func require(_ fact: FactOutline, name: Digest) throws(MemberError) {
        guard fact.isThere, !place(of: name).isThere else { return }
        throw .unlisted(fact.kind)
    }

    /// Leaf of the tree.
    static func leafHash(_ code: Digest) -> Digest {
        code.withUnsafeBytes { bytes -> Digest in MerkleTree.leafHash(bytes) }
    }
}

/// What is wrong with a list of records, or with a proof from one.
package enum MemberError: Error, Hashable, CustomStringConvertible {
    case length(Int)
    /// Counted from 0.
    case order(place: Int)
    case count(found: Int, stated: Int)
    case root
    case key
    case missing
    /// A record of this kind.
    case unlisted(Identifier)
    case excess(stated: Int, received: Int)
    /// So many records that were there before, one of them of this kind, without a word that they are gone.
    case leftOut(Identifier, count: Int)

    package var description: String {
        switch self {
        case .length(let count): "the list of records has \(count) bytes, which is no multiple of 32"
        case .order(let place): "name \(place) in the list of records is not above the one before it"
        case .count(let found, let stated): "\(found) records are listed, but the log states \(stated)"
        case .root: "the list of records does not have the root that the log states"
        case .key: "the key that names the records is not the one that the log states"
        case .missing: "the list of records is missing"
        case .unlisted(let kind):
            "an item of \(kind) speaks of a record that the list of records does not have"
        case .leftOut(let kind, let count):
            "the list of a snapshot that was read whole leaves out \(count) records, one of \(kind), that were there "
                + "before and of which no item says that they are gone"
        case .excess(let stated, let received):
            "\(stated) records are said to be among \(received) that were received"
        }
    }
}
