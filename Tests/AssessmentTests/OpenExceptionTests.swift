import Evidence
import Formats
import Testing

@testable import Assessment

/// Which exceptions last at the end of what is known, in hours.
@Suite struct OpenExceptionTests {
    private func outcome(_ requirement: Requirement, _ facts: Facts, until end: Int = 240) throws
        -> TestOutcome
    {
        try TestOutcome(Sample.test(requirement), facts.frame(try hours(0, end)), .standard)
    }

    /// A store that is not encrypted from the 50th hour on.
    private func store(mended: Int?, removed: Int? = nil, covered: [ClosedRange<Int>] = [-200...400]) throws
        -> Facts
    {
        var facts = Facts()
        try facts.covered("store", covered)
        facts.state("store", "k", from: -48, to: 50, ["encrypted": .bool(true)])
        let end = mended ?? removed
        facts.state("store", "k", from: 50, to: end, ["encrypted": .bool(false)])
        if let mended { facts.state("store", "k", from: mended, ["encrypted": .bool(true)]) }
        return facts
    }

    @Test func `a record's failure is open until it is seen mended or gone`() throws {
        let rule = try Sample.state("s.encrypted")
        func open(_ facts: Facts) throws -> Int {
            let outcome = try outcome(rule, facts)
            #expect(outcome.exceptions.count == 1)
            return outcome.openExceptions
        }
        #expect(try open(store(mended: nil)) == 1)
        #expect(try open(store(mended: 90)) == 0)
        #expect(try open(store(mended: nil, removed: 90)) == 0)
        // Mended behind the period: it lasted to its end.
        #expect(try open(store(mended: 300)) == 1)
        // Nothing was collected any more: it was failing when it was last seen.
        #expect(try open(store(mended: nil, covered: [-200...100])) == 1)
        #expect(try open(store(mended: 120, covered: [-200...100, 130...400])) == 0)
    }

    @Test func `a failure of which the test does not speak any more is not open`() throws {
        let version = RequirementVersion(
            requirement: try Sample.state("s.encrypted"), inForce: try hours(-100, 120), digest: "1")
        let test = ControlTest(id: "test", title: "", versions: [version], waivers: [])
        let outcome = try TestOutcome(test, store(mended: nil).frame(try hours(0, 240)), .standard)
        #expect(outcome.exceptions.count == 1)
        #expect(outcome.openExceptions == 0)
    }

    @Test func `an event that failed is over, also when it was the last one`() throws {
        var facts = Facts()
        try facts.covered("deploy", [-100...400])
        facts.event(
            "deploy", "d", at: 100,
            ["author": .string("a"), "approver": .string("a"), "scoped": .bool(true)])
        let outcome = try outcome(Sample.event("d.author != d.approver"), facts)
        #expect(outcome.exceptions.count == 1)
        #expect(outcome.openExceptions == 0)
    }

    @Test func `what nobody has answered is open, what was answered late is over`() throws {
        var facts = Facts()
        for kind in ["request", "answer"] as [Identifier] { try facts.covered(kind, [-200...400]) }
        for (key, at) in [("late", 20), ("never", 50)] as [(Identifier, Int)] {
            facts.event("request", key, at: at, ["person": .string(key.text)])
        }
        facts.event("answer", "to late", at: 60, ["person": .string("late")])
        let outcome = try outcome(Sample.response(), facts)
        #expect(outcome.exceptions.count == 2)
        #expect(outcome.openExceptions == 1)
    }

    @Test func `a window that was missed is over`() throws {
        var facts = Facts()
        try facts.covered("review", [-2_000...2_000])
        let outcome = try outcome(
            Sample.cadence(.calendar(.month, zone: "UTC", due: .zero)), facts, until: 1_500)
        #expect(!outcome.exceptions.isEmpty)
        #expect(outcome.openExceptions == 0)
    }
}
