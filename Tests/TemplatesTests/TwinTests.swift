import Assessment
import Catalog
import Evidence
import Formats
import Ledger
import Programs
import Testing

@testable import Templates

/// Which tests of the full set an auditor can run as SQL: all of them, in every choice of scope, but those named here.
@Suite struct TwinTests {
    /// Tests of these kinds have no twin.
    private static let exceptions: [String: String] = [
        "activity-review-independent": "sod", "deploy-approved": "sod", "key-and-data-administrators": "sod",
        "models-approved-by-another": "sod", "badge-review-attested": "attest",
        "criticality-attested": "attest", "notice-attested": "attest",
    ]

    @Test(arguments: ControlSection.all.map(\.id))
    func `every test of a control can be written as SQL`(control: String) throws {
        let section = try #require(ControlSection.all.first { $0.id == control })
        let kinds = try KindCatalog.builtin().kinds
        let knownAt = try TemplateCase.instant("2026-08-01")
        let history = try TemplateCase.history(of: section)
        let (period, interval) = try history.current.interval(ofPeriod: nil)
        let input = try AssessmentInput(
            history, criteria: CriteriaCatalog.builtin(), period: interval, knownAt: knownAt,
            tolerance: Tolerance(period), programDigest: Digest.sha256([]))
        #expect(input.tests.count == section.tests.count)
        let frame = Frame(
            history: HistoryBuilder(knownAt: knownAt, kinds: kinds).build(), period: interval,
            knownAt: knownAt)
        for test in input.tests {
            let twin = Result { () throws(SQLTwinError) in
                try SQLTwin(test, frame, kinds: kinds, includesPersonal: true)
            }
            switch twin {
            case .success(let twin):
                #expect(twin.script.contains("SELECT"))
                #expect(Self.exceptions[test.id.text] == nil, "\(test.id) has a twin by now")
            case .failure(.requirement(test: _, let kind)):
                #expect(Self.exceptions[test.id.text] == kind, "\(test.id)")
            case .failure(let error): Issue.record("\(error)")
            }
        }
    }

    @Test func `the named exceptions are tests of the full set`() {
        #expect(Set(Self.exceptions.keys).isSubset(of: Set(ControlSection.all.flatMap(\.tests))))
    }
}
