import Evidence
import Expressions
package import Formats

/// When each stretch of time was first said to be complete, for one kind of one source.
struct FirstAssertions: Sendable {
    /// In order of time, not overlapping; times in microseconds since 1970.
    private let stretches: [(start: Int64, end: Int64, recorded: Int64)]
    /// The earliest recording among a stretch and all behind it: most facts need no look at each of them.
    private let earliest: [Int64]

    init(_ mentions: [BatchMention], _ recorded: RecordingTimes) {
        let assertions = mentions.flatMap { mention in
            mention.coverage.map {
                (interval: $0, recorded: Instant(microseconds: recorded[mention.leaf]))
            }
        }
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
        found.sort { $0.start < $1.start }
        stretches = found
        var earliest = found.map(\.recorded)
        for index in earliest.indices.dropLast().reversed() {
            earliest[index] = min(earliest[index], earliest[index + 1])
        }
        self.earliest = earliest
    }

    /// Whether something that was said of the time from an instant to another became known after any of that time had been
    /// said to be complete.
    func isLate(_ from: Int64, _ to: Int64, _ recorded: Int64) -> Bool {
        var (low, high) = (0, stretches.count)
        while low < high {
            let middle = (low + high) / 2
            if stretches[middle].end <= from { low = middle + 1 } else { high = middle }
        }
        while low < stretches.count, stretches[low].start < to, earliest[low] < recorded {
            if stretches[low].recorded < recorded { return true }
            low += 1
        }
        return false
    }
}

/// What one source says of one kind in a period, held against when it had called that time complete.
struct Lateness: Sendable {
    let from, to: Int64
    private let said: FirstAssertions
    private let recorded: RecordingTimes

    init(_ mentions: [BatchMention], _ period: Interval, _ recorded: RecordingTimes) {
        (from, to) = (period.start.microseconds, period.end.microseconds)
        said = FirstAssertions(mentions, recorded)
        self.recorded = recorded
    }

    func isInPeriod(_ at: Int64) -> Bool { at >= from && at < to }

    /// Whether it was said late that an event happened, or did not happen, at an instant of the period.
    func isLate(at: Int64, leaf: Int) -> Bool {
        isInPeriod(at) && said.isLate(at, at + 1, recorded[leaf])
    }

    /// Whether something was said late of a record, for a stretch of time that reaches into the period.
    func isLate(from start: Int64, to end: Int64, leaf: Int) -> Bool {
        let (start, end) = (max(start, from), min(end, to))
        return start < end && said.isLate(start, end, recorded[leaf])
    }

    /// Whether the facts of a batch were known when those of another one came.
    func isKnown(_ leaf: Int, to other: Int) -> Bool { (recorded[leaf], leaf) <= (recorded[other], other) }
}

/// How many facts were added, corrected or taken back after their source had called their time complete.
struct LateTally: Sendable {
    /// A record by its source and key.
    struct Record: Hashable, Sendable {
        let source, key: Identifier
    }

    private(set) var count = 0
    /// The one that stands first in the log.
    private(set) var first: FactReference?
    /// How many of them took an event out of the period.
    private(set) var movedOut = 0
    /// How many of them say that a record was not there.
    private(set) var ended = 0
    /// All of them, and the records of which they say something; empty unless they are asked for.
    private(set) var references: Set<FactReference> = []
    private(set) var records: Set<Record> = []
    private let isListing: Bool

    init(isListing: Bool) { self.isListing = isListing }

    mutating func note(_ reference: FactReference) {
        count += 1
        first = first.map { min($0, reference) } ?? reference
        if isListing { references.insert(reference) }
    }

    mutating func noteMoveOut() { movedOut += 1 }

    mutating func note(_ state: StatedState, of source: Identifier, _ texts: TextDictionary) {
        note(state.reference)
        if !state.exists { ended += 1 }
        if isListing { records.insert(Record(source: source, key: texts.identifier(state.key))) }
    }

    mutating func add(_ other: LateTally) {
        count += other.count
        first = [first, other.first].compactMap(\.self).min()
        movedOut += other.movedOut
        ended += other.ended
        references.formUnion(other.references)
        records.formUnion(other.records)
    }
}

extension UnitPopulation {
    /// The units that rest on a fact which was added or corrected after its source had said that it held everything for
    /// that time, and the records of which such a fact says anything: what it took back, nothing can rest on. Their ids in
    /// order.
    ///
    /// - Parameters:
    ///   - surveys: of the kinds of the population, with late facts listed.
    ///   - others: of kinds that answer or are joined, whose records are not the units.
    package func lateUnits(
        _ surveys: [PopulationSurvey], _ others: [PopulationSurvey] = []
    ) -> [Identifier] {
        let own = surveys.map(\.late)
        let all = own + others.map(\.late)
        return units.filter { unit in
            all.contains { !$0.references.isDisjoint(with: unit.references) }
                || unit.at == nil
                    && own.contains {
                        $0.records.contains(LateTally.Record(source: unit.source, key: unit.key))
                    }
        }.map(\.id)
    }
}
