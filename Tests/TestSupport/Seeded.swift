import Formats

/// A generator for property tests: the same seed gives the same sequence on every machine (Seeded).
package struct Seeded: RandomNumberGenerator {
    private var draws: SplitMix64

    package init(_ seed: UInt64) {
        draws = SplitMix64(seed: seed)
    }

    package mutating func next() -> UInt64 { draws.next() }

    /// A number from 0 up to, not including, the bound.
    package mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }
}
