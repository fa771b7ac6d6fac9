import TestSupport
import Testing

@Suite struct GivenSeedTests {
    @Test func `a seed that a failed test named is given back`() throws {
        #expect(try GivenSeed.orRandom(in: ["ASSAY_SEED": "0"]) == 0)
        #expect(try GivenSeed.orRandom(in: ["ASSAY_SEED": "18446744073709551615"]) == .max)
    }

    @Test func `without one, each run has its own`() throws {
        let drawn = try (0..<4).map { _ in try GivenSeed.orRandom(in: [:]) }
        #expect(Set(drawn).count > 1)
    }

    @Test(arguments: ["", "x", "-1", "18446744073709551616"])
    func `what is no seed is refused, instead of drawing another`(_ text: String) {
        #expect(throws: GivenSeed.Unreadable.self) {
            try GivenSeed.orRandom(in: ["ASSAY_SEED": text])
        }
    }
}
