package import Assessment
import Catalog
import Evidence
package import Formats
import Ledger
import Programs
import Reports
import Storage

/// Which population is shown, and what is drawn from it.
package struct SampleRequest: Sendable {
    /// How much is drawn.
    package enum Size: Sendable {
        case allocation(SampleAllocation)
        /// What practice takes for the frequency of the test's control.
        case practice
    }

    package let test: Identifier
    package let span: AssessmentRequest.Span
    /// Nil is the recording of the newest batch or program, or what an assessment on record knew of later, so that the
    /// same log gives the same sample.
    package let knownAt: Instant?
    /// Nil shows the population only.
    package let seed: String?
    package let size: Size
    package let stratification: Stratification
    /// Shows the content of facts that say something about a person.
    package let includePersonal: Bool

    package init(
        test: Identifier, span: AssessmentRequest.Span, knownAt: Instant?, seed: String?, size: Size,
        stratification: Stratification, includePersonal: Bool
    ) {
        self.test = test
        self.span = span
        self.knownAt = knownAt
        self.seed = seed
        self.size = size
        self.stratification = stratification
        self.includePersonal = includePersonal
    }
}

extension Workspace {
    /// The population of a test and a sample from it, proven from the sealed evidence. Nothing is written.
    package func sample(
        _ request: SampleRequest, clock: Clock, progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) throws -> SampleDocument {
        try readRecord { database in
            let now = clock.now()
            let knownAt = try min(request.knownAt ?? latestKnowledge(database) ?? now, now)
            let program = try self.program(database, knownAt: knownAt)
            let source = try SamplingSource(
                request, program: program, marks: self.program(database).history.ownKinds,
                knownAt: knownAt, database: database, blobs: blobs)
            let known = try source.evidence(in: sealedRecord(database), progress)
            let (population, evidence) = (known.population, known.evidence)
            let draw = try request.seed.map { seed in
                let (allocation, _) = source.allocation(population)
                return try SampleDraw(
                    from: population, seed: seed, stratification: request.stratification,
                    allocation: allocation, period: evidence.frame.period, zone: evidence.zone)
            }
            let (allocation, practice) = source.allocation(population)
            let subject = source.subject(evidence, known.digest)
            guard let note = try LogTable.checkpoint(database) else { throw WorkspaceError.leaf(0, size: 0) }
            let checkpoint = try Checkpoint.open(
                Array(note.utf8), verifiers: [logVerifier], origin: origin)
            let drawn = draw?.strata.flatMap { $0.picks.map { population.units[$0.index] } } ?? []
            let proofs = try source.proofs(Set(drawn.flatMap(SampleDocument.provenFacts)), checkpoint)
            return SampleDocument(
                subject: subject, population: population, checks: evidence.checks,
                late: Set(known.late), draw: draw, practice: practice,
                isProportional: allocation.isProportional, facts: proofs.facts, batches: proofs.batches,
                checkpoint: try SignedNote(parsing: Array(note.utf8)))
        }
    }

    /// The document with its seal by the log's key.
    package func seal(_ sample: SampleDocument) throws -> JSON {
        try sample.sealed(by: try logSigner())
    }

    /// Puts a draw on the log, once. Refused where what the test reads was erased since the population was read: verifiers
    /// would miss what it was drawn from, and no later entry would tell them why.
    ///
    /// - Parameter by: who chose the seed.
    /// - Returns: its entry; nil where nothing was drawn.
    package func record(_ sample: SampleDocument, by: String, clock: Clock) throws -> Int? {
        try allow(clock)
        let signer = try logSigner()
        return try database.write { database in
            let now = try LogTable.recorded(clock.now(), database)
            guard let draw = DrawStatement(sample, by: by, recorded: now) else { return nil }
            if let known = try draws(database).first(where: { $0.draw.isSameDraw(as: draw) }) {
                return known.leaf
            }
            try refuseErased(draw, readAt: Checkpoint(text: sample.checkpoint.text).size, database)
            return try LogTable.append(
                [try LogEntry(draw.statement, signedBy: [signer])], signer: signer, database)
        }
    }

    private func refuseErased(_ draw: DrawStatement, readAt size: Int, _ database: any Reading) throws {
        let erased = try erasedKinds(since: size, database)
        if erased.isEmpty { return }
        let input = try sealedRecord(database).input(draw.period, knownAt: draw.knownAt).input
        let test = input.tests.first { $0.id == draw.test }
        guard let test, test.evidenceKinds.isDisjoint(with: erased) else {
            throw ErasedMeanwhile.draw(test: draw.test)
        }
    }

    /// Every draw on record, in the order of the log.
    func draws(_ database: any Reading) throws -> [(leaf: Int, draw: DrawStatement)] {
        var draws: [(leaf: Int, draw: DrawStatement)] = []
        try LogTable.forEachEntry(database) { leaf, entry in
            if let draw = DrawStatement(entry.statement) { draws.append((leaf, draw)) }
        }
        return draws
    }

    /// When the newest batch or program was recorded; nil while the log is empty.
    func newestRecording(_ database: any Reading) throws -> Instant? {
        let batches = try EvidenceTables.batches(database).map(\.recorded)
        let programs = try ProgramTable.rows(.program, database).map(\.recorded)
        return (batches + programs).max()
    }
}

extension SampleAllocation {
    fileprivate var isProportional: Bool { if case .proportional = self { true } else { false } }
}

/// Reads what a sample is drawn from.
private struct SamplingSource {
    let request: SampleRequest
    let program: ProgramHistory
    let programDigest: Digest
    let knownAt: Instant
    let kinds: KindCatalog
    let test: ControlTest
    let period: Interval
    let database: any Reading
    let blobs: any BlobStore

    /// - Parameter marks: the organization's kinds as they are marked now, whatever was known when.
    init(
        _ request: SampleRequest, program: (history: ProgramHistory, digest: Digest), marks: [Kind],
        knownAt: Instant, database: any Reading, blobs: any BlobStore
    ) throws {
        let current = program.history.current
        period =
            switch request.span {
            case .interval(let interval): interval
            case .named(let id): try current.interval(ofPeriod: id).interval
            }
        let input = try AssessmentInput(
            program.history, criteria: try CriteriaCatalog.builtin(), period: period, knownAt: knownAt,
            tolerance: .standard, programDigest: program.digest)
        guard let test = input.tests.first(where: { $0.id == request.test }) else {
            throw WorkspaceError.noTest(request.test, known: input.tests.map(\.id))
        }
        self.request = request
        self.program = program.history
        programDigest = program.digest
        self.knownAt = knownAt
        kinds = try program.history.evidenceKinds().marked(as: marks)
        self.test = test
        self.database = database
        self.blobs = blobs
    }

    /// The population, made twice, with what its checks look at, its units that came late, and the digest over the
    /// evidence.
    func evidence(
        in record: SealedRecord, _ progress: (_ done: Int, _ all: Int) -> Void
    ) throws -> (
        population: UnitPopulation, evidence: PopulationEvidence, late: [Identifier], digest: Digest
    ) {
        let (frame, digest) = try record.frame(period, knownAt: knownAt, by: program) { progress($0, 2 * $1) }
        let again = try record.frame(period, knownAt: knownAt, by: program, backwards: true) {
            progress($1 + $0, 2 * $1)
        }.frame
        let population = UnitPopulation(test, frame, rows: test.evaluate(frame))
        let repeated = UnitPopulation(test, again, rows: test.evaluate(again)).root
        let kinds = test.kindsLookedAt(in: period)
        return try record.withEvidence(knownAt: knownAt, during: period, by: program) { known in
            var surveys: [Identifier: PopulationSurvey] = [:]
            for kind in kinds { surveys[kind] = try known.survey(kind, listing: true) }
            let checked = known.population(
                of: test, surveys, .repeated(root: population.root, repeated))
            return (population, checked, population.lateUnits(checked.surveys, checked.others), digest)
        }
    }

    /// The sizes asked for; those of practice follow the most demanding control that the test belongs to.
    func allocation(_ population: UnitPopulation) -> (SampleAllocation, PracticeSize?) {
        guard case .practice = request.size else {
            if case .allocation(let allocation) = request.size { return (allocation, nil) }
            return (.proportional(0), nil)
        }
        let controls = program.current.controls.filter { $0.tests.contains { $0.id == test.id } }
        let sizes = controls.map { PracticeSize(frequency: $0.frequency, population: population.count) }
        let largest = sizes.max { ($0.largest, $0.smallest) < ($1.largest, $1.smallest) }
        let size = largest ?? PracticeSize(frequency: nil, population: population.count)
        return (.proportional(size.largest), size)
    }

    func subject(_ evidence: PopulationEvidence, _ digest: Digest) -> SampleSubject {
        let inForce = test.versions.last { $0.inForce.clipped(to: period) != nil }
        return SampleSubject(
            test: test.id, title: test.title, unit: inForce?.requirement.unit ?? "", period: period,
            zone: evidence.zone, knownAt: knownAt, programDigest: programDigest, evidenceDigest: digest,
            isSynthetic: program.current.organization?.isSynthetic ?? false)
    }

    /// The way from facts to the signed log, each step checked before it is handed out.
    func proofs(
        _ references: Set<FactReference>, _ checkpoint: Checkpoint
    ) throws -> (facts: [SampledFact], batches: [SampledBatch]) {
        let reader = EvidenceReader(database, blobs: blobs)
        let hidden = PersonalFields(kinds.kinds) { field in
            field.isPHI || field.isPersonal && !request.includePersonal
        }
        var facts: [SampledFact] = []
        var batches: [SampledBatch] = []
        let byLeaf = Dictionary(grouping: references, by: \.leaf)
        let rows = Dictionary(
            try EvidenceTables.batches(database).map { ($0.leaf, $0) },
            uniquingKeysWith: { first, _ in first })
        for (leaf, references) in byLeaf.sorted(by: { $0.key < $1.key }) {
            guard let row = rows[leaf] else { throw RecordError.notABatch(leaf: leaf) }
            let wanted = Set(references.map(\.item))
            guard let entry = try LogTable.entry(leaf, database) else {
                throw RecordError.missingEntry(leaf: leaf)
            }
            guard let statement = BatchStatement(entry.statement) else {
                throw RecordError.notABatch(leaf: leaf)
            }
            let entryProof = try MerkleTree.inclusionProof(
                index: leaf, size: checkpoint.size, reader: DatabaseHashReader(database))
            try entryProof.verify(leaf: entry.leafHash, root: checkpoint.root)
            batches.append(SampledBatch(leaf: leaf, entry: entry, proof: entryProof))
            // Of all lines but the wanted ones only the hash is kept.
            var tree = MemoryTree()
            var lines: [(item: Int, line: PayloadLine)] = []
            try reader.forEachStretch(row, statement, ofLines: { $0 }) { first, stretch in
                for (place, line) in stretch.enumerated() {
                    tree.append(line.leafHash)
                    if wanted.contains(first + place) { lines.append((first + place, line)) }
                }
            }
            for (item, line) in lines {
                let proof = try tree.inclusionProof(index: item)
                try proof.verify(leaf: line.leafHash, root: statement.population.root)
                facts.append(
                    SampledFact(
                        reference: FactReference(leaf: leaf, item: item), line: try shown(line, hidden),
                        hash: line.leafHash, proof: proof))
            }
        }
        return (facts, batches)
    }

    /// A line without the fields that may not be shown; nil where nothing of it may be, or a field is not known.
    private func shown(_ line: PayloadLine, _ hidden: PersonalFields) throws -> PayloadLine? {
        guard let fact = line.fact, let kind = kinds.kind(fact.kind) else { return nil }
        let isKnown = fact.value?.members.allSatisfy { kind.field($0.name) != nil } ?? true
        guard isKnown else { return nil }
        let shown = try line.withholding(hidden)
        return shown.fact == nil ? nil : shown
    }
}
