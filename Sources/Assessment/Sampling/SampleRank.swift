package import Formats
package import Ledger

/// The place of an item in a draw: a number that nobody chose and everybody can compute.
package enum SampleRank {
    /// SHA-256(seed ‖ 0x00 ‖ root ‖ 0x00 ‖ id), the root as its 32 bytes (`docs/sampling.md`).
    ///
    /// - Parameter root: the population's; nil leaves it and its separator out.
    package static func rank(of id: Identifier, seed: String, root: Digest?) -> Digest {
        var hasher = RunningDigest()
        hasher.update(seed.utf8)
        hasher.update(CollectionOfOne(UInt8(0)))
        if let root {
            hasher.update(root.bytes)
            hasher.update(CollectionOfOne(UInt8(0)))
        }
        hasher.update(id.text.utf8)
        return hasher.finish()
    }

    /// The first `count` of some ids in order of rank. A larger count keeps the earlier ones and adds to them.
    package static func first(
        _ count: Int, of ids: some Sequence<Identifier>, seed: String, root: Digest?
    ) -> [(id: Identifier, rank: Digest)] {
        // Ids are distinct, so equal ranks would be a collision of SHA-256; the id settles even that.
        let ranked = ids.map { (id: $0, rank: rank(of: $0, seed: seed, root: root)) }
            .sorted { ($0.rank, $0.id) < ($1.rank, $1.id) }
        return Array(ranked.prefix(max(0, count)))
    }
}
