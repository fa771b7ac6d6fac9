/// How many deviations a population may have at most, given how many a random sample showed: exact one-sided bounds.
///
/// Everything is whole numbers: a candidate rate is compared with the wanted confidence by multiplying out, so the result
/// is the same on every machine and rests on no library's logarithms. Bounds hold for a random draw from one population,
/// so a stratified sample has one a stratum.
package struct DeviationBound: Sendable, Hashable {
    /// Items examined.
    package let sample: Int
    /// Items among them that deviate.
    package let deviations: Int
    /// In per cent.
    package let confidence: Int

    /// Nil unless 0 ≤ deviations ≤ sample, sample ≥ 1, and the confidence lies between 1 and 99.
    package init?(sample: Int, deviations: Int, confidence: Int = 95) {
        guard sample >= 1, sample <= Self.limit, (0...sample).contains(deviations),
            (1...99).contains(confidence)
        else { return nil }
        self.sample = sample
        self.deviations = deviations
        self.confidence = confidence
    }

    /// Largest sample that bounds are computed for: beyond it the numbers get long and the bound says little.
    static let limit = 5_000

    /// The upper bound of the rate in a population without end (Clopper and Pearson), in thousandths, rounded to the
    /// nearest: the rate at which so few deviations would be seen with a probability of 100 % − confidence.
    package var perMille: Int {
        if deviations == sample { return 1_000 }
        // The bound rounds to the smallest t for which already t + 1/2 thousandths are too many.
        var (low, high) = (0, 999)
        while low < high {
            let middle = (low + high) / 2
            if isTooMany(rate: UInt32(2 * middle + 1), of: 2_000) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// Whether with the rate a / whole the probability of so few deviations is below 100 % − confidence:
    /// 100 · Σ C(n,i) aⁱ bⁿ⁻ⁱ < (100 − confidence) · wholeⁿ, with b = whole − a and i up to the deviations.
    private func isTooMany(rate a: UInt32, of whole: UInt32) -> Bool {
        let b = whole - a
        // Σ C(n,i) aⁱ b^(k−i), built like Horner's scheme, and then times b^(n−k).
        var sum = Natural(1)
        var term = Natural(1)
        for i in 0..<deviations {
            term.multiply(by: UInt32(sample - i))
            term.divideExactly(by: UInt32(i + 1))
            term.multiply(by: a)
            sum.multiply(by: b)
            sum += term
        }
        for _ in deviations..<sample { sum.multiply(by: b) }
        var all = Natural(1)
        for _ in 0..<sample { all.multiply(by: whole) }
        return sum * 100 < all * UInt32(100 - confidence)
    }

    /// The upper bound of the number of deviations in a population of a known size, from which the sample was drawn
    /// without putting back (hypergeometric): the highest number with which so few would still be seen with a probability
    /// of 100 % − confidence or more. Nil when the population is smaller than the sample.
    package func count(in population: Int) -> Int? {
        guard population >= sample, population <= Int(UInt32.max) / 2 else { return nil }
        // No fewer than were seen; no more than that together with everything that was not looked at.
        var (low, high) = (deviations, population - sample + deviations)
        let all = Natural.binomial(population, sample) * UInt32(100 - confidence)
        while low < high {
            let middle = (low + high + 1) / 2
            if ways(population, middle) * 100 < all { high = middle - 1 } else { low = middle }
        }
        return low
    }

    /// Σ C(D,i) · C(N−D, n−i) for i up to the deviations.
    private func ways(_ population: Int, _ deviating: Int) -> Natural {
        let sound = population - deviating
        let first = max(0, sample - sound)
        var sum = Natural(0)
        guard first <= min(deviations, deviating) else { return sum }
        var term = Natural.binomial(sound, sample - first)
        if first > 0 {
            // Then every sound item is in the sample, and the first factor is the only one.
            term = Natural.binomial(deviating, first)
        }
        sum += term
        for i in first..<min(deviations, deviating) {
            term.multiply(by: UInt32(deviating - i))
            term.multiply(by: UInt32(sample - i))
            term.divideExactly(by: UInt32(i + 1))
            term.divideExactly(by: UInt32(sound - sample + i + 1))
            sum += term
        }
        return sum
    }
}

extension DeviationBound {
    /// Thousandths as per cent with one digit: `11.3 %`.
    package static func percent(_ perMille: Int) -> String { "\(perMille / 10).\(perMille % 10) %" }

    /// A share of a population in thousandths, rounded to the nearest.
    package static func perMille(_ count: Int, of population: Int) -> Int {
        population == 0 ? 0 : (count * 2_000 + population) / (2 * population)
    }
}
