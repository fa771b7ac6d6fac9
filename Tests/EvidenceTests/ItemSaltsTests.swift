import Evidence
import Ledger
import Testing

@Suite struct ItemSaltsTests {
    private static let secret = (0..<32).map { UInt8($0) }

    private static func salts(_ items: some Sequence<Int>, _ secret: [UInt8] = secret) -> [[UInt8]] {
        var salts = ItemSalts(secret: secret)
        return items.map { salts.withSalt(of: $0) { Array($0) } }
    }

    @Test func `salts are SHA-256 of a counter and the secret, two from each`() {
        let hashes = [1, 2].map { (counter: UInt8) in Digest.sha256([0, 0, 0, counter] + Self.secret).bytes }
        #expect(Self.salts(0..<4).flatMap { $0 } == hashes.flatMap { $0 })
    }

    @Test func `each item has its own, in whatever order they are asked for`() {
        let salts = Self.salts(0..<2_000)
        #expect(Set(salts).count == 2_000 && salts.allSatisfy { $0.count == ItemSalts.length })
        #expect(Self.salts((0..<2_000).reversed()) == salts.reversed())
        #expect(
            Self.salts(stride(from: 1, to: 2_000, by: 7))
                == stride(from: 1, to: 2_000, by: 7).map { salts[$0] })
    }

    @Test func `another secret gives other salts throughout`() {
        let other = Self.salts(0..<1_000, Self.secret.reversed())
        #expect(Set(Self.salts(0..<1_000)).isDisjoint(with: other))
    }
}
