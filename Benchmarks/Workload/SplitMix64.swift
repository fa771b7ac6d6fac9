import Formats

extension SplitMix64 {
    /// The stream of draws with a number: far from every other stream of the same seed.
    init(seed: UInt64, stream: Int) {
        var mixing = SplitMix64(seed: seed ^ (UInt64(stream) << 32))
        self.init(seed: mixing.next())
    }

    /// The same, as a length of time or an amount.
    mutating func below(_ bound: Int64) -> Int64 { Int64(below(Int(bound))) }

    /// True once in so many times.
    mutating func once(in times: Int) -> Bool { below(times) == 0 }
}
