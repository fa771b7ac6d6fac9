import Formats
import Ledger

extension SampleCheck {
    /// The draw done again, from the listed items, the root and the seed.
    func draw(_ document: SampleReading) throws(Fault) -> String {
        guard let seed = document.seed else {
            guard document.picks.isEmpty, document.strata.isEmpty else {
                throw Fault("items are said to be drawn, but there is no seed")
            }
            return "nothing is drawn yet"
        }
        if seed.isEmpty { throw Fault("the seed is empty") }
        let members = try members(document)
        try sizes(document, members)
        var expected: [SampleReading.Pick] = []
        for (stratum, own) in zip(document.strata, members) {
            for first in SampleRank.first(stratum.size, of: own, seed: seed, root: document.root) {
                expected.append(.init(stratum: stratum.name, rank: first.rank, id: first.id))
            }
        }
        for (place, pair) in zip(expected, document.picks.map(\.pick)).enumerated() where pair.0 != pair.1 {
            throw Fault(
                "pick \(place + 1) should be \(pair.0.id) of rank \(pair.0.rank.hex), "
                    + "not \(pair.1.id) of rank \(pair.1.rank.hex)")
        }
        guard expected.count == document.picks.count else {
            throw Fault("\(expected.count) items are due and \(document.picks.count) are there")
        }
        return "the \(expected.count) lowest ranks of \(document.count), computed anew"
    }

    /// The items of each stratum; every item must be in exactly one.
    private func members(_ document: SampleReading) throws(Fault) -> [[Identifier]] {
        var members = [[Identifier]](repeating: [], count: document.strata.count)
        for id in document.items {
            guard let parts = SamplingUnit.parts(of: id) else { throw Fault("not the name of a unit: \(id)") }
            let own = document.strata.indices.filter {
                document.strata[$0].stratum.contains(source: parts.source, at: parts.at)
            }
            guard own.count == 1 else { throw Fault("\(id) is in \(own.count) strata") }
            members[own[0]].append(id)
        }
        return members
    }

    private func sizes(_ document: SampleReading, _ members: [[Identifier]]) throws(Fault) {
        for (stratum, own) in zip(document.strata, members) where own.count != stratum.population {
            throw Fault("the stratum \(stratum.name) has \(own.count) items, not \(stratum.population)")
        }
        guard document.isProportional else { return }
        let size = document.strata.reduce(0) { $0 + $1.size }
        let due = try? SampleAllocation.proportional(size).counts(
            document.strata.map { (name: $0.name, size: $0.population) })
        guard due == document.strata.map(\.size) else {
            throw Fault("the sizes of the strata are not in proportion")
        }
    }

    /// Each drawn item at its place in the population.
    func picks(_ document: SampleReading) throws(Fault) -> String {
        for pick in document.picks {
            guard document.items.indices.contains(pick.index), document.items[pick.index] == pick.pick.id
            else {
                throw Fault("\(pick.pick.id) is not item \(pick.index) of the population")
            }
            do {
                try InclusionProof(index: pick.index, size: document.count, path: pick.path)
                    .verify(leaf: MerkleTree.leafHash(pick.pick.id.text.utf8), root: document.root)
            } catch {
                throw Fault("\(pick.pick.id): \(error)")
            }
        }
        return "\(document.picks.count) items, each proven to be in the population"
    }
}
