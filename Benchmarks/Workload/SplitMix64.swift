/// Steele, Lea and Flood's SplitMix64: the same numbers on every machine.
package struct SplitMix64: Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    /// The stream of draws with a number: far from every other stream of the same seed.
    init(seed: UInt64, stream: Int) {
        var mixing = SplitMix64(seed: seed ^ (UInt64(stream) << 32))
        state = mixing.next()
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A whole number from 0 up to, not including, the bound.
    package mutating func below(_ bound: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// The same, as a length of time or an amount.
    mutating func below(_ bound: Int64) -> Int64 { Int64(below(Int(bound))) }

    /// True once in so many times.
    mutating func once(in times: Int) -> Bool { below(times) == 0 }
}
