import Assessment
import Catalog
import Evidence
import Formats
import Ledger
import Storage
import Testing
import Workload

/// The whole program of the workload, from columns and by the simple evaluators: the same bytes.
@Suite struct ColumnTests {
    @Test(arguments: [UInt64(1_058), 7])
    func `every test of the program gives the same bytes from columns`(seed: UInt64) throws {
        let evidence = SeededEvidence(.tiny, seed: seed)
        let input = try AssessmentInput(
            WorkloadProgram(evidence.size).history(), criteria: try CriteriaCatalog.builtin(),
            period: evidence.calendar.period, knownAt: evidence.calendar.period.end, tolerance: .standard,
            programDigest: Digest.sha256([]))
        let history = evidence.history()
        let digest = Digest.sha256([])
        let simple = try AssessmentResult(input, history: history, evidenceDigest: digest)
        let converted = try AssessmentResult(
            input, columns: ColumnHistory(history), evidenceDigest: digest)
        let drawn = try AssessmentResult(input, columns: evidence.columns(), evidenceDigest: digest)
        let frame = Frame(history: history, period: input.period, knownAt: input.knownAt)
        for index in simple.tests.indices {
            let test = simple.tests[index].test.id
            #expect(simple.tests[index].units == drawn.tests[index].units, "\(test)")
            #expect(simple.tests[index].timeline == drawn.tests[index].timeline, "\(test)")
            let all = UnitPopulation(simple.tests[index].test, frame, rows: simple.tests[index].rows)
            #expect(drawn.tests[index].populationCount(in: frame.period) == all.count, "\(test)")
        }
        #expect(try simple.canonical == converted.canonical)
        #expect(try simple.canonical == drawn.canonical)
        let store = MemoryColumnStore()
        try evidence.write(to: store)
        let stored = try AssessmentResult(
            input, columns: evidence.columns(in: store), evidenceDigest: digest)
        #expect(try simple.canonical == stored.canonical)
    }

    @Test func `each test of a result has a digest of its own, from the result or from its bytes`() throws {
        let evidence = SeededEvidence(.tiny)
        let input = try AssessmentInput(
            WorkloadProgram(evidence.size).history(), criteria: try CriteriaCatalog.builtin(),
            period: evidence.calendar.period, knownAt: evidence.calendar.period.end, tolerance: .standard,
            programDigest: Digest.sha256([]))
        let result = try AssessmentResult(
            input, columns: evidence.columns(), evidenceDigest: Digest.sha256([]))
        let own = try result.testDigests
        let bytes = try result.canonical
        #expect(own.count == input.tests.count)
        for length in [1_000, bytes.count] {
            #expect(try AssessmentResult.testDigests(of: ByteStream(bytes, pieces: length)) == own)
        }
        // Some tests alone have the digests that they have among the others.
        let some = Set(input.tests.indices.filter { $0.isMultiple(of: 3) }.map { input.tests[$0].id })
        let part = try AssessmentResult(
            input.only { some.contains($0.id) }, columns: evidence.columns(),
            evidenceDigest: Digest.sha256([]))
        let expected = zip(input.tests, own).filter { some.contains($0.0.id) }.map(\.1)
        #expect(try part.testDigests == expected)
        let changed = Array(
            String(decoding: bytes, as: UTF8.self)
                .replacing(#""test":"backup-daily""#, with: #""test":"backup-dailx""#).utf8)
        let others = try AssessmentResult.testDigests(of: ByteStream(changed, pieces: 4_096))
        let differing = zip(input.tests, zip(own, others)).filter { $1.0 != $1.1 }.map(\.0.id)
        #expect(differing == ["backup-daily"])
    }

    @Test(arguments: [UInt64(1_058), 7])
    func `day by day, every test of the program gives the bytes of a full run`(seed: UInt64) throws {
        let evidence = SeededEvidence(.tiny, seed: seed)
        let history = try WorkloadProgram(evidence.size).history()
        var known = KnownParts()
        for day in [9, 8, 3, 1, 0] {
            let knownAt = evidence.calendar.period.end - .days(Int64(day))
            let input = try AssessmentInput(
                history, criteria: try CriteriaCatalog.builtin(), period: evidence.calendar.period,
                knownAt: knownAt, tolerance: .standard, programDigest: Digest.sha256([]))
            let columns = try evidence.columns(knownAt: knownAt)
            let digest = Digest.sha256([])
            let memo = PartMemo(known)
            let full = try AssessmentResult(input, columns: columns, evidenceDigest: digest)
            let next = try AssessmentResult(input, columns: columns, evidenceDigest: digest, memo: memo)
            #expect(try full.canonical == next.canonical, "seed \(seed), \(day) days before the end")
            known = memo.parts
        }
    }
}
