import Assessment
import Catalog
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
