import Assessment
import Catalog
import Evidence
import Formats
import Foundation
import Ledger
import Testing
import Workload

/// The evaluators of this project and SQL, written apart from each other, give the same answers over the same rows.
struct OracleTests {
    @Test(arguments: [UInt64(1_058), 1_835, 2_026, 398])
    func `every published query has the answer that SQLite gives`(seed: UInt64) throws {
        let evidence = SeededEvidence(.tiny, seed: seed)
        let input = try Self.input(evidence)
        let frame = Frame(history: evidence.history(), period: input.period, knownAt: input.knownAt)
        let oracle = try SQLiteOracle(evidence)
        let tests = Dictionary(uniqueKeysWithValues: input.tests.map { ($0.id, $0) })
        for query in PublishedQuery.allCases {
            var builder = QueryAnswerBuilder(query)
            for id in query.tests(evidence.size) {
                builder.add(try #require(tests[id]).evaluate(frame), evidence.calendar)
            }
            let expected = try oracle.answer(query, text: try Self.text(query))
            #expect(builder.finish() == expected, "\(query), seed \(seed)")
            let swept = try Self.swept(query, evidence, input, try evidence.columns())
            #expect(swept == expected, "columns, \(query), seed \(seed)")
        }
    }

    /// What the reference model says of size S (`Benchmarks/Oracles/reference.py S`); DuckDB and SQLite are asked by
    /// `make bench`, which takes an optimized build. Times of stretches are part of the digest.
    private static let small: [(query: PublishedQuery, units: [String: Int], digest: String)] =
        [
            (
                .rescan, ["fail": 13, "none": 72, "pass": 42098],
                "b8517a724c84bf6dcd8fdf904ee2a79497b8bac6639bd770f6ab855a0fa0bdb6"
            ),
            (
                .state, ["fail": 1, "pass": 499],
                "821821d199b2a07edce332db4361be2d6280ecbef23735953bad3e1d19994225"
            ),
            (
                .age, ["fail": 2, "pass": 98],
                "6e73dd1de37141626e6cd15e97226b460edbee7999e49400e9b883b9b17eb623"
            ),
            (
                .sod, ["fail": 7, "none": 29, "pass": 4954],
                "6366f108aeb0389e3abf29fd6492d49561ee6db8c2a8ce9a9c8d4afc67ddaa08"
            ),
            (
                .cadence, ["fail": 21, "pass": 4411],
                "1f4f6086b45c8b8a38cb9823721b5ad3060803f62e82f792088ea0eb71e7f9d6"
            ),
            (
                .response, ["late": 4, "missed": 3, "none": 1, "pass": 1325, "pending": 662],
                "9114a0c6cd0bb743bec0c3f22bc455e6fc67d2a6f6ef0b252b238d89e62fa82c"
            ),
            (
                .ratio, ["none": 1, "pass": 2],
                "81c901d45b63a33161cf79d2904d03183f7edb0870c176aee7e2450788676cfe"
            ),
            (
                .recon, ["fail": 1, "pass": 399],
                "c563447a4a3afde72400e291effcf0e4969c66f3226fbcce5fbf3b8aa0705d0a"
            ),
            (
                .access, ["fail": 21, "none": 1096, "pass": 98680],
                "6c5e9131a78d3e8b6065caef25df5a7e4f5f8867ebb115f47e7b670522fb4e1b"
            ),
        ]

    @Test func `columns answer every published query over size S as the reference model does`() throws {
        let evidence = SeededEvidence(.small)
        let input = try Self.input(evidence)
        let columns = try evidence.columns()
        #expect(Self.small.map(\.query) == PublishedQuery.allCases)
        for (query, units, digest) in Self.small {
            let answer = try Self.swept(query, evidence, input, columns)
            #expect(answer.units == units, "\(query)")
            #expect(answer.digest == digest, "\(query)")
        }
    }

    @Test func `every test of the program can be evaluated`() throws {
        let evidence = SeededEvidence(.tiny)
        let input = try Self.input(evidence)
        let frame = Frame(history: evidence.history(), period: input.period, knownAt: input.knownAt)
        for test in input.tests {
            let rows = test.evaluate(frame).rows
            #expect(!rows.isEmpty, "\(test.id)")
            #expect(rows.contains { $0.verdict == .pass || $0.verdict == .fail }, "\(test.id)")
        }
    }

    /// The answer of the sweeps over columns.
    private static func swept(
        _ query: PublishedQuery, _ evidence: SeededEvidence, _ input: AssessmentInput,
        _ columns: ColumnHistory
    ) throws -> QueryAnswer {
        let frame = try SweepFrame(
            columns: columns, period: input.period, knownAt: input.knownAt, listsStretches: true)
        let tests = Dictionary(uniqueKeysWithValues: input.tests.map { ($0.id, $0) })
        var builder = QueryAnswerBuilder(query)
        for id in query.tests(evidence.size) {
            let found = try #require(tests[id]).sweep(frame)
            builder.add(found.listed, evidence.calendar)
            builder.add(passing: found.plain.units.passing)
        }
        return builder.finish()
    }

    private static func input(_ evidence: SeededEvidence) throws -> AssessmentInput {
        try AssessmentInput(
            WorkloadProgram(evidence.size).history(), criteria: try CriteriaCatalog.builtin(),
            period: evidence.calendar.period,
            knownAt: evidence.calendar.period.end, tolerance: .standard, programDigest: Digest.sha256([]))
    }

    private static func text(_ query: PublishedQuery) throws -> String {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Benchmarks/Oracles/queries")
        let own = folder.appendingPathComponent("\(query.rawValue).sqlite.sql")
        let common = folder.appendingPathComponent("\(query.rawValue).sql")
        return try String(
            contentsOf: (try? own.checkResourceIsReachable()) == true ? own : common, encoding: .utf8)
    }
}
