import Assessment
import Catalog
import Evidence
import Formats
import Foundation
import Ledger
import Workload

/// The published queries over the workload, beside DuckDB, SQLite and a reference model in Python: the same answers, row by
/// row, and how long each takes. Size S with `--quick`, else M.
enum YearEvaluation {
    /// One of our own evaluators. Whatever it keeps between queries it was given before the clock ran.
    struct Evaluator: Sendable {
        let name: String
        /// The largest size that it is meant for.
        let isForLargeSizes: Bool
        /// Makes it ready for a workload; what comes back answers queries.
        let prepare: @Sendable (SeededEvidence) throws -> Prepared
    }

    /// An evaluator with its evidence.
    struct Prepared {
        /// What is timed: the verdicts of a query's tests.
        let evaluate: (PublishedQuery) throws -> Void
        /// The answer, in the neutral form; not timed.
        let answer: (PublishedQuery) throws -> QueryAnswer
    }

    /// Faster evaluators stand before the simple one.
    static let evaluators: [Evaluator] = [columns, simple]

    static func run(_ setting: Setting) throws -> [Finding] {
        let size: WorkloadSize = setting.isQuick ? .small : .medium
        let evidence = SeededEvidence(size)
        let peers = WorkloadPeers(scratch: setting.folder)
        var findings = try generation(evidence, peers, setting)
        let tables = try setting.makeFolder("tables")
        try CSVFolder(tables).write(evidence)
        var found: [(name: String, answers: [PeerAnswer])] = []
        for evaluator in evaluators where setting.isQuick || evaluator.isForLargeSizes {
            found.append((evaluator.name, try answers(evaluator, evidence, setting)))
        }
        let rounds = max(1, setting.rounds)
        let others: [(String, [PeerAnswer]?)] = [
            ("DuckDB", try peers.duckDB(tables, rounds: rounds)),
            ("SQLite", try peers.sqlite(tables, rounds: setting.isQuick ? rounds : 1)),
            ("the model", setting.isQuick ? try peers.reference(size) : nil),
        ]
        for (name, answers) in others {
            if let answers { found.append((name, answers)) }
            if answers == nil, name != "the model" || setting.isQuick {
                findings.append(Finding("  \(name) beside them", "not installed"))
            }
        }
        // Smaller sizes are judged for their answers alone.
        let isJudged = size == .medium
        for query in PublishedQuery.allCases { findings += try lines(query, found, isJudged: isJudged) }
        findings += together(found, isJudged: isJudged)
        return findings + (try wholeYear(evidence, setting))
    }

    /// Evaluates one published query, one test, all of them or one more day of them on columns again and again, and prints
    /// the times: for a profiler.
    static func repeatedly(_ name: String, of size: WorkloadSize, for time: Duration) throws {
        let evidence = SeededEvidence(size)
        let evaluate: () throws -> Void
        if let query = PublishedQuery(rawValue: name) {
            let prepared = try columns.prepare(evidence)
            evaluate = { try prepared.evaluate(query) }
        } else if name == "tests" {
            return try each(evidence)
        } else if name == "day" {
            let (input, columns) = (try input(evidence), try evidence.columns())
            let eve = try partsOfEve(input, evidence).parts
            evaluate = {
                keep(
                    try AssessmentResult(
                        input, columns: columns, evidenceDigest: Digest.sha256([]), memo: PartMemo(eve)))
            }
        } else {
            let (input, columns) = (try input(evidence), try evidence.columns())
            let test = input.tests.first { $0.id == Identifier(name) }
            evaluate = {
                if let test {
                    let frame = try SweepFrame(
                        columns: columns, period: input.period, knownAt: input.knownAt)
                    return keep(try TestOutcome(test, frame, input.tolerance))
                }
                keep(try AssessmentResult(input, columns: columns, evidenceDigest: Digest.sha256([])))
            }
        }
        let end = ContinuousClock.now + time
        while ContinuousClock.now < end { print(Figure.time(try Stopwatch.seconds(evaluate))) }
    }

    /// Prints how long each test takes by itself, the dearest last.
    private static func each(_ evidence: SeededEvidence) throws {
        let (input, columns) = (try input(evidence), try evidence.columns())
        let times = try input.tests.map { test in
            let frame = try SweepFrame(columns: columns, period: input.period, knownAt: input.knownAt)
            return (test.id, try Stopwatch.seconds { keep(try TestOutcome(test, frame, input.tolerance)) })
        }
        for (test, time) in times.sorted(by: { $0.1 < $1.1 }) { print("\(Figure.time(time))  \(test)") }
    }

    /// All published queries of each program, one after another.
    private static func together(
        _ found: [(name: String, answers: [PeerAnswer])], isJudged: Bool
    ) -> [Finding] {
        let sums = found.compactMap { name, answers -> (String, Double)? in
            let times = answers.compactMap(\.seconds)
            return times.count == PublishedQuery.allCases.count ? (name, times.reduce(0, +)) : nil
        }
        guard let first = sums.first else { return [] }
        return [Finding("all published queries together", "")]
            + sums.map { name, sum in
                let ratio = name == first.0 ? nil : sum / max(first.1, 1e-9)
                let gate =
                    isJudged
                    ? ratio.flatMap { speed in leastSpeeds[name].map { Gate.times($0, found: speed) } } : nil
                return Finding("  \(name)", Figure.time(sum), ratio: ratio, gate: gate)
            }
    }

    /// How many times as fast as a peer all published queries together are to be, over size M.
    private static let leastSpeeds = ["DuckDB": 3, "SQLite": 30]

    /// Every test of the size's program with roll-up: once with columns just made, then again.
    private static func wholeYear(_ evidence: SeededEvidence, _ setting: Setting) throws -> [Finding] {
        let input = try input(evidence)
        let columns = try evidence.columns()
        func evaluate() throws {
            keep(try AssessmentResult(input, columns: columns, evidenceDigest: Digest.sha256([])))
        }
        let first = try Stopwatch.seconds { try evaluate() }
        let rounds = try (0..<max(1, setting.rounds - 1)).map { _ in try Stopwatch.seconds { try evaluate() }
        }
        let title = "\(input.tests.count) tests over size \(evidence.size.name)"
        return [
            Finding(
                "\(title), first", Figure.time(first),
                gate: evidence.size == .small ? .seconds(0.05, found: first) : nil),
            Finding(
                "\(title), again", Figure.time(rounds.median),
                gate: evidence.size == .medium ? .seconds(0.6, found: rounds.median) : nil),
        ] + (try oneMoreDay(input, evidence, columns, full: rounds.median, rounds: setting.rounds))
    }

    /// The last day of the period on top of what an assessment had found a day before.
    private static func oneMoreDay(
        _ input: AssessmentInput, _ evidence: SeededEvidence, _ columns: ColumnHistory, full: Double,
        rounds: Int
    ) throws -> [Finding] {
        let before = try partsOfEve(input, evidence)
        let bytes = before.parts.bytes
        func evaluate(_ known: KnownParts) throws -> AssessmentResult {
            try AssessmentResult(
                input, columns: columns, evidenceDigest: Digest.sha256([]), memo: PartMemo(known))
        }
        func median(_ known: () throws -> KnownParts) throws -> Double {
            try (0..<max(1, rounds)).map { _ in try Stopwatch.seconds { keep(try evaluate(known())) } }.median
        }
        guard let stored = KnownParts(bytes: bytes) else { throw WrongAnswer("parts cannot be read back") }
        let expected = try AssessmentResult(input, columns: columns, evidenceDigest: Digest.sha256([]))
            .canonical
        guard try evaluate(stored).canonical == expected else {
            throw WrongAnswer("one more day gives another result than all evidence")
        }
        let (held, read) = (before.parts, { KnownParts(bytes: bytes) ?? KnownParts() })
        let times = (held: try median { held }, read: try median(read))
        func gate(_ time: Double) -> Gate? {
            evidence.size == .medium ? .seconds(0.03, found: time) : nil
        }
        return [
            Finding("  one more day, the same bytes", Figure.time(times.held), gate: gate(times.held)),
            Finding(
                "  and from what was kept", Figure.time(times.read),
                beside: "\(bytes.count / 1_000) kB read", gate: gate(times.read)),
            Finding("  all evidence in its place", Figure.time(full)),
        ]
    }

    /// What an assessment keeps that knows all but the last day.
    private static func partsOfEve(_ input: AssessmentInput, _ evidence: SeededEvidence) throws -> PartMemo {
        let eve = input.knownAt - .days(1)
        let memo = PartMemo()
        keep(
            try AssessmentResult(
                try Self.input(evidence, knownAt: eve), columns: try evidence.columns(knownAt: eve),
                evidenceDigest: Digest.sha256([]), memo: memo))
        return memo
    }

    /// Generation is compared with its twin where that takes seconds.
    private static func generation(
        _ evidence: SeededEvidence, _ peers: WorkloadPeers, _ setting: Setting
    ) throws -> [Finding] {
        var rows = 0
        let seconds = try Stopwatch.seconds {
            for kind in WorkloadKind.all { try evidence.stream(kind) { rows += $0.count } }
        }
        if setting.isQuick, let twin = try peers.checksum(evidence.size) {
            try expect(try WorkloadChecksum(evidence).hexadecimal, is: twin, "checksum of the workload")
        }
        return [Finding("workload \(evidence.size.name), \(rows) rows drawn", Figure.time(seconds))]
    }

    private static func answers(
        _ evaluator: Evaluator, _ evidence: SeededEvidence, _ setting: Setting
    ) throws -> [PeerAnswer] {
        let prepared = try evaluator.prepare(evidence)
        return try PublishedQuery.allCases.map { query in
            let times = try (0..<max(1, setting.rounds)).map { _ in
                try Stopwatch.seconds { try prepared.evaluate(query) }
            }
            return PeerAnswer(
                query: query, answer: try prepared.answer(query), seconds: times.median, peakKilobytes: nil)
        }
    }

    /// Throws unless everyone who was asked gives the same answer.
    private static func lines(
        _ query: PublishedQuery, _ found: [(name: String, answers: [PeerAnswer])], isJudged: Bool
    ) throws -> [Finding] {
        let own = found.compactMap { program in
            program.answers.first { $0.query == query }.map { (program.name, $0) }
        }
        guard let (firstName, first) = own.first else { return [] }
        for (name, other) in own.dropFirst() where other.answer != first.answer {
            throw WrongAnswer("\(query): \(firstName) has \(first.answer), \(name) has \(other.answer)")
        }
        let units = first.answer.units.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        var findings = [Finding("\(query): \(units.joined(separator: ", "))", "")]
        for (name, other) in own {
            guard let seconds = other.seconds else { continue }
            let memory = other.peakKilobytes.map { "its process held \($0 / 1_000) MB" } ?? ""
            let ratio = name == firstName ? nil : first.seconds.map { seconds / max($0, 1e-9) }
            // No single query may be slower than DuckDB.
            let gate = isJudged && name == "DuckDB" ? ratio.map { Gate.times(1, found: $0) } : nil
            findings.append(
                Finding("  \(name)", Figure.time(seconds), beside: memory, ratio: ratio, gate: gate))
        }
        return findings
    }
}

extension YearEvaluation {
    /// Sweeps over columns that are held in memory.
    static let columns = Evaluator(name: "columns", isForLargeSizes: true) { evidence in
        let (input, columns) = (try input(evidence), try evidence.columns())
        let tests = Dictionary(uniqueKeysWithValues: input.tests.map { ($0.id, $0) })
        func rows(_ query: PublishedQuery) throws -> [SweptRows] {
            // A frame of its own each time: it keeps what tests share. The answers are made of rows, also of those with
            // nothing to tell.
            let frame = try SweepFrame(
                columns: columns, period: input.period, knownAt: input.knownAt, listsStretches: true)
            return try Parallel.map(query.tests(evidence.size).compactMap { tests[$0] }) {
                try $0.sweep(frame)
            }
        }
        return Prepared(
            evaluate: { query in keep(try rows(query)) },
            answer: { query in
                var builder = QueryAnswerBuilder(query)
                for found in try rows(query) {
                    builder.add(found.listed, evidence.calendar)
                    builder.add(passing: found.plain.units.passing)
                }
                return builder.finish()
            })
    }

    /// The evaluators in their simplest form, over a history of JSON objects.
    static let simple = Evaluator(name: "simple evaluators", isForLargeSizes: false) { evidence in
        let input = try input(evidence)
        let frame = Frame(history: evidence.history(), period: input.period, knownAt: input.knownAt)
        let tests = Dictionary(uniqueKeysWithValues: input.tests.map { ($0.id, $0) })
        func rows(_ query: PublishedQuery) -> [TestRows] {
            query.tests(evidence.size).compactMap { tests[$0]?.evaluate(frame) }
        }
        return Prepared(
            evaluate: { query in keep(rows(query)) },
            answer: { query in
                var builder = QueryAnswerBuilder(query)
                for found in rows(query) { builder.add(found, evidence.calendar) }
                return builder.finish()
            })
    }

    /// What a size's program asks of its period, as known when it ends, or at an earlier time.
    static func input(_ evidence: SeededEvidence, knownAt: Instant? = nil) throws -> AssessmentInput {
        try AssessmentInput(
            WorkloadProgram(evidence.size).history(), criteria: try CriteriaCatalog.builtin(),
            period: evidence.calendar.period, knownAt: knownAt ?? evidence.calendar.period.end,
            tolerance: .standard,
            programDigest: Digest.sha256([]))
    }
}
