import Evidence
import Expressions
import Formats
import Ledger
import Programs
import TestSupport
import Testing

@testable import Assessment

/// What all evaluations of one test may take together.
@Suite struct CostLimitTests {
    @Test func `a test that takes too much has no outcome, and one that does not is told as ever`() throws {
        let period = try hours(0, RandomWorld.size)
        var stopped: Set<TestKind> = []
        for seed in 0..<UInt64(20) {
            var generator = Seeded(seed)
            let world = try RandomWorld(&generator)
            let history = world.facts.history(knownAt: hour(90_000))
            let frame = Frame(history: history, period: period, knownAt: hour(90_000))
            for test in try RandomWorld.tests(&generator) + RandomWorld.moreTests(&generator) {
                let plain = SweptRows(test.evaluate(frame))
                let outcome = try TestOutcome(test, frame, .standard)
                #expect(outcome.listed == plain.listed.rows, "seed \(seed), \(test.id)")
                do {
                    _ = try TestOutcome(test, frame, .standard, costLimit: 0)
                } catch {
                    #expect(error == .exceeded(test: test.id, limit: 0))
                    stopped.formUnion(test.versions.map(\.requirement.kind))
                }
            }
        }
        #expect(stopped == [.state, .event, .cadence, .response, .ratio, .recon, .sod])
    }

    @Test func `an assessment on columns stops, and names the test`() throws {
        let require = "d.author.matches('[a-z]+') && d.author != d.approver"
        let test = ControlTest(
            id: "deployments", title: "",
            versions: [
                RequirementVersion(requirement: try Sample.event(require), inForce: .always, digest: "1")
            ], waivers: [])
        let input = AssessmentInput(
            tests: [test], controls: [], criteria: [], tolerance: .standard, period: try hours(0, 48),
            knownAt: hour(100), programDigest: Digest.sha256([]))
        let facts = try Facts.deployments()
        let columns = ColumnHistory(facts.history(), blockRows: 10)
        #expect(throws: CostError.exceeded(test: "deployments", limit: 0)) {
            try AssessmentResult(
                input, columns: columns, evidenceDigest: Digest.sha256([]), costLimit: 0)
        }
        let whole = try AssessmentResult(input, columns: columns, evidenceDigest: Digest.sha256([]))
        let simple = try AssessmentResult(input, history: facts.history(), evidenceDigest: Digest.sha256([]))
        #expect(try whole.canonical == simple.canonical)
    }

    @Test func `statements are charged too`() throws {
        var facts = Facts()
        try facts.covered("statement", [0...240])
        facts.add(.event("statement", "s1", at: hour(20), Facts.object(["about": .string("plan")])))
        let signer = try Sample.predicate("s.attester", of: "s")
        let requirement = AttestRequirement(
            kind: "statement", qualify: try Sample.predicate("s.about == 'plan'", of: "s"), attester: signer,
            operator: signer, artifacts: signer, from: nil, until: nil, valid: .hours(100), windows: nil)
        let (test, frame) = (Sample.test(.attest(requirement)), facts.wide(try hours(0, 240)))
        #expect(throws: CostError.exceeded(test: test.id, limit: 0)) {
            try TestOutcome(test, frame, .standard, costLimit: 0)
        }
        #expect(try TestOutcome(test, frame, .standard).units.failing == 1)
    }
}
