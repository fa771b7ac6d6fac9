package import Catalog
package import Formats

/// Where a fact stands in the log: which batch, and which item of its population.
package struct FactReference: Sendable, Hashable, Comparable {
    /// Index of the batch's leaf.
    package let leaf: Int
    /// Index of the item in the batch's population.
    package let item: Int

    package init(leaf: Int, item: Int) {
        self.leaf = leaf
        self.item = item
    }

    package static func < (left: FactReference, right: FactReference) -> Bool {
        (left.leaf, left.item) < (right.leaf, right.item)
    }
}

/// A stretch of time over which a record had one value.
package struct StateVersion: Sendable, Hashable {
    package let interval: Interval
    package let value: JSONObject
    package let reference: FactReference

    package init(interval: Interval, value: JSONObject, reference: FactReference) {
        self.interval = interval
        self.value = value
        self.reference = reference
    }
}

/// An event as it is known now.
package struct EventRecord: Sendable, Hashable {
    package let id: Identifier
    package let at: Instant
    package let value: JSONObject
    package let reference: FactReference

    package init(id: Identifier, at: Instant, value: JSONObject, reference: FactReference) {
        self.id = id
        self.at = at
        self.value = value
        self.reference = reference
    }
}

/// What one source says about one kind.
package struct SourceHistory: Sendable {
    /// Where the source asserts that it holds every record.
    package var coverage = IntervalSet()
    /// From when on the source is known of: the earlier of its first record and its first collection. Only from then on
    /// does it matter whether it is covered.
    package var since = Instant.distantPast
    /// When it was asked last, whether or not it answered, and whether or not the batch names the kind of which it tells;
    /// the distant past where nobody tells.
    package var asked = Instant.distantPast
    /// From when on nothing is to be expected of it, because it was given up; the distant future where it was not.
    package var retired = Instant.distantFuture
    /// Per key, in order of time, not overlapping.
    package var states: [Identifier: [StateVersion]] = [:]
    /// In order of time, then id.
    package var events: [EventRecord] = []

    package init() {}

    /// Where the source is not waited for: before it was known of, and once it was given up.
    fileprivate var excused: IntervalSet {
        let times = [Interval(from: .distantPast, to: since), Interval(from: retired, to: .distantFuture)]
        return IntervalSet(times.compactMap { $0 })
    }
}

/// Everything that is known about one kind.
package struct KindHistory: Sendable {
    package let kind: Kind
    package var sources: [Identifier: SourceHistory]

    package init(kind: Kind, sources: [Identifier: SourceHistory] = [:]) {
        self.kind = kind
        self.sources = sources
    }

    /// Where every source of the kind that is waited for holds every record, and at least one does: only there does "not
    /// found" mean "does not exist".
    package var completeCoverage: IntervalSet {
        let some = IntervalSet(sources.values.flatMap(\.coverage.intervals))
        return sources.values.reduce(some) { all, source in
            all.intersection(source.coverage.union(source.excused))
        }
    }

    /// Where no source that was still being asked was silent. What one of them did not tell, no other one makes up for; a
    /// source that nobody asks any more, because it was given up, is not waited for.
    package var population: IntervalSet {
        let some = IntervalSet(sources.values.flatMap(\.coverage.intervals))
        return sources.values.reduce(some) { all, source in
            let unasked = [Interval(from: source.asked, to: .distantFuture)].compactMap { $0 }
            return all.intersection(
                source.coverage.union(source.excused).union(IntervalSet(unasked)))
        }
    }

    /// The names of the sources, in order.
    package var sourceNames: [Identifier] { sources.keys.sorted() }
}

/// All evidence as it was known at one instant: the only thing an assessment sees.
package struct History: Sendable {
    package let kinds: [Identifier: KindHistory]
    /// The batches that were known, by leaf index.
    package let leaves: [Int]

    package init(kinds: [Identifier: KindHistory], leaves: [Int] = []) {
        self.kinds = kinds
        self.leaves = leaves
    }

    package subscript(kind: Identifier) -> KindHistory? { kinds[kind] }
}
