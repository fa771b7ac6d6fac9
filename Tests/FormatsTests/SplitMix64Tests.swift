import Testing

@testable import Formats

@Suite struct SplitMix64Tests {
    @Test func `a seed gives the published numbers`() {
        let published: [UInt64] = [
            6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
        ]
        var draws = SplitMix64(seed: 1_234_567)
        let drawn = published.map { _ in draws.next() }
        #expect(drawn == published)
    }

    @Test func `a bound takes the upper part of a number, and one that is not positive draws none`() {
        var draws = SplitMix64(seed: 1_234_567)
        let drawn = [0, -3, 1_000, 1_000, 1_000, 1_000, 1_000].map { draws.below($0) }
        #expect(drawn == [0, 0, 350, 173, 532, 249, 889])
    }
}
