import Catalog
import Evidence
import Formats
import Ledger
import Testing

@testable import Assessment

/// A small log with batches of changes, and the sample drawn from them.
struct SealedWorld {
    let signer: NoteSigner
    private(set) var entries: [LogEntry] = []
    private(set) var lines: [[PayloadLine]] = []
    private(set) var batches: [PopulationBatch] = []
    var facts = Facts()

    init() throws {
        signer = try NoteSigner(
            name: "sample.example/evidence",
            key: try #require(SigningKey(seed: [UInt8](repeating: 7, count: 32))))
    }

    /// A batch as a connector would have brought it; returns its leaf.
    @discardableResult
    mutating func add(
        _ items: [Fact], source: Identifier = "git", collector: String = "git", query: String = "git log",
        total: Int? = nil, setAside: Int = 0, failing: [Identifier?] = [], missed: Interval? = nil,
        recorded: Instant, connector: String? = "git", mode: String = "changes",
        parameters own: [String: String] = [:]
    ) throws -> Int {
        let sealed = try items.map { try PayloadLine($0, saltKey: [1]) }
        var tree = MerkleAccumulator()
        for line in sealed { tree.append(line.leafHash) }
        var parameters: [(String, JSON)] = own.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }
        if let missed {
            parameters.append(("from", .string(missed.start.description)))
            parameters.append(("to", .string(missed.end.description)))
        }
        let failures: [JSON] = failing.map { kind in
            let name: JSON = kind.map { .string($0.text) } ?? .null
            return .object([("kind", name), ("scope", .string("all")), ("reason", .string("refused"))])
        }
        var predicate: [(String, JSON)] = [
            ("source", .string(source.text)),
            ("series", .object([("sequence", .integer(0)), ("previous", .null)])),
            ("collector", .object([("name", .string(collector)), ("version", .string("1"))])),
            ("mode", .string(mode)), ("query", .string(query)),
            ("parameters", .object(parameters)),
            ("kinds", .array(Set(items.map(\.kind)).sorted().map { .string($0.text) })),
            ("started", .string(recorded.description)), ("ended", .string(recorded.description)),
            ("recorded", .string(recorded.description)), ("pages", .integer(1)),
            (
                "counts",
                .object([
                    ("received", .integer(Int64(items.count))), ("facts", .integer(Int64(items.count))),
                    ("unchanged", .integer(0)), ("setAside", .integer(Int64(setAside))),
                ])
            ),
            (
                "setAside",
                .array(
                    setAside == 0
                        ? []
                        : [.object([("reason", .string("misfit")), ("count", .integer(Int64(setAside)))])])
            ),
            ("failures", .array(failures)),
            (
                "population",
                .object([("root", .string(tree.root.hex)), ("count", .integer(Int64(items.count)))])
            ),
            (
                "members",
                .object([
                    ("root", .string(MerkleTree.emptyRoot.hex)), ("count", .integer(0)),
                    ("key", .string(MerkleTree.emptyRoot.hex)), ("order", .string("hmac-sha256")),
                ])
            ),
        ]
        if let total { predicate.append(("sourceTotal", .integer(Int64(total)))) }
        let object = try #require(JSON.object(predicate).object)
        let statement = try #require(BatchStatement(object))
        let leaf = entries.count
        entries.append(
            try LogEntry(
                Statement(
                    subjects: [.init(name: "batch/git", digest: tree.root)],
                    predicateType: BatchStatement.predicateType, predicate: object),
                signedBy: [signer]))
        lines.append(sealed)
        let coverage = items.filter { if case .coverage = $0.shape { true } else { false } }
        batches.append(
            PopulationBatch(
                leaf: leaf, statement: statement, coverageItems: coverage.count, connector: connector))
        for (item, fact) in items.enumerated() {
            facts.recorded.append(
                RecordedFact(
                    fact: fact, source: source, recorded: recorded,
                    reference: FactReference(leaf: leaf, item: item)))
        }
        return leaf
    }

    /// The population of a test, and what its checks look at.
    func population(
        _ test: ControlTest, _ period: Interval, knownAt: Instant = day(400)
    ) throws -> (population: UnitPopulation, late: [Identifier]) {
        let frame = facts.frame(period, knownAt: knownAt)
        let population = UnitPopulation(test, frame, rows: test.evaluate(frame))
        let (own, others) = try allSurveys(test, period, knownAt: knownAt)
        return (population, population.lateUnits(own, others))
    }

    func surveys(
        _ test: ControlTest, _ period: Interval, knownAt: Instant = day(400)
    ) throws -> [PopulationSurvey] {
        try allSurveys(test, period, knownAt: knownAt).own
    }

    /// Those of the population's kinds, and those of the test's others.
    private func allSurveys(
        _ test: ControlTest, _ period: Interval, knownAt: Instant
    ) throws -> (own: [PopulationSurvey], others: [PopulationSurvey]) {
        let columns = try columns(knownAt: knownAt)
        let own = test.populationKinds(in: period)
        func surveys(_ kinds: [Identifier]) throws -> [PopulationSurvey] {
            try kinds.compactMap { columns[$0] }.map {
                try PopulationSurvey(
                    $0, texts: columns.texts, in: period, recorded: recordingTimes, listing: true)
            }
        }
        let others = test.kindsLookedAt(in: period).filter { !own.contains($0) }
        return (try surveys(own), try surveys(others))
    }

    private var recordingTimes: RecordingTimes {
        RecordingTimes(batches.map { ($0.leaf, $0.statement.recorded) })
    }

    func evidence(
        _ test: ControlTest, _ period: Interval, named: Bool = true, knownAt: Instant = day(400),
        repeatedRoot: Digest? = nil, repetition: PopulationEvidence.Repetition? = nil
    ) throws -> PopulationEvidence {
        let frame = facts.frame(period, knownAt: knownAt)
        let root = try population(test, period, knownAt: knownAt).population.root
        let columns = try columns(knownAt: knownAt)
        let (own, others) = try allSurveys(test, period, knownAt: knownAt)
        return PopulationEvidence(
            test: test, frame: frame, zone: "UTC",
            periods: named ? [(name: Identifier("year"), interval: period)] : [], batches: batches,
            unasserted: test.kindsLookedAt(in: period).filter { kind in
                columns[kind]?.sources.values.contains { $0.mentions.contains { !$0.coverage.isEmpty } }
                    != true
            },
            surveys: own, others: others,
            repetition: repetition ?? .repeated(root: root, repeatedRoot ?? root))
    }

    /// The batches as columns, made as those of a package are.
    private func columns(knownAt: Instant) throws -> ColumnHistory {
        let kinds = try KindCatalog(version: "sample", Sample.kinds)
        var collector = try ColumnCollector(kinds: kinds, knownAt: knownAt)
        for (batch, lines) in zip(batches, lines) {
            let statement = batch.statement
            let hash = entries[batch.leaf].leafHash
            guard try collector.begin(statement, leaf: batch.leaf, hash: hash) else { continue }
            try collector.add(
                FactStretch(
                    lines.map(\.fact), recorded: statement.recorded, leaf: batch.leaf, kinds: kinds),
                of: statement, first: 0)
        }
        return try collector.finish().history
    }

    func document(
        _ test: ControlTest, _ period: Interval, seed: String?, size: Int,
        stratification: Stratification = .none, withholding: Set<FactReference> = []
    ) throws -> SampleDocument {
        let evidence = try evidence(test, period)
        let (population, late) = try population(test, period)
        let draw = try seed.map {
            try SampleDraw(
                from: population, seed: $0, stratification: stratification, allocation: .proportional(size),
                period: period, zone: "UTC")
        }
        let log = MemoryTree(entries.map(\.leafHash))
        let checkpoint = try Checkpoint(origin: signer.name, size: log.size, root: log.root)
        let drawn = draw?.strata.flatMap { $0.picks.map { population.units[$0.index] } } ?? []
        let references = Set(drawn.flatMap(SampleDocument.provenFacts)).sorted()
        return SampleDocument(
            subject: SampleSubject(
                test: test.id, title: "Reviewed", unit: "event", period: period, zone: "UTC",
                knownAt: day(400), programDigest: .sha256("p".utf8), evidenceDigest: .sha256("e".utf8),
                isSynthetic: false),
            population: population, checks: evidence.checks, late: Set(late), draw: draw,
            practice: nil, isProportional: true,
            facts: try references.map { reference in
                let own = lines[reference.leaf]
                return SampledFact(
                    reference: reference, line: withholding.contains(reference) ? nil : own[reference.item],
                    hash: own[reference.item].leafHash,
                    proof: try MemoryTree(own.map(\.leafHash)).inclusionProof(index: reference.item))
            },
            batches: try Set(references.map(\.leaf)).sorted().map { leaf in
                SampledBatch(leaf: leaf, entry: entries[leaf], proof: try log.inclusionProof(index: leaf))
            },
            checkpoint: try checkpoint.signed(by: signer))
    }

    /// Twenty changes in two batches of two sources.
    static func changes() throws -> SealedWorld {
        var world = try SealedWorld()
        for (part, source) in ["git", "svn"].enumerated() {
            var items: [Fact] = [.coverage("deploy", try days(0, 100))]
            for number in 0..<10 {
                items.append(
                    .event(
                        "deploy", Identifier("\(source)-\(100 + number)"), at: day(5 + 9 * number + part),
                        Facts.object([
                            "author": .string("ann"), "approver": .string(number == 3 ? "ann" : "bob"),
                        ])))
            }
            try world.add(items, source: Identifier(source), total: 10, recorded: day(101))
        }
        return world
    }
}
