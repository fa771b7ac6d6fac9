package import Formats
package import Ledger

/// One item that was drawn.
package struct SamplePick: Sendable, Hashable {
    /// Position in the population's list, from 0.
    package let index: Int
    package let rank: Digest
}

/// What was drawn from one stratum.
package struct StratumDraw: Sendable, Hashable {
    package let stratum: Stratum
    /// How many units the stratum has.
    package let population: Int
    /// In order of rank; an extended sample begins with the same ones.
    package let picks: [SamplePick]
}

/// A sample: a function of the population, the seed and the sizes, and of nothing else.
package struct SampleDraw: Sendable {
    package let seed: String
    package let stratification: Stratification
    /// In order of the strata's names.
    package let strata: [StratumDraw]

    /// Draws from a population.
    package init(
        from population: UnitPopulation, seed: String, stratification: Stratification = .none,
        allocation: SampleAllocation, period: Interval, zone: String
    ) throws(SampleError) {
        if seed.isEmpty { throw .emptySeed }
        let units = population.units
        let strata = try stratification.strata(of: units, period: period, zone: zone)
        var members = [[Int]](repeating: [], count: strata.count)
        for (index, unit) in units.enumerated() {
            let own = strata.firstIndex { $0.contains(source: unit.source, at: unit.at) }
            if let own { members[own].append(index) }
        }
        let sizes = strata.indices.map { (name: strata[$0].name, size: members[$0].count) }
        let counts = try allocation.counts(sizes)
        let root = population.root
        self.seed = seed
        self.stratification = stratification
        self.strata = strata.indices.map { place in
            let indexes = Dictionary(
                members[place].map { (units[$0].id, $0) }, uniquingKeysWith: { first, _ in first })
            let first = SampleRank.first(
                counts[place], of: members[place].map { units[$0].id }, seed: seed, root: root)
            return StratumDraw(
                stratum: strata[place], population: members[place].count,
                picks: first.compactMap { pick in
                    indexes[pick.id].map { SamplePick(index: $0, rank: pick.rank) }
                })
        }
    }

    package var size: Int { strata.reduce(0) { $0 + $1.picks.count } }
}
