import FuzzTargets
import TestSupport
import Testing

/// What libFuzzer begins with, without libFuzzer: `make fuzz` must find targets that build, with inputs that reach them.
@Suite struct SeedTests {
    @Test func `names are told apart, and every target has inputs to begin with`() {
        let names = FuzzTarget.all.map(\.name)
        #expect(Set(names).count == names.count)
        for target in FuzzTarget.all {
            #expect(target.seeds().contains { !$0.isEmpty }, "\(target.name)")
        }
    }

    /// A target ends the process when a parser breaks a promise, so that running is the check.
    @Test(arguments: FuzzTarget.all.map(\.name))
    func `a target takes its inputs whole, cut and with a bit flipped`(_ name: String) throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        var generator = Seeded(1)
        target.run([])
        for seed in target.seeds().prefix(6) where !seed.isEmpty {
            target.run(seed)
            target.run(Array(seed.prefix(generator.below(seed.count))))
            var flipped = seed
            flipped[generator.below(seed.count)] ^= UInt8(1) << UInt8(generator.below(8))
            target.run(flipped)
        }
    }
}
