package import Evidence
package import Formats
package import Ledger

/// A batch that brought evidence for a population, as the log states it.
package struct PopulationBatch: Sendable {
    package let leaf: Int
    package let statement: BatchStatement
    /// Coverage facts among its items, of whatever kind: `counts.received` counts them too.
    package let coverageItems: Int
    /// The connector that the program in force when the batch was recorded names for its source; nil when it names none.
    package let connector: String?

    package init(leaf: Int, statement: BatchStatement, coverageItems: Int, connector: String?) {
        self.leaf = leaf
        self.statement = statement
        self.coverageItems = coverageItems
        self.connector = connector
    }
}

/// Everything that the checks of a population look at.
package struct PopulationEvidence: Sendable {
    /// What is known of whether the population comes out the same when it is made again.
    package enum Repetition: Sendable, Hashable {
        /// The stored evidence was read and judged a second time; the root that this gave.
        case repeated(root: Digest, Digest)
        /// It has the root that a draw on record states; its log entry.
        case drawn(leaf: Int)
        /// The whole result is the one that an earlier assessment put on record; its log entry.
        case onRecord(leaf: Int)
        case once
    }

    package let test: ControlTest
    package let frame: Frame
    /// The organisation's zone, in which the period's dates begin.
    package let zone: String
    /// The periods of the program, by name.
    package let periods: [(name: Identifier, interval: Interval)]
    /// The batches of the test's kinds whose evidence touches the period, in log order.
    package let batches: [PopulationBatch]
    /// Those of the test's kinds of which no source ever asserted that it holds every record.
    package let unasserted: [Identifier]
    /// Of each of the population's kinds that is known.
    package let surveys: [PopulationSurvey]
    /// Of each of the test's other kinds that is known: what answers, is joined or stands on the other side.
    package let others: [PopulationSurvey]
    package let repetition: Repetition

    /// - Parameter frame: its records are not looked at, only the sources and their coverage.
    package init(
        test: ControlTest, frame: Frame, zone: String, periods: [(name: Identifier, interval: Interval)],
        batches: [PopulationBatch], unasserted: [Identifier], surveys: [PopulationSurvey],
        others: [PopulationSurvey], repetition: Repetition
    ) {
        self.test = test
        self.frame = frame
        self.zone = zone
        self.periods = periods
        self.batches = batches
        self.unasserted = unasserted
        self.surveys = surveys
        self.others = others
        self.repetition = repetition
    }
}

extension ControlTest {
    /// The kinds whose records and events make up the test's population; for windows of nobody in particular, those that
    /// could fill them.
    package func populationKinds(in period: Interval) -> [Identifier] {
        Set(versionsInForce(in: period).flatMap(\.requirement.populationKinds)).sorted()
    }

    /// All kinds that the test rests on in a period: those of its population, and those that answer or are joined.
    package func kindsLookedAt(in period: Interval) -> [Identifier] {
        Set(versionsInForce(in: period).flatMap(\.requirement.evidenceKinds)).sorted()
    }

    private func versionsInForce(in period: Interval) -> [RequirementVersion] {
        versions.filter { $0.inForce.clipped(to: period) != nil }
    }
}

extension Requirement {
    fileprivate var populationKinds: [Identifier] {
        switch self {
        case .state(let rule): [rule.kind]
        case .event(let rule): [rule.kind]
        case .cadence(let rule): [rule.subjects?.kind ?? rule.kind]
        case .response(let rule): [rule.trigger.kind]
        case .ratio(let rule): [rule.kind]
        case .recon(let rule): [rule.kind]
        case .sod(.event(let rule)): [rule.kind]
        case .sod(.roles(let first, let second)): [first.kind, second.kind]
        case .attest(let rule): [rule.kind]
        }
    }
}

extension PopulationEvidence {
    /// An answer that nobody looked for counts for as little as an item that nobody looked for.
    var kinds: [Identifier] { test.kindsLookedAt(in: frame.period) }

    /// Those of which no source has ever brought anything.
    var unasked: [Identifier] { kinds.filter { frame.history[$0]?.sourceNames.isEmpty ?? true } }

    /// The part of the period that had passed by the time of knowledge; nil when none had.
    var elapsed: Interval? {
        Interval(from: frame.period.start, to: min(frame.period.end, frame.knownAt))
    }

    /// What each source of the test's kinds covers.
    var coverages: [(source: Identifier, kind: Identifier, covered: IntervalSet)] {
        var found: [(source: Identifier, kind: Identifier, covered: IntervalSet)] = []
        for kind in kinds {
            guard let history = frame.history[kind] else { continue }
            let looked = IntervalSet(history.sources.values.flatMap(\.coverage.intervals))
            for source in history.sourceNames {
                found.append((source, kind, history.sources[source]?.covered(where: looked) ?? IntervalSet()))
            }
        }
        return found
    }
}

extension SourceHistory {
    /// What it covers. Once it was given up it is not waited for, where any source looked at all.
    fileprivate func covered(where looked: IntervalSet) -> IntervalSet {
        guard let after = Interval(from: retired, to: .distantFuture) else { return coverage }
        return coverage.union(looked.clipped(to: after))
    }
}
