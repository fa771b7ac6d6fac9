import Assessment
import Evidence
import Formats
import Programs

/// What the log and the payload say of a batch, its items left out: what the checks of a population look at.
struct BatchOutline {
    let batch: PopulationBatch
    /// Kinds of which it says anything for the period.
    private let touched: Set<Identifier>
    private let assertions: [CoverageAssertion]

    init(_ batch: SealedBatch, period: Interval, connectors: SourceConnectors) {
        let statement = batch.statement
        var touched = period.contains(statement.recorded) ? Set(statement.kinds) : []
        var coverageItems = 0
        var assertions: [CoverageAssertion] = []
        for fact in batch.lines.lazy.compactMap(\.fact) {
            if case .coverage(let interval) = fact.shape {
                coverageItems += 1
                if interval.clipped(to: period) != nil { touched.insert(fact.kind) }
                assertions.append(
                    CoverageAssertion(
                        kind: fact.kind, source: statement.source, interval: interval,
                        recorded: statement.recorded))
            } else if period.contains(fact.start) {
                touched.insert(fact.kind)
            }
        }
        self.batch = PopulationBatch(
            leaf: batch.leaf, statement: statement, coverageItems: coverageItems,
            connector: connectors.connector(of: statement))
        self.touched = touched
        self.assertions = assertions
    }

    /// Whether it says anything of these kinds for the period.
    func touches(_ kinds: Set<Identifier>) -> Bool { !touched.isDisjoint(with: kinds) }

    func assertions(of kinds: Set<Identifier>) -> [CoverageAssertion] {
        assertions.filter { kinds.contains($0.kind) }
    }
}

/// The connectors that a program has named for its sources, over time.
struct SourceConnectors {
    private let versions: [Identifier: [DocumentVersion]]

    init(_ program: ProgramHistory) {
        let zone = program.current.zone
        let ids = program.ids(of: .source)
        versions = Dictionary(
            ids.map { ($0, program.versions(.source, $0, in: zone)) }, uniquingKeysWith: { first, _ in first }
        )
    }

    /// The one in force when a batch was recorded.
    func connector(of statement: BatchStatement) -> String? {
        let version = versions[statement.source]?.last { $0.recorded <= statement.recorded }
        guard case .source(let source)? = version?.document.body else { return nil }
        return source.connector.rawValue
    }
}
