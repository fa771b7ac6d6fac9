import Formats
import Foundation

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

/// A seed for a test that draws anew in each run.
package enum GivenSeed {
    /// What stands in `ASSAY_SEED` and is none.
    package struct Unreadable: Error, CustomStringConvertible {
        package let text: String

        package var description: String {
            "ASSAY_SEED is \"\(text)\", which is no seed: give the number that a failed test named"
        }
    }

    /// The seed that `ASSAY_SEED` gives, so that a failure that named it comes again; else another in each run.
    package static func orRandom(
        in environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(Unreadable) -> UInt64 {
        guard let text = environment["ASSAY_SEED"] else { return UInt64.random(in: .min ... .max) }
        guard let seed = UInt64(text) else { throw Unreadable(text: text) }
        return seed
    }
}
