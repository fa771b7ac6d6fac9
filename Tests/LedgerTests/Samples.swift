import Testing

@testable import Formats
@testable import Ledger

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

extension NoteSigner {
    static func sample(_ name: Identifier = "example.org/log", seed: UInt8 = 1) throws -> NoteSigner {
        try NoteSigner(
            name: name, key: try #require(SigningKey(seed: Array(repeating: seed, count: 32))))
    }
}

extension Statement {
    static func sample(_ number: Int = 0) -> Statement {
        Statement(
            subjects: [Subject(name: "population", digest: .sha256(bytes("population \(number)")))],
            predicateType: "https://example.org/snapshot/v1",
            predicate: JSONObject([.init(name: "sequence", value: .integer(Int64(number)))]))
    }
}

/// The definition of RFC 6962 §2.1, word for word and as slow as that is.
enum NaiveTree {
    static func root(_ leaves: ArraySlice<Digest>) -> Digest {
        guard leaves.count > 1 else { return leaves.first ?? .sha256([]) }
        let k = split(leaves.count)
        return MerkleTree.nodeHash(root(leaves.prefix(k)), root(leaves.dropFirst(k)))
    }

    static func path(_ m: Int, _ leaves: ArraySlice<Digest>) -> [Digest] {
        guard leaves.count > 1 else { return [] }
        let k = split(leaves.count)
        return m < k
            ? path(m, leaves.prefix(k)) + [root(leaves.dropFirst(k))]
            : path(m - k, leaves.dropFirst(k)) + [root(leaves.prefix(k))]
    }

    static func consistency(_ m: Int, _ leaves: ArraySlice<Digest>, whole: Bool = true) -> [Digest] {
        if m == leaves.count { return whole ? [] : [root(leaves)] }
        let k = split(leaves.count)
        return m <= k
            ? consistency(m, leaves.prefix(k), whole: whole) + [root(leaves.dropFirst(k))]
            : consistency(m - k, leaves.dropFirst(k), whole: false) + [root(leaves.prefix(k))]
    }

    private static func split(_ n: Int) -> Int {
        var k = 1
        while k * 2 < n { k *= 2 }
        return k
    }
}

func leaves(_ count: Int) -> [Digest] {
    (0..<count).map { MerkleTree.leafHash(bytes("entry \($0)")) }
}

extension Digest {
    func flipping(bit: Int) -> Digest? {
        var copy = bytes
        copy[bit / 8] ^= 1 << (bit % 8)
        return Digest(bytes: copy)
    }
}
