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
struct FirstAssertions: Sendable {
    /// In order of time, not overlapping; times in microseconds since 1970.
    private let stretches: [(start: Int64, end: Int64, recorded: Int64)]

    init(_ assertions: [CoverageAssertion]) {
        self.init(assertions.map { ($0.interval, $0.recorded) })
    }

    init(_ mentions: [BatchMention], _ recorded: RecordingTimes) {
        self.init(
            mentions.flatMap { mention in
                mention.coverage.map { ($0, Instant(microseconds: recorded[mention.leaf])) }
            })
    }

    private init(_ assertions: [(interval: Interval, recorded: Instant)]) {
        var known = IntervalSet()
        var found: [(start: Int64, end: Int64, recorded: Int64)] = []
        for assertion in assertions.sorted(by: { ($0.recorded, $0.interval) < ($1.recorded, $1.interval) }) {
            // A snapshot is taken to hold on for a while; its source asserted nothing of what was still to come.
            guard
                let past = Interval(
                    from: assertion.interval.start, to: min(assertion.interval.end, assertion.recorded))
            else { continue }
            let news = known.gaps(in: IntervalSet([past]))
            found += news.intervals.map {
                ($0.start.microseconds, $0.end.microseconds, assertion.recorded.microseconds)
            }
            known = known.union(news)
        }
        stretches = found.sorted { $0.start < $1.start }
    }

    /// Whether something that holds from an instant on became known after that instant had been said to be complete.
    func isLate(_ at: Int64, _ recorded: Int64) -> Bool {
        var (low, high) = (0, stretches.count)
        while low < high {
            let middle = (low + high) / 2
            if stretches[middle].end <= at { low = middle + 1 } else { high = middle }
        }
        guard low < stretches.count, stretches[low].start <= at else { return false }
        return stretches[low].recorded < recorded
    }
}

extension UnitPopulation {
    /// The units that rest on a fact which was added or corrected after its source had said that it held everything for
    /// that time; their ids in order.
    ///
    /// - Parameters:
    ///   - frame: with the records that the units are of.
    ///   - assertions: of the kinds of the population.
    ///   - recorded: when each batch that is known was recorded.
    package func lateUnits(
        of kinds: [Identifier], _ frame: Frame, _ assertions: [CoverageAssertion], _ recorded: RecordingTimes
    ) -> [Identifier] {
        var late: Set<FactReference> = []
        for kind in kinds {
            for (source, records) in frame.history[kind]?.sources ?? [:] {
                let first = FirstAssertions(assertions.filter { $0.kind == kind && $0.source == source })
                func note(_ reference: FactReference, _ at: Instant) {
                    if first.isLate(at.microseconds, recorded[reference.leaf]) { late.insert(reference) }
                }
                for event in records.events { note(event.reference, event.at) }
                for version in records.states.values.joined() {
                    note(version.reference, version.interval.start)
                }
            }
        }
        return units.filter { !late.isDisjoint(with: $0.references) }.map(\.id)
    }
}
