import Formats
import Ledger
import TestSupport
import Testing

@testable import Evidence

/// The shortcuts that recording takes must give the bytes that the long way gives.
@Suite struct CanonicalFactTests {
    private static let texts = [
        "", "a-17", "é\u{301}", "\"quoted\\\"", "line\nbreak\u{1}", "😀|x", "\u{FFFF}",
    ]

    private static func fact(_ random: inout Seeded) -> Fact {
        let kind = Identifier("k.\(texts[random.below(texts.count)])")
        let key = Identifier(texts[random.below(texts.count)])
        let at = Instant(microseconds: Int64(random.below(1 << 50)) - (1 << 49))
        let value = JSONObject(
            (0..<random.below(5)).map {
                .init(name: "\(texts[random.below(texts.count)])\(9 - $0)", value: .string(texts[$0]))
            })
        switch random.below(5) {
        case 0:
            let interval = Interval(from: at, to: at + .hours(1))
            return interval.map { .coverage(kind, $0) } ?? .state(kind, key, from: at, nil)
        case 1: return .event(kind, key, at: at, value)
        case 2: return .state(kind, key, from: at, nil)
        case 3: return .state(kind, key, from: at, to: at + .seconds(1), value)
        default: return .state(kind, key, from: at, value)
        }
    }

    @Test func `a fact is encoded as its JSON is`() throws {
        for seed in UInt64(1)...500 {
            var random = Seeded(seed)
            let fact = Self.fact(&random)
            let encoded = try CanonicalFact(fact)
            #expect(encoded.canonical == (try CanonicalJSON.encode(fact.json)), "seed \(seed)")
            let index = Digest.sha256(encoded.canonical).bytes.prefix(16)
            #expect(encoded.indexDigest.bytes == Array(index), "seed \(seed)")
            let value = try fact.value.map {
                Array(Digest.sha256(try CanonicalJSON.encode(.object($0))).bytes.prefix(16))
            }
            #expect(encoded.valueDigest?.bytes == value, "seed \(seed)")
            var scratch = [UInt8](repeating: 1, count: random.below(40))
            let again = try fact.value.map { try HalfDigest(of: $0, scratch: &scratch) }
            #expect(again == encoded.valueDigest && again == value.flatMap { HalfDigest($0) }, "seed \(seed)")
        }
    }

    /// RFC 4231 sections 4.3 and 4.7: a short key, and one longer than a block.
    @Test(arguments: [
        (
            Array("Jefe".utf8), "what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            [UInt8](repeating: 0xAA, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
    ])
    func `salts are HMAC-SHA-256`(_ key: [UInt8], _ text: String, _ code: String) {
        #expect(KeyedHash(key).code(of: Array(text.utf8)).hex == code)
    }
}
