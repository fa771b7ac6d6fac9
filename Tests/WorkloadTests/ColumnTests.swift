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
        let simple = AssessmentResult(input, history: history, evidenceDigest: digest)
        let converted = try AssessmentResult(
            input, columns: ColumnHistory(history), evidenceDigest: digest)
        let drawn = try AssessmentResult(input, columns: evidence.columns(), evidenceDigest: digest)
        for index in simple.tests.indices {
            let test = simple.tests[index].test.id
            #expect(simple.tests[index].units == drawn.tests[index].units, "\(test)")
            #expect(simple.tests[index].timeline == drawn.tests[index].timeline, "\(test)")
        }
        #expect(try simple.canonical == converted.canonical)
        #expect(try simple.canonical == drawn.canonical)
    }
}
