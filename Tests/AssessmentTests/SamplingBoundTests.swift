import TestSupport
import Testing

@testable import Assessment

/// Exact one-sided bounds against printed values and against plain enumeration.
@Suite struct SamplingBoundTests {
    @Test(arguments: [
        (25, 0, 95, 113), (25, 1, 95, 176), (45, 0, 95, 64), (45, 1, 95, 101), (60, 0, 95, 49),
        (60, 1, 95, 77),
        // At 90 %.
        (25, 0, 90, 88), (25, 1, 90, 147), (22, 0, 90, 99), (1, 1, 95, 1_000), (1, 0, 95, 950),
        (60, 60, 95, 1_000),
    ])
    func `the rate in an endless population`(
        _ sample: Int, _ deviations: Int, _ confidence: Int, _ expected: Int
    ) throws {
        let bound = try #require(
            DeviationBound(sample: sample, deviations: deviations, confidence: confidence))
        #expect(bound.perMille == expected)
    }

    @Test func `sizes that are too small for a tolerable rate show it`() throws {
        // 59 items without a deviation are the least for 5 % at 95 %; 58 are not enough. Rounding hides less than a step.
        #expect(try #require(DeviationBound(sample: 59, deviations: 0)).perMille <= 50)
        #expect(try #require(DeviationBound(sample: 57, deviations: 0)).perMille >= 51)
    }

    /// Counts every sample of a small population.
    @Test(arguments: [(8, 3), (10, 4), (12, 5), (9, 9), (6, 1)])
    func `the number in a small population`(_ population: Int, _ sample: Int) throws {
        for deviations in 0...sample {
            let bound = try #require(DeviationBound(sample: sample, deviations: deviations))
            var most = deviations
            for deviating in deviations...(population - sample + deviations) {
                var few = 0
                var all = 0
                for drawn in 0..<(1 << population) where drawn.nonzeroBitCount == sample {
                    all += 1
                    // The first items are the deviating ones.
                    if (drawn & ((1 << deviating) - 1)).nonzeroBitCount <= deviations { few += 1 }
                }
                if few * 100 >= all * 5 { most = deviating }
            }
            #expect(bound.count(in: population) == most, "\(deviations) of \(sample) in \(population)")
        }
    }

    @Test func `a whole population leaves nothing open, and a larger one leaves more`() throws {
        let bound = try #require(DeviationBound(sample: 25, deviations: 1))
        #expect(bound.count(in: 25) == 1)
        #expect(bound.count(in: 24) == nil)
        var before = 0
        for population in stride(from: 25, through: 400, by: 5) {
            let most = try #require(bound.count(in: population))
            #expect(most >= before)
            before = most
        }
        // In a population without end the two meet.
        let many = try #require(bound.count(in: 1_000_000))
        #expect(DeviationBound.perMille(many, of: 1_000_000) == bound.perMille)
    }

    @Test func `more deviations and fewer items raise the bound`() throws {
        for sample in [5, 30, 77, 300] {
            let bounds = try (0...5).map {
                try #require(DeviationBound(sample: sample, deviations: $0)).perMille
            }
            #expect(bounds == bounds.sorted())
            #expect(Set(bounds).count == (sample == 5 ? 6 : bounds.count))
        }
    }

    @Test func `what has no bound`() {
        #expect(DeviationBound(sample: 0, deviations: 0) == nil)
        #expect(DeviationBound(sample: 5, deviations: 6) == nil)
        #expect(DeviationBound(sample: 5, deviations: -1) == nil)
        #expect(DeviationBound(sample: 5, deviations: 1, confidence: 100) == nil)
    }

    @Test func `tenths of a per cent are written with one digit`() {
        #expect(DeviationBound.percent(113) == "11.3 %")
        #expect(DeviationBound.percent(1_000) == "100.0 %")
        #expect(DeviationBound.percent(4) == "0.4 %")
        #expect(DeviationBound.perMille(1, of: 3) == 333)
        #expect(DeviationBound.perMille(2, of: 3) == 667)
    }
}
