import Evidence
package import Formats

/// A source's word that it held every record of a kind for a stretch of time, with the moment it became known.
package struct CoverageAssertion: Sendable, Hashable {
    package let kind: Identifier
    package let source: Identifier
    package let interval: Interval
    package let recorded: Instant

    package init(kind: Identifier, source: Identifier, interval: Interval, recorded: Instant) {
        self.kind = kind
        self.source = source
        self.interval = interval
        self.recorded = recorded
    }
}

/// When each stretch of time was first said to be complete, for one kind of one source.
struct FirstAssertions {
    /// In order of time, not overlapping.
    private let stretches: [(interval: Interval, recorded: Instant)]

    init(_ assertions: [CoverageAssertion]) {
        var known = IntervalSet()
        var found: [(interval: Interval, recorded: Instant)] = []
        for assertion in assertions.sorted(by: { ($0.recorded, $0.interval) < ($1.recorded, $1.interval) }) {
            // A snapshot is taken to hold on for a while; its source asserted nothing of what was still to come.
            guard
                let past = Interval(
                    from: assertion.interval.start, to: min(assertion.interval.end, assertion.recorded))
            else { continue }
            let news = known.gaps(in: IntervalSet([past]))
            found += news.intervals.map { ($0, assertion.recorded) }
            known = known.union(news)
        }
        stretches = found.sorted { $0.interval < $1.interval }
    }

    /// When an instant was first said to be complete; nil when it never was.
    func recorded(at instant: Instant) -> Instant? {
        var (low, high) = (0, stretches.count)
        while low < high {
            let middle = (low + high) / 2
            if stretches[middle].interval.end <= instant { low = middle + 1 } else { high = middle }
        }
        guard low < stretches.count, stretches[low].interval.contains(instant) else { return nil }
        return stretches[low].recorded
    }
}

extension PopulationEvidence {
    /// The units that rest on a fact which was added or corrected after its source had said that it held everything for
    /// that time; their ids in order.
    package var lateUnits: [Identifier] {
        var late: Set<FactReference> = []
        for kind in kinds {
            let sources = (frame.history[kind]?.sources ?? [:]).sorted { $0.key < $1.key }
            for (source, records) in sources {
                let first = FirstAssertions(assertions.filter { $0.kind == kind && $0.source == source })
                func note(_ reference: FactReference, _ at: Instant) {
                    guard let known = recorded[reference.leaf], let said = first.recorded(at: at),
                        said < known
                    else { return }
                    late.insert(reference)
                }
                for event in records.events { note(event.reference, event.at) }
                for version in records.states.values.joined() {
                    note(version.reference, version.interval.start)
                }
            }
        }
        return population.units.filter { !late.isDisjoint(with: $0.references) }.map(\.id)
    }
}
