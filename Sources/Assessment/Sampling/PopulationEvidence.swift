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
    package let test: ControlTest
    package let population: UnitPopulation
    package let rows: TestRows
    package let frame: Frame
    /// The organisation's zone, in which the period's dates begin.
    package let zone: String
    /// The periods of the program, by name.
    package let periods: [(name: Identifier, interval: Interval)]
    /// The batches of the population's kinds whose evidence touches the period, in log order.
    package let batches: [PopulationBatch]
    /// When each batch that is known was recorded, by leaf.
    package let recorded: [Int: Instant]
    /// Every assertion of completeness for the population's kinds.
    package let assertions: [CoverageAssertion]
    /// The root of the population when the stored evidence is read and judged a second time.
    package let repeatedRoot: Digest

    package init(
        test: ControlTest, population: UnitPopulation, rows: TestRows, frame: Frame, zone: String,
        periods: [(name: Identifier, interval: Interval)], batches: [PopulationBatch],
        recorded: [Int: Instant], assertions: [CoverageAssertion], repeatedRoot: Digest
    ) {
        self.test = test
        self.population = population
        self.rows = rows
        self.frame = frame
        self.zone = zone
        self.periods = periods
        self.batches = batches
        self.recorded = recorded
        self.assertions = assertions
        self.repeatedRoot = repeatedRoot
    }
}

extension ControlTest {
    /// The kinds whose records and events make up the test's population; for windows, those that could fill them.
    package func populationKinds(in period: Interval) -> [Identifier] {
        let versions = versions.filter { $0.inForce.clipped(to: period) != nil }
        return Set(versions.flatMap(\.requirement.populationKinds)).sorted()
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
    var kinds: [Identifier] { test.populationKinds(in: frame.period) }

    /// The part of the period that had passed by the time of knowledge; nil when none had.
    var elapsed: Interval? {
        Interval(from: frame.period.start, to: min(frame.period.end, frame.knownAt))
    }

    /// What each source of the population's kinds covers.
    var coverages: [(source: Identifier, kind: Identifier, covered: IntervalSet)] {
        kinds.flatMap { kind in
            (frame.history[kind]?.sourceNames ?? []).map { source in
                (source, kind, frame.history[kind]?.sources[source]?.coverage ?? IntervalSet())
            }
        }
    }
}
