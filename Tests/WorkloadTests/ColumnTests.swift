import Assessment
import Catalog
import Evidence
import Formats
import Ledger
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
