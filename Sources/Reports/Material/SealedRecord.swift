package import Assessment
package import Catalog
package import Evidence
package import Formats
package import Programs
package import Ledger

/// What a log holds, wherever it is kept: in a workspace or in a package.
package struct SealedRecord {
    /// Of every batch, in the order of the log.
    package let batches: [(leaf: Int, recorded: Instant)]
    /// The draws on record, in the order of the log.
    package let draws: [(leaf: Int, draw: DrawStatement)]
    private let programKnown: (_ at: Instant) throws -> (history: ProgramHistory, digest: Digest)
    private let read: (_ leaf: Int) throws -> SealedBatch

    /// - Parameters:
    ///   - program: as it was known at an instant.
    ///   - read: a batch, proven against the log.
    package init(
        batches: [(leaf: Int, recorded: Instant)], draws: [(leaf: Int, draw: DrawStatement)],
        program: @escaping (_ at: Instant) throws -> (history: ProgramHistory, digest: Digest),
        read: @escaping (_ leaf: Int) throws -> SealedBatch
    ) {
        self.batches = batches
        self.draws = draws
        self.read = read
        programKnown = program
    }

    package func program(knownAt: Instant) throws -> (history: ProgramHistory, digest: Digest) {
        try programKnown(knownAt)
    }

    package func batch(_ leaf: Int) throws -> SealedBatch { try read(leaf) }

    /// What an assessment is of, apart from the evidence, and the program that it is judged by.
    package func input(
        _ period: Interval, knownAt: Instant, _ tolerance: Tolerance = .standard,
        timeZoneData: String = CalendarWindows.timeZoneData
    ) throws -> (input: AssessmentInput, program: ProgramHistory) {
        let program = try program(knownAt: knownAt)
        let input = try AssessmentInput(
            program.history, criteria: try CriteriaCatalog.builtin(), period: period, knownAt: knownAt,
            tolerance: tolerance, programDigest: program.digest, timeZoneData: timeZoneData)
        return (input, program.history)
    }

    /// The evidence as it was known at an instant, and the digest over its batches.
    package func frame(
        _ period: Interval, knownAt: Instant, by program: ProgramHistory
    ) throws -> (frame: Frame, digest: Digest) {
        let kinds = try KindCatalog.builtin().merging(program.current.kinds.map(\.kind))
        var collector = HistoryCollector(kinds: kinds, knownAt: knownAt)
        for batch in batches where batch.recorded <= knownAt { collector.add(try read(batch.leaf)) }
        let (history, digest) = collector.finish()
        return (Frame(history: history, period: period, knownAt: knownAt), digest)
    }

    /// Judges a period by the program and the evidence as they were known at an instant, with a row for every unit.
    package func result(
        _ period: Interval, knownAt: Instant, _ tolerance: Tolerance,
        timeZoneData: String = CalendarWindows.timeZoneData
    ) throws -> AssessmentResult {
        let (input, program) = try input(period, knownAt: knownAt, tolerance, timeZoneData: timeZoneData)
        let (frame, digest) = try frame(period, knownAt: knownAt, by: program)
        return AssessmentResult(input, history: frame.history, evidenceDigest: digest)
    }

    /// Reads all evidence twice: once in the order of the log, and once, for the check that it can be repeated, backwards.
    package func evidence(
        knownAt: Instant, during period: Interval, by program: ProgramHistory,
        progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) throws -> KnownEvidence {
        let kinds = try KindCatalog.builtin().merging(program.current.kinds.map(\.kind))
        let known = batches.filter { $0.recorded <= knownAt }
        let connectors = SourceConnectors(program)
        var forwards = HistoryCollector(kinds: kinds, knownAt: knownAt)
        var backwards = HistoryCollector(kinds: kinds, knownAt: knownAt)
        var outlines: [BatchOutline] = []
        for (done, known) in known.enumerated() {
            let batch = try read(known.leaf)
            forwards.add(batch)
            outlines.append(BatchOutline(batch, period: period, connectors: connectors))
            progress(done + 1, 2 * batches.count)
        }
        for (done, batch) in known.reversed().enumerated() {
            backwards.add(try read(batch.leaf))
            progress(known.count + done + 1, 2 * batches.count)
        }
        let (history, digest) = forwards.finish()
        return KnownEvidence(
            program: program.current, kinds: kinds,
            frame: Frame(history: history, period: period, knownAt: knownAt), digest: digest,
            again: Frame(history: backwards.finish().history, period: period, knownAt: knownAt),
            outlines: outlines,
            recorded: Dictionary(
                known.map { ($0.leaf, $0.recorded) }, uniquingKeysWith: { first, _ in first }))
    }
}

/// The evidence of a period as it was known at an instant, with what the checks of a population look at besides.
package struct KnownEvidence {
    let program: Program
    package let kinds: KindCatalog
    package let frame: Frame
    /// Over the batches.
    package let digest: Digest
    /// The same, read in another order.
    let again: Frame
    let outlines: [BatchOutline]
    let recorded: [Int: Instant]

    /// The population of a test, sealed by its root; its checks judge the evidence a second time.
    package func population(of test: ControlTest, rows: TestRows) -> PopulationEvidence {
        let kinds = Set(test.populationKinds(in: frame.period))
        let population = UnitPopulation(test, frame, rows: rows)
        let used = Set(population.units.flatMap { $0.references.map(\.leaf) })
        return PopulationEvidence(
            test: test, population: population, rows: rows, frame: frame, zone: program.zone.identifier,
            periods: program.periods.compactMap { period in
                period.interval(in: program.zone).map { (period.id, $0) }
            },
            batches: outlines.filter { $0.touches(kinds) || used.contains($0.batch.leaf) }.map(\.batch),
            recorded: recorded, assertions: outlines.flatMap { $0.assertions(of: kinds) },
            repeatedRoot: UnitPopulation(test, again, rows: test.evaluate(again)).root)
    }
}
