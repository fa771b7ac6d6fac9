import Formats
import Testing

@testable import Ledger

/// By when something existed, where several outside clocks must say so.
@Suite struct ProvenTimeTests {
    /// Authorities, each with its key where that is another's, too, and the hours at which they stamped, how many are asked for, and the hour that is proven.
    @Test(
        arguments: [
            ([("a", 1)], 1, 1), ([("a", 1), ("b", 5)], 1, 1), ([("a", 1), ("b", 5)], 2, 5),
            ([("b", 5), ("a", 1), ("c", 3)], 2, 3), ([("a", 1), ("a", 2), ("b", 5)], 2, 5),
            ([("a", 1), ("a", 2)], 2, nil),
            ([("a", 1)], 2, nil), ([], 1, nil),
            // One key with certificates of two houses, and two keys of one house.
            ([("a/k", 1), ("b/k", 2)], 2, nil), ([("a/k", 1), ("b/k", 2)], 1, 1),
            ([("a/k", 1), ("a/l", 2)], 2, nil), ([("a/k", 1), ("b/k", 2), ("a/l", 5)], 2, 5),
        ] as [([(String, Int64)], Int, Int64?)])
    func `one clock alone cannot set a time earlier than a quorum does`(
        _ stamps: [(String, Int64)], _ quorum: Int, _ expected: Int64?
    ) {
        func hour(_ number: Int64) -> Instant { Instant(microseconds: number * 3_600_000_000) }
        let times = stamps.map { authority, at in
            let parts = authority.split(separator: "/").map(String.init)
            return ProvenTime(
                time: hour(at), signer: authority,
                authority: TimestampAuthority(
                    anchor: .sha256(bytes(parts.first ?? "")), key: .sha256(bytes(parts.last ?? ""))))
        }
        #expect(ProvenTime.earliest(times, quorum: quorum) == expected.map(hour))
    }
}
