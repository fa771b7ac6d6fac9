package import Formats

/// How many items each stratum contributes.
package enum SampleAllocation: Sendable, Hashable {
    /// So many in all, shared out in proportion to the strata's sizes.
    case proportional(Int)
    /// So many from each stratum named; the others contribute nothing.
    case explicit([Identifier: Int])

    /// The number for each stratum.
    ///
    /// Shares in proportion are given out one by one, each to the stratum with the highest size / (2 × given + 1), the
    /// first name in byte order where two are equal (the divisor method of Webster and Sainte-Laguë). The method of the
    /// largest remainder would do as well for one size, but can take an item back when the sample grows, and an extended
    /// sample must keep what was drawn.
    func counts(_ strata: [(name: Identifier, size: Int)]) throws(SampleError) -> [Int] {
        switch self {
        case .proportional(let size): try Self.shared(size, strata)
        case .explicit(let wanted): try Self.stated(wanted, strata)
        }
    }

    private static func shared(
        _ size: Int, _ strata: [(name: Identifier, size: Int)]
    ) throws(SampleError) -> [Int] {
        let all = strata.reduce(0) { $0 + $1.size }
        if size < 0 { throw .negative(size) }
        if size > all { throw .tooMany(asked: size, population: all) }
        var given = [Int](repeating: 0, count: strata.count)
        for _ in 0..<size {
            var best: Int?
            for index in strata.indices where given[index] < strata[index].size {
                guard let leader = best else {
                    best = index
                    continue
                }
                // size / (2 × given + 1), compared without a division.
                let own = strata[index].size * (2 * given[leader] + 1)
                let other = strata[leader].size * (2 * given[index] + 1)
                if own > other || own == other && strata[index].name < strata[leader].name { best = index }
            }
            if let best { given[best] += 1 }
        }
        return given
    }

    private static func stated(
        _ wanted: [Identifier: Int], _ strata: [(name: Identifier, size: Int)]
    ) throws(SampleError) -> [Int] {
        let names = strata.map(\.name)
        for name in wanted.keys.sorted() where !names.contains(name) { throw .noStratum(name, known: names) }
        var counts: [Int] = []
        for stratum in strata {
            let count = wanted[stratum.name] ?? 0
            if count < 0 { throw .negative(count) }
            if count > stratum.size {
                throw .tooManyOf(stratum.name, asked: count, population: stratum.size)
            }
            counts.append(count)
        }
        return counts
    }
}
